"""Compares two runs on the rows that they share: what was fixed, what was broken, and whether that is chance."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.statistics.conclusion import Conclusion, rule
from core.statistics.intervals import Interval
from core.statistics.mcnemar import mcnemar
from core.statistics.multiplicity import holm
from core.statistics.paired_interval import by_groups, newcombe
from core.statistics.pairing import Pairs, pair
from core.statistics.proportion import Flags, Ints, Proportion
from core.statistics.rows import Rows


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
