"""Which entry was given where another was expected, the most frequent first: to be read with hundreds of entries."""

import numpy as np
import pandas as pd

from core.statistics.proportion import Ints
from core.statistics.rows import Rows

EXAMPLES = 3


def confusions(rows: Rows) -> pd.DataFrame:
    """Each pair of what was expected and what was given instead, the most frequent first.

    Columns: expected, given (ids of entries, or PERSON), count, of (rows that expect this), share (count / of),
    places (of the first EXAMPLES rows, in the ledger). Failed and unlabelled rows count nowhere.
    """
    judged = rows.take(rows.judged)
    of = pd.Series(judged.expected).value_counts()
    wrong = judged.take(~judged.right)
    pairs = pd.DataFrame({"expected": wrong.expected, "given": wrong.given, "place": wrong.place})
    grouped = pairs.groupby(["expected", "given"])["place"]
    found = grouped.agg(count="size", places=_first).reset_index()
    found["of"] = found["expected"].map(of).astype(np.int64)
    found["share"] = found["count"] / found["of"]
    ordered = found.sort_values(["count", "share", "expected", "given"], ascending=[False, False, True, True])
    return ordered[["expected", "given", "count", "of", "share", "places"]].reset_index(drop=True)


def confused(rows: Rows, expected: int, given: int) -> Ints:
    """The places in the ledger of all rows of one pair, in the order of the file."""
    wrong = rows.judged & ~rows.right
    found: Ints = rows.place[wrong & (rows.expected == expected) & (rows.given == given)]
    return found


def _first(places: "pd.Series[int]") -> tuple[int, ...]:
    return tuple(places.iloc[:EXAMPLES].tolist())
