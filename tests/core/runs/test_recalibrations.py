from core.engines.protocol import Candidate, Decision
from core.runs.recalibrations import recalibrated
from core.statistics.recalibration import Recalibration

SCALE = Recalibration(slope=0.5, shift=-1.0, questions=240, off_before=0.16, off_after=0.04)


def decision(*confidences: float, exact: bool = False) -> Decision:
    candidates = [
        Candidate(entry_id=number, phrasing="p", score=1 - number / 10, confidence=one)
        for number, one in enumerate(confidences, start=1)
    ]
    return Decision(entry_id=1, candidates=tuple(candidates), threshold=0.6, exact=exact)


def test_only_the_confidence_changes_and_neither_the_answer_nor_the_order() -> None:
    before = decision(0.8, 0.15, 0.05)
    after = recalibrated(before, SCALE)
    shown = [one.confidence for one in after.candidates]

    assert (after.entry_id, after.threshold) == (before.entry_id, before.threshold)
    assert [(one.entry_id, one.score) for one in after.candidates] == [(1, 0.9), (2, 0.8), (3, 0.7)]
    assert shown[0] == SCALE.of(0.8)
    assert shown == sorted(shown, reverse=True)


def test_all_entries_together_are_never_more_than_certain() -> None:
    raised = Recalibration(slope=0.5, shift=2.0, questions=240, off_before=0.16, off_after=0.04)

    shown = [one.confidence for one in recalibrated(decision(0.5, 0.25, 0.25), raised).candidates]

    assert sum(shown) <= 1 + 1e-9
    assert shown[0] == raised.of(0.5)


def test_stored_words_stay_certain_and_without_a_scale_or_an_entry_all_stays() -> None:
    exact = recalibrated(decision(1.0, 0.0, exact=True), SCALE)

    assert [one.confidence for one in exact.candidates] == [1.0, 0.0]
    assert recalibrated(decision(0.8), None) == decision(0.8)
    assert recalibrated(decision(), SCALE) == decision()
