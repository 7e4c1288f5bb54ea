"""What it means for a comparison that test questions stand in the table of either run."""

from dataclasses import dataclass

import numpy as np

from core.plurals import counted
from core.runs.analysis import Analysis
from core.statistics.comparison import Comparison, compare
from core.statistics.conclusion import Conclusion
from core.statistics.numbers import percent
from core.statistics.proportion import Flags, Ints


@dataclass(frozen=True, kw_only=True)
class StoredQuestions:
    """Of ``shared`` questions of two runs, how many stand in the table of this one (``here``), of the other one
    (``there``) and in either; ``alone`` is the comparison over those that stand in neither."""

    shared: int
    here: int
    there: int
    either: int
    alone: Comparison


def stored_questions(before: Analysis, after: Analysis, found: Comparison) -> StoredQuestions | None:
    """Which of the shared questions stand in the tables of the runs; None where none does.

    A run whose table holds a test question word for word, or nearly, was told the answer to it.
    """
    here, there = _stored(after, found.pairs.second), _stored(before, found.pairs.first)
    either = here | there
    if not either.any():
        return None
    return StoredQuestions(
        shared=len(here),
        here=int(here.sum()),
        there=int(there.sum()),
        either=int(either.sum()),
        alone=compare(before.rows.take(found.pairs.first[~either]), after.rows.take(found.pairs.second[~either])),
    )


def only_with_stored(found: Comparison, stored: StoredQuestions | None) -> bool:
    """Whether better or worse cannot be said any more once the questions that stand in a table are left out."""
    return stored is not None and found.ruling is not Conclusion.UNCLEAR and stored.alone.ruling is not found.ruling


def in_words(stored: StoredQuestions) -> str:
    """How many shared questions stand in the table of each run, and what the comparison is without them."""
    said = (
        f"Of {counted(stored.shared, 'shared question')}, {stored.here:,} {_stand(stored.here)} in the table of this "
        f"evaluation and {stored.there:,} in that of the other (word for word or nearly). Such a question is easy, "
        "so a table that took them in looks better than it is."
    )
    alone = stored.alone
    if alone.after.rate is None or alone.before.rate is None:
        return f"{said} No question with a label and a reply in both stands in neither table."
    of = alone.after.of
    return (
        f"{said} Over {counted(of, 'question')} with a label in neither table: **{alone.ruling.value}**, "
        f"{percent(alone.after.rate, of)} right in this evaluation, {percent(alone.before.rate, of)} in the other, "
        f"{len(alone.fixed):,} fixed, {len(alone.broken):,} broken."
    )


def _stored(analysis: Analysis, at: Ints) -> Flags:
    places = {leak.line for leak in analysis.leaks}
    return np.array([place in places for place in analysis.rows.place[at].tolist()], dtype=bool)


def _stand(count: int) -> str:
    return "stands" if count == 1 else "stand"
