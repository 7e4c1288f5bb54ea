"""What the confidence is worth by an org's own labelled questions, on a real database."""

import random
from pathlib import Path

import pytest

from core.engines.protocol import Candidate, Decision
from core.engines.semantic.engine import SemanticEngine
from core.errors import AccessDenied
from core.identity.demo import ADMIN, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from core.questions.entry import Published
from core.questions.policy import ModelSettings
from core.runs.recalibrations import Recalibrations
from core.runs.service import Runs
from tests.fakes import LiteralEngine, OnlyEngine
from tests.integration.test_runs import ORG, Bench, bench, ended

__all__ = ["bench"]

VERSION: str = SemanticEngine(Path()).version


class BoastfulEngine(LiteralEngine):
    """Has the version of the built-in one, and is right about half as often as it says."""

    version = VERSION

    def decide(self, question: str, published: Published) -> Decision:
        if "fail" in question:
            return super().decide(question, published)
        sure = random.Random(question).uniform(0.3, 0.99)
        best = Candidate(entry_id=2, phrasing="Are you hiring?", score=sure, confidence=sure)
        return Decision(entry_id=2 if sure >= 0.5 else None, candidates=(best,), threshold=0.5)


def file(numbers: range, *, label: str = "", fails: bool = False) -> bytes:
    rng = random.Random(1)
    lines = ["question,expected_question"]
    for number in numbers:
        question = f"{'fail ' if fails else ''}question {number}"
        is_right = rng.random() < random.Random(question).uniform(0.3, 0.99) / 2
        lines.append(f"{question},{label or ('Are you hiring?' if is_right else '__fallback__')}")
    return "\n".join(lines).encode()


def recalibrations(bench: Bench) -> Recalibrations:
    return Recalibrations(access=bench.access, runs=bench.store, engines=OnlyEngine(BoastfulEngine()))


def run(bench: Bench, runs: Runs, data: bytes) -> None:
    ended(runs, bench.start(runs, data))


def test_each_labelled_question_counts_once_and_only_from_two_hundred_on(bench: Bench) -> None:
    runs, scales = bench.runs(BoastfulEngine()), recalibrations(bench)
    run(bench, runs, file(range(150)))
    run(bench, runs, file(range(150)))
    run(bench, runs, file(range(1_000, 1_020), fails=True))
    assert scales.of(MEMBER, ORG, VERSION) is None

    run(bench, runs, file(range(150, 240)))
    found = scales.of(MEMBER, ORG, VERSION)

    assert found is not None
    assert found.questions == 240
    assert 0.3 < found.of(0.9) < 0.6
    assert found.off_after < found.off_before / 2
    assert scales.of(MEMBER, ORG, VERSION) is found, "it is measured once"
    assert scales.of_settings(OWNER, ORG, ModelSettings()) is found


def test_who_is_in_a_hurry_gets_a_scale_that_may_be_some_seconds_old(bench: Bench) -> None:
    runs, moment = bench.runs(BoastfulEngine()), 0.0
    engines = OnlyEngine(BoastfulEngine())
    scales = Recalibrations(access=bench.access, runs=bench.store, engines=engines, clock=lambda: moment)

    def seen() -> bool:
        return scales.of_settings(OWNER, ORG, ModelSettings(), max_age_seconds=30) is not None

    assert not seen()
    run(bench, runs, file(range(240)))
    assert not seen()
    moment = 31.0
    assert seen()


def test_a_scale_belongs_to_one_organisation_and_one_version_of_the_built_in_engine(bench: Bench) -> None:
    runs, scales = bench.runs(BoastfulEngine()), recalibrations(bench)
    run(bench, runs, file(range(240)))

    assert scales.of(ADMIN, ORG, VERSION) is not None
    assert scales.of(OWNER, PHONE_ORG, VERSION) is None
    assert scales.of(ADMIN, ORG, VERSION.replace("calibration", "calibration 0")) is None
    assert scales.of(ADMIN, ORG, "m at http://x/v1, best way, prompts 1, from 0") is None
    with pytest.raises(AccessDenied):
        scales.of(OUTSIDER, ORG, VERSION)
    with pytest.raises(AccessDenied):
        scales.of_settings(OUTSIDER, ORG, ModelSettings())
