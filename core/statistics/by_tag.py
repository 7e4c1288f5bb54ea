"""Whether questions with a tag go better or worse than the others."""

import numpy as np
import pandas as pd

from core.statistics.intervals import wilson_bounds
from core.statistics.multiplicity import holm
from core.statistics.proportion import Floats, Ints
from core.statistics.rows import Rows

LEVEL = 0.05
LEAST_ROWS = 5
"""Rows that a tag must have to be tested. It is a matter of size alone, so it makes no finding likelier."""
MOST_TESTED = 300
"""Tags that are tested, the largest first: a column of free text is no set of slices."""


def by_tag(rows: Rows) -> pd.DataFrame:
    """Each tag of the judged rows, the one with the most rows first. A row with several tags counts in each.

    Columns: tag, rows, right, rate, rate_low, rate_high (share right with its 95 % Wilson interval), wrong_answer,
    needless_handoff, out_of_scope (counts of the other verdicts), rest_rate (share right of all rows without the tag,
    NaN when there are none), p (Fisher's exact test of the two shares, adjusted by Holm over the tags tested, NaN where
    not tested) and differs ("better", "worse" or "", at 5 %).
    """
    judged = rows.take(rows.judged)
    verdicts = judged.verdicts
    tagged = pd.DataFrame({"tag": judged.tags, **verdicts}).explode("tag")
    tagged = tagged[tagged["tag"].notna()]
    counts = {name: (name, "sum") for name in verdicts}
    found = tagged.groupby("tag").agg(rows=("right", "size"), **counts)
    found = found.reset_index().sort_values(["rows", "tag"], ascending=[False, True]).reset_index(drop=True)
    count, right = found["rows"].to_numpy(np.int64), found["right"].to_numpy(np.int64)
    found["rate"] = right / count if len(found) else np.zeros(0)
    found["rate_low"], found["rate_high"] = wilson_bounds(right, count)
    rest, rest_right = len(judged) - count, int(judged.right.sum()) - right
    found["rest_rate"] = np.divide(rest_right, rest, out=np.full(len(rest), np.nan), where=rest > 0)
    found["p"] = _adjusted(right, count, rest_right, rest)
    better = np.where(found["rate"] > found["rest_rate"], "better", "worse")
    found["differs"] = np.where(found["p"] < LEVEL, better, "")
    shares, others = ["rate", "rate_low", "rate_high"], ["wrong_answer", "needless_handoff", "out_of_scope"]
    return found[["tag", "rows", "right", *shares, *others, "rest_rate", "p", "differs"]]


def _adjusted(right: Ints, count: Ints, rest_right: Ints, rest: Ints) -> Floats:
    from scipy.stats import fisher_exact  # type: ignore[import-untyped]  # noqa: PLC0415 - takes a second to load

    tested = np.flatnonzero((count >= LEAST_ROWS) & (rest > 0))[:MOST_TESTED]
    p = np.full(len(count), np.nan)
    tables = [[[right[i], count[i] - right[i]], [rest_right[i], rest[i] - rest_right[i]]] for i in tested]
    p[tested] = holm([float(fisher_exact(table).pvalue) for table in tables])
    return p
