"""What visitors would get at every threshold of confidence, and which threshold costs least."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.evaluation.halves import first_half
from core.evaluation.proportion import Proportion
from core.evaluation.rows import PERSON, Rows

STEPS = np.round(np.linspace(0.0, 1.0, 101), 2)
LEAST_ROWS = 25
"""Rows that each half must have before a threshold is chosen: with fewer, chance would choose."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Shares:
    """What became of the visitors: answered right, answered wrong, handed to a person (rightly or not)."""

    right: Proportion
    wrong: Proportion
    person: Proportion

    @property
    def of_a_hundred(self) -> tuple[int, int, int]:
        """Right, wrong and to a person, of 100 visitors: whole numbers that add up to 100 (largest remainders)."""
        counts = np.array([self.right.count, self.wrong.count, self.person.count], dtype=np.float64)
        exact = counts * 100 / max(1.0, counts.sum())
        whole = np.floor(exact)
        missing = round(exact.sum() - whole.sum())
        whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
        right, wrong, person = (int(number) for number in whole)
        return right, wrong, person


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """The cheapest threshold on ``chosen_on`` rows, and what came of it on the others, which it was not chosen on."""

    threshold: float
    chosen_on: int
    tried: Shares


def usable(rows: Rows, own: float | None = None) -> Rows | None:
    """The judged rows whose end at another threshold is known; None when no row tells a confidence.

    A question that was handed over without a nearest entry is handed over at every threshold. An answer whose
    confidence the engine did not tell says nothing about other thresholds, so it is left out.

    ``own`` is the run's own threshold (0 to 1) where the engine may also choose a person of its own accord, as models
    do: what was handed over in spite of enough confidence is handed over at every threshold too. Of what lies below
    ``own`` nobody knows, so ask for no lower threshold then.
    """
    judged = rows.take(rows.judged)
    unknown = np.isnan(judged.confidence)
    if unknown.all():
        return None
    found = judged.take(~unknown | (judged.given == PERSON))
    if own is None:
        return found
    chosen = (found.given == PERSON) & (found.confidence >= own)
    return replace(found, confidence=np.where(chosen, np.nan, found.confidence))


def outlook(rows: Rows) -> pd.DataFrame:
    """For each threshold of STEPS, how many of the rows (as from ``usable``) would end how.

    Columns: threshold, right, wrong (answers), person, and of these due (rows for a person). An entry is given from
    the threshold on.
    """
    told = ~np.isnan(rows.confidence)
    hits = np.sort(rows.confidence[told & rows.best_right])
    misses = np.sort(rows.confidence[told & ~rows.best_right])
    due = np.sort(rows.confidence[told & (rows.expected == PERSON)])
    right, wrong = len(hits) - np.searchsorted(hits, STEPS), len(misses) - np.searchsorted(misses, STEPS)
    always = int((~told & (rows.expected == PERSON)).sum())
    return pd.DataFrame(
        {
            "threshold": STEPS,
            "right": right,
            "wrong": wrong,
            "person": len(rows) - right - wrong,
            "due": always + np.searchsorted(due, STEPS),
        }
    )


def shares_at(table: pd.DataFrame, threshold: float) -> Shares:
    """What visitors would get at one of the STEPS, from what ``outlook`` made."""
    line = table.iloc[int(np.abs(table["threshold"].to_numpy() - threshold).argmin())]
    of = int(line["right"] + line["wrong"] + line["person"])
    right, wrong, person = (Proportion(int(line[name]), of) for name in ("right", "wrong", "person"))
    return Shares(right=right, wrong=wrong, person=person)


def shares_now(rows: Rows) -> Shares:
    """What visitors got in the run itself, over its judged rows."""
    judged = rows.take(rows.judged)
    person = int((judged.given == PERSON).sum())
    right = int((judged.right & (judged.given != PERSON)).sum())
    of = len(judged)
    return Shares(right=Proportion(right, of), wrong=Proportion(of - right - person, of), person=Proportion(person, of))


def choose(rows: Rows, wrong_costs: float, lowest: float = 0.0) -> Choice | None:
    """The threshold that costs least on one half of the rows (as from ``usable``), tried on the other half.

    A wrong answer costs ``wrong_costs`` times as much as a question handed to a person; a right answer costs nothing.
    Of thresholds that cost the same the highest is taken, the most careful one; none is lower than ``lowest``. None
    when a half has fewer than LEAST_ROWS rows. The halves are those of ``first_half``. The intervals of ``tried`` take
    the rows for independent: where rows come in groups, they are somewhat too narrow.
    """
    first = first_half(rows)
    if min(first.sum(), (~first).sum()) < LEAST_ROWS:
        return None
    table = outlook(rows.take(first))
    cost = np.where(lowest - 1e-9 <= STEPS, table["wrong"] * wrong_costs + table["person"], np.inf)
    threshold = float(STEPS[np.flatnonzero(cost <= cost.min() + 1e-9)[-1]])
    tried = shares_at(outlook(rows.take(~first)), threshold)
    return Choice(threshold=threshold, chosen_on=int(first.sum()), tried=tried)
