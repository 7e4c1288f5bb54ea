"""Finds the rows that two runs share, whatever order and files they came in."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.statistics.proportion import Ints
from core.statistics.rows import PERSON, Rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs:
    """``first[i]`` and ``second[i]`` are the positions of one row in the two runs, in the order of the second.

    ``only_first`` and ``only_second`` count the rows that the other run does not have.
    """

    first: Ints
    second: Ints
    only_first: int
    only_second: int


def pair(first: Rows, second: Rows) -> Pairs:
    """Match rows of the same question, word for word, and the same label; repeated rows in their order.

    Where the label was changed between two runs, the row is another one: it was not asked the same.
    """
    left, right = _keys(first), _keys(second)
    both = right.reset_index(names="second").merge(left.reset_index(names="first"), on=list(left.columns))
    both = both.sort_values("second")
    return Pairs(
        first=both["first"].to_numpy(np.int64),
        second=both["second"].to_numpy(np.int64),
        only_first=len(first) - len(both),
        only_second=len(second) - len(both),
    )


def _keys(rows: Rows) -> pd.DataFrame:
    for_person = rows.expected == PERSON
    labels = [
        "person" if person else " ".join(map(str, ids)) for person, ids in zip(for_person, rows.accepted, strict=True)
    ]
    keys = pd.DataFrame({"question": rows.question, "label": labels}, dtype=object)
    keys["nth"] = keys.groupby(["question", "label"]).cumcount()
    return keys
