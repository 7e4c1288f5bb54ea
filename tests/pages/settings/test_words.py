from collections.abc import Mapping
from enum import StrEnum

import pytest

from core.engines.language.server_memory import Finding, RequestMode
from core.questions.policy import EngineKind, ModelSettings, Policy, Style
from core.questions.policy_fields import POLICY_LABELS, value
from pages.settings.words import ABOUT_STYLES, ENGINES, FINDINGS, STYLES, WAYS, mode_of, said


@pytest.mark.parametrize(
    ("said_so", "names"),
    [(ENGINES, EngineKind), (STYLES, Style), (ABOUT_STYLES, Style), (WAYS, RequestMode), (FINDINGS, Finding)],
)
def test_every_choice_has_words_of_its_own(said_so: Mapping[StrEnum, str], names: type[StrEnum]) -> None:
    assert list(said_so) == list(names)
    assert len(set(said_so.values())) == len(said_so)


def test_every_setting_can_be_said() -> None:
    assert {name: said(name, value(Policy(), name)) for name in POLICY_LABELS} == {
        "fallback": "A human will be in touch shortly",
        "strictness": "Balanced",
        "promise": "none",
        "engine": "The default engine",
        "base_url": "",
        "model": "",
        "style": "In the best way that the server knows",
        "company": "",
        "description": "",
        "negatives": "",
        "examples": "",
        "min_confidence": "0 %",
        "shortlist": "20",
        "calls_in_flight": "8",
        "usd_a_month": "$25.00",
        "tokens_a_month": "25,000,000 tokens",
    }


def test_lists_and_missing_limits_are_said_in_words() -> None:
    model = ModelSettings(negatives=("a", "b"), usd_a_month=None, tokens_a_month=None, min_confidence=0.555)

    assert said("negatives", model.negatives) == "a · b"
    assert said("usd_a_month", model.usd_a_month) == said("tokens_a_month", model.tokens_a_month) == "no limit"
    assert said("min_confidence", model.min_confidence) == "55.5 %"


def test_examples_are_named_and_those_that_are_gone_told() -> None:
    names = {"shared:1": "Beacon"}

    assert said("examples", ("shared:1", "shared:2", "shipped:marrow-lane-bakery"), names) == (
        "Beacon · (no longer shared) · Marrow Lane Bakery"
    )


def test_a_style_is_asked_in_its_own_way_and_the_best_in_the_servers() -> None:
    assert [mode_of(style, RequestMode.CHOICE) for style in Style] == [
        RequestMode.CHOICE,
        RequestMode.DECISIONS,
        RequestMode.SCHEMA,
        RequestMode.CHOICE,
        RequestMode.COMPLETION,
        RequestMode.COMPLETION,
    ]
    assert mode_of(Style.BEST, None) is None
