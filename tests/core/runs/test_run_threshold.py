from dataclasses import replace
from pathlib import Path

import pytest

from core.engines.semantic.calibration import confidence, margin
from core.engines.semantic.engine import SemanticEngine
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.questions.policy_checks import policy_problems
from core.runs.run_threshold import (
    LEAST_SET,
    MOST_SET,
    CannotBeSet,
    decides_alike,
    deciding_confidence,
    lowest_known,
    settings_for,
    used_built_in,
)
from tests.core.runs.test_analysis import RUN

BUILT_IN = replace(RUN, engine_version=SemanticEngine(Path("nowhere")).version)


def test_the_built_in_engine_is_known_by_its_version() -> None:
    assert used_built_in(BUILT_IN)
    assert used_built_in(replace(RUN, engine_version="all-MiniLM-L6-v2 53aa51172d14, recipe 1, calibration 3"))
    assert not used_built_in(
        replace(RUN, engine_version="all-MiniLM-L6-v2 at http://x/v1, best way, prompts 1, from 0")
    )


@pytest.mark.parametrize("least", [0.01, 0.3, 0.5, 0.77, 0.99])
def test_a_margin_is_what_a_strictness_has_to_be(least: float) -> None:
    assert confidence(margin(least), 0.0) == pytest.approx(least, abs=1e-12)
    run = replace(BUILT_IN, policy=Policy(strictness=margin(least)))

    assert deciding_confidence(run) == pytest.approx(least, abs=1e-12)
    assert lowest_known(run) == 0


def test_every_threshold_that_is_offered_can_be_saved() -> None:
    for least in (LEAST_SET, MOST_SET):
        assert policy_problems(Policy(strictness=margin(least))) == []


@pytest.mark.parametrize("least", [0.0, 1.0, -0.1, float("nan")])
def test_no_score_has_the_confidence_none_or_all(least: float) -> None:
    with pytest.raises(ValueError, match="no score has"):
        margin(least)


@pytest.mark.parametrize(
    ("least", "strictness", "decided"), [(0.5, 0.05, 0.55), (0.0, -0.1, 0.0), (0.95, 0.1, 1.0), (0.0, 0.0, 0.0)]
)
def test_a_model_servers_run_asked_for_both_settings_together(least: float, strictness: float, decided: float) -> None:
    run = replace(RUN, policy=Policy(strictness=strictness, model=ModelSettings(min_confidence=least)))

    assert deciding_confidence(run) == lowest_known(run) == pytest.approx(decided)


def test_where_two_engines_decide_no_single_threshold_can_be_set() -> None:
    built_in = SemanticEngine(Path("nowhere"))
    both, alone = (Policy(model=ModelSettings(engine=kind)) for kind in (EngineKind.CASCADE, EngineKind.BUILT_IN))
    version = f"{built_in.version}; doubtful from 0.1 to 0.9: m at http://x/v1"

    assert not used_built_in(replace(BUILT_IN, engine_version=version, policy=both))
    for run, policy in ((replace(BUILT_IN, engine_version=version, policy=both), both), (BUILT_IN, both)):
        with pytest.raises(CannotBeSet, match="Two engines decide"):
            settings_for(0.5, run=run, policy=policy, engine=built_in)
    assert settings_for(0.5, run=BUILT_IN, policy=alone, engine=built_in).model == alone.model


def test_two_engines_decide_as_they_did_while_both_are_the_same() -> None:
    built_in = SemanticEngine(Path("nowhere"))
    both = Policy(model=ModelSettings(engine=EngineKind.CASCADE))

    assert decides_alike(replace(BUILT_IN, policy=both), both, built_in)
    assert not decides_alike(replace(BUILT_IN, engine_version="another", policy=both), both, built_in)
