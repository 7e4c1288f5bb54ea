"""What it means for a comparison that test questions stand in the table of either run."""

import numpy as np

from core.plurals import counted
from core.runs.analysis import Analysis
from core.statistics.comparison import Comparison, compare
from core.statistics.numbers import percent
from core.statistics.proportion import Flags, Ints


def stored_in_either(before: Analysis, after: Analysis, found: Comparison) -> str:
    """How many shared questions stand in the table of each run, and what the comparison is without them; "" for none.

    A run whose table holds a test question word for word, or nearly, was told the answer to it.
    """
    here, there = _stored(after, found.pairs.second), _stored(before, found.pairs.first)
    if not (here | there).any():
        return ""
    said = (
        f"Of {counted(len(here), 'shared question')}, {int(here.sum()):,} {_stand(here)} in the table of this "
        f"evaluation and {int(there.sum()):,} in that of the other (word for word or nearly). Such a question is easy, "
        "so a table that took them in looks better than it is."
    )
    rest = ~(here | there)
    alone = compare(before.rows.take(found.pairs.first[rest]), after.rows.take(found.pairs.second[rest]))
    if alone.after.rate is None or alone.before.rate is None:
        return f"{said} No question with a label and a reply in both stands in neither table."
    of = alone.after.of
    return (
        f"{said} Over {counted(of, 'question')} with a label in neither table: **{alone.ruling.value}**, "
        f"{percent(alone.after.rate, of)} right here, {percent(alone.before.rate, of)} there, "
        f"{len(alone.fixed):,} fixed, {len(alone.broken):,} broken."
    )


def _stored(analysis: Analysis, at: Ints) -> Flags:
    places = {leak.line for leak in analysis.leaks}
    return np.array([place in places for place in analysis.rows.place[at].tolist()], dtype=bool)


def _stand(flags: Flags) -> str:
    return "stands" if flags.sum() == 1 else "stand"
