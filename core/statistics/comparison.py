"""Compares two runs on the rows that they share: what was fixed, what was broken, and whether that is chance."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.statistics.conclusion import Conclusion, rule
from core.statistics.intervals import Interval, wilson
from core.statistics.mcnemar import mcnemar
from core.statistics.multiplicity import holm
from core.statistics.pairing import Pairs, pair
from core.statistics.proportion import Flags, Floats, Ints, Proportion
from core.statistics.rows import Objects, Rows

DRAWS = 10_000
SEED = 20_240_229
LEAST_GROUPS = 10
"""With fewer groups the bootstrap's interval is far too narrow, so there is none."""


def newcombe(both: int, broken: int, fixed: int, neither: int) -> Interval | None:
    """The 95 % interval of (fixed - broken) / rows, -1 to 1, for rows that are independent; None of no rows.

    ``both`` and ``neither`` count the rows that both runs have right or wrong. Method 10, which combines the Wilson
    intervals of the two rates, as it keeps its promise with few rows and with rates near 0 and 1: R. G. Newcombe,
    "Improved confidence intervals for the difference between binomial proportions based on paired data", Statistics in
    Medicine 17 (1998).
    """
    n = both + broken + fixed + neither
    second, first = wilson(both + fixed, n), wilson(both + broken, n)
    if second is None or first is None:
        return None
    p2, p1 = (both + fixed) / n, (both + broken) / n
    phi = _correlation(both, broken, fixed, neither)
    return Interval(
        (p2 - p1) - _reach(p2 - second.low, first.high - p1, phi),
        (p2 - p1) + _reach(second.high - p2, p1 - first.low, phi),
    )


def by_groups(difference: Ints, group: Objects) -> Interval | None:
    """The 95 % interval of the mean difference when rows come in groups; None with fewer than LEAST_GROUPS groups.

    ``difference`` is 1 for a fixed, -1 for a broken and 0 for any other row. Whole groups are drawn with replacement
    (cluster bootstrap, percentiles of DRAWS draws): C. A. Field and A. H. Welsh, "Bootstrapping clustered data", JRSS B
    69 (2007). The same rows have the same interval always: the seed is fixed.
    """
    names, where = np.unique(group.astype(str), return_inverse=True)
    if len(names) < LEAST_GROUPS:
        return None
    sums = np.bincount(where, weights=difference).astype(np.int64)
    sizes = np.bincount(where)
    # Groups of one size and sum are the same to a draw, so their kinds are drawn: a few numbers for 100,000 rows.
    kinds, counts = np.unique(np.stack([sums, sizes], axis=1), axis=0, return_counts=True)
    drawn = np.random.default_rng(SEED).multinomial(len(names), counts / len(names), size=DRAWS)
    means: Floats = (drawn @ kinds[:, 0]) / (drawn @ kinds[:, 1])
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(low), float(high))


def _reach(one: float, other: float, phi: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * phi * one * other + other * other))


def _correlation(both: int, broken: int, fixed: int, neither: int) -> float:
    """The correlation of the two runs with Newcombe's correction for continuity, which only ever lowers it."""
    n = both + broken + fixed + neither
    product = math.sqrt((both + broken) * (fixed + neither) * (both + fixed) * (broken + neither))
    above = both * neither - broken * fixed
    corrected = max(above - n / 2, 0.0) if above > 0 else float(above)
    return corrected / product if product else 0.0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """A run against a baseline.

    ``pairs`` are the rows that both have. Of these ``failed`` ones failed in either run and are compared in nothing;
    ``before`` and ``after`` are the shares right of the baseline and the run over all others with a label. The arrays
    hold positions in ``pairs``: ``fixed`` (not right before, right now), ``broken`` (right before, not right now) and
    ``changed`` (another reply, neither fixed nor broken; unlabelled rows too). ``interval`` is the 95 % interval of
    after less before, from groups of rows when ``grouped``; ``p`` is of McNemar's exact test, ``adjusted`` where
    several baselines were tried.
    """

    pairs: Pairs
    failed: int
    before: Proportion
    after: Proportion
    fixed: Ints
    broken: Ints
    changed: Ints
    interval: Interval | None
    grouped: bool
    p: float
    adjusted: float

    @property
    def difference(self) -> float | None:
        """The share right of the run less that of the baseline (-1 to 1), None when no labelled row is shared."""
        return (self.after.count - self.before.count) / self.after.of if self.after.of else None

    @property
    def ruling(self) -> Conclusion:
        """What may be said of it."""
        return rule(self.adjusted, self.interval)


