"""Which rows of a run are looked at, and in which order: a page of them is shown at a time."""

from collections.abc import Sequence
from enum import StrEnum

import numpy as np

from core.runs.results import Results
from core.statistics.proportion import Ints
from core.statistics.verdict import Verdict


class Order(StrEnum):
    """How the rows are put in order; the value is the words for people."""

    MISTAKES = "Mistakes first"
    FILE = "As in the file"
    LEAST_SURE = "Least sure first"
    SUREST = "Surest first"
    SLOWEST = "Slowest first"


_RANKS = {
    verdict.value: 0 if verdict.counting.is_mistake else 2 if verdict is Verdict.RIGHT else 1 for verdict in Verdict
}
"""What stands first where mistakes do: these, then failures and rows without a label."""


def found(
    results: Results, verdicts: Sequence[Verdict] | None = None, words: str = "", order: Order = Order.FILE
) -> Ints:
    """The positions in the ledger of the finished rows with one of these verdicts whose question holds ``words``.

    By default all. Upper and lower case are the same. Rows without a confidence or a time come last.
    """
    places = results.places(verdicts)
    if words := words.strip():
        holds = results.ledger["question"].iloc[places].str.contains(words, case=False, regex=False)
        places = places[holds.to_numpy(dtype=bool)]
    if order is Order.FILE:
        return places
    if order is Order.MISTAKES:
        ranks = results.ledger["verdict"].iloc[places].map(_RANKS).to_numpy()
        return places[np.argsort(ranks, kind="stable")]
    column = "seconds" if order is Order.SLOWEST else "confidence"
    values = results.ledger[column].iloc[places].astype("float64").to_numpy()
    return places[np.argsort(values if order is Order.LEAST_SURE else -values, kind="stable")]
