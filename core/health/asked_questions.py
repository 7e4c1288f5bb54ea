"""Questions of runs that may be phrasings of an entry: those that went elsewhere, and those without a label."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.questions.text import same_question_key
from core.runs.results import Results
from core.statistics.verdict import Verdict


class SuggestedBy(StrEnum):
    """Where a suggestion comes from; the values are the words that are shown."""

    WENT_ELSEWHERE = "a test question that should get this answer and did not"
    NOT_LABELLED = "a question of an evaluation that nobody has labelled; this entry is the nearest"
    MODEL = "written by the model server"


@dataclass(frozen=True, kw_only=True, slots=True)
class Suggestion:
    """A text that may become a phrasing of an entry.

    ``run_id`` and ``line`` name the row of a run that it is from, None for what a model wrote. ``tried_on`` counts the
    test questions that were asked with it in the table, none of which got worse; 0 where none were asked.
    """

    phrasing: str
    by: SuggestedBy
    run_id: str | None = None
    line: int | None = None
    tried_on: int = 0


_ELSEWHERE = frozenset({Verdict.WRONG_ANSWER.value, Verdict.NEEDLESS_HANDOFF.value})


def asked_questions(runs: Iterable[Results], entry_id: int) -> list[Suggestion]:
    """Each question once: first those that went elsewhere, then those without a label, the nearest first."""
    found: dict[str, tuple[tuple[int, float], Suggestion]] = {}
    for results in runs:
        for rank, one in _of_run(results, entry_id):
            key = same_question_key(one.phrasing)
            if key not in found or rank < found[key][0]:
                found[key] = (rank, one)
    return [one for _, one in sorted(found.values(), key=lambda ranked: ranked[0])]


def _of_run(results: Results, entry_id: int) -> Iterator[tuple[tuple[int, float], Suggestion]]:
    ledger = results.ledger
    usable = ledger[ledger["verdict"].isin([*_ELSEWHERE, Verdict.NOT_LABELLED.value])]
    row: Mapping[Hashable, Any]
    for row in usable.to_dict("records"):
        is_elsewhere = row["verdict"] in _ELSEWHERE
        if is_elsewhere and entry_id not in (row["label_ids"] or ()):
            continue
        if not is_elsewhere and row["best_id"] != entry_id:
            continue
        confidence = float(row["confidence"]) if row["confidence"] == row["confidence"] else 0.0  # NaN is not itself
        by = SuggestedBy.WENT_ELSEWHERE if is_elsewhere else SuggestedBy.NOT_LABELLED
        suggestion = Suggestion(phrasing=str(row["question"]), by=by, run_id=results.run.run_id, line=int(row["line"]))
        yield (0 if is_elsewhere else 1, -confidence), suggestion