def compare(baseline: Rows, run: Rows) -> Comparison:
    """Compare a run with a baseline on the rows that both have.

    Where every shared row with a label has a group, the interval is a bootstrap of groups, else Newcombe's for
    independent rows.
    """
    pairs = pair(baseline, run)
    first, second = baseline.take(pairs.first), run.take(pairs.second)
    failed, judged = first.failed | second.failed, first.judged & second.judged
    fixed, broken = judged & second.right & ~first.right, judged & first.right & ~second.right
    changed = ~failed & (first.given != second.given) & ~fixed & ~broken
    interval, grouped = _interval(first, second, judged)
    p = mcnemar(int(broken.sum()), int(fixed.sum()))
    return Comparison(
        pairs=pairs,
        failed=int(failed.sum()),
        before=Proportion(int((judged & first.right).sum()), int(judged.sum())),
        after=Proportion(int((judged & second.right).sum()), int(judged.sum())),
        fixed=np.flatnonzero(fixed),
        broken=np.flatnonzero(broken),
        changed=np.flatnonzero(changed),
        interval=interval,
        grouped=grouped,
        p=p,
        adjusted=p,
    )


def adjusted(found: Sequence[Comparison]) -> list[Comparison]:
    """Comparisons of a run with each of several baselines, their p-values adjusted by Holm, so that more baselines
    tried do not make a chance finding likelier."""
    together = holm([comparison.p for comparison in found]).tolist()
    return [replace(comparison, adjusted=p) for comparison, p in zip(found, together, strict=True)]


def entries_compared(baseline: Rows, run: Rows, pairs: Pairs) -> pd.DataFrame:
    """The comparison for each expected entry (or PERSON) on the rows that both have, the smallest p-value first.

    Columns: expected, rows, before, after (counts right), fixed, broken, p (McNemar's exact test, adjusted by Holm
    over all entries), ruling ("better", "worse" or "no clear difference at this size").
    """
    first, second = baseline.take(pairs.first), run.take(pairs.second)
    judged = first.judged & second.judged
    expected = _label(first, second)[judged]
    before, after = first.right[judged], second.right[judged]
    found = (
        pd.DataFrame({"expected": expected, "before": before, "after": after})
        .assign(fixed=after & ~before, broken=before & ~after, rows=1)
        .groupby("expected", as_index=False)[["rows", "before", "after", "fixed", "broken"]]
        .sum()
    )
    found["p"] = holm([mcnemar(int(b), int(f)) for b, f in zip(found["broken"], found["fixed"], strict=True)])
    found["ruling"] = [
        rule(p, newcombe(int(b - x), int(x), int(f), int(n - b - f))).value
        for p, n, b, x, f in zip(*(found[c] for c in ("p", "rows", "before", "broken", "fixed")), strict=True)
    ]
    return found.sort_values(["p", "rows", "expected"], ascending=[True, False, True]).reset_index(drop=True)


def _interval(first: Rows, second: Rows, judged: Flags) -> tuple[Interval | None, bool]:
    before, after, group = first.right[judged], second.right[judged], second.group[judged]
    if len(group) and all(group):
        return by_groups(after.astype(np.int64) - before.astype(np.int64), group), True
    both, neither = int((before & after).sum()), int((~before & ~after).sum())
    return newcombe(both, int((before & ~after).sum()), int((~before & after).sum()), neither), False


def _label(first: Rows, second: Rows) -> Ints:
    """What a pair counts for: of several right entries the first, in both runs alike."""
    least = np.array([min(ids, default=0) for ids in first.accepted], dtype=np.int64)
    return np.where(second.expected < 0, second.expected, least)
