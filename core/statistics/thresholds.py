"""What visitors would get at every threshold of confidence, and which threshold costs least."""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from core.questions.text import same_question_key
from core.statistics.proportion import Flags, Floats, Proportion
from core.statistics.rows import PERSON, Rows


def first_half(rows: Rows) -> Flags:
    """Whether each row belongs to the first half.

    Rows of one ``group`` are in the same half, and so are rows of the same question (but for case and spacing) where
    there is no group: what was chosen must not be tried on a copy of itself. The half follows from the text alone, so
    it is the same in every run and on every machine.
    """
    is_first = functools.cache(_is_even)
    return np.fromiter((is_first(key) for key in belongs_to(rows)), dtype=bool, count=len(rows))


def belongs_to(rows: Rows) -> list[str]:
    """A key for each row, the same in rows that belong together: of one group, or where there is none, of one question
    (but for case and spacing)."""
    return [f"group {g}" if g else _of_question(q) for g, q in zip(rows.group, rows.question, strict=True)]


def _of_question(question: str) -> str:
    return f"question {same_question_key(question)}"


def _is_even(key: str) -> bool:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] % 2 == 0


STEPS = np.round(np.linspace(0.0, 1.0, 101), 2)
LEAST_ROWS = 25
"""Rows that each half must have before a threshold is chosen: with fewer, chance would choose."""
LEAST_TOLD = 20
"""Rows from which on they may stand for "100 visitors", and a threshold seen on them may be used."""

ROUNDING = 1e-9
"""Confidences and thresholds that differ by less are the same one, kept or computed with other rounding."""
_PARTS = ("right", "wrong_answer", "needless_handoff", "out_of_scope")


@dataclass(frozen=True, kw_only=True, slots=True)
class OutcomeShares:
    """What became of the visitors: the verdicts of ``core.statistics.verdict``, each a share of all of them.

    ``handed_over`` counts all who went to a person, rightly (those are among ``right``) or needlessly.
    """

    right: Proportion
    wrong_answer: Proportion
    needless_handoff: Proportion
    out_of_scope: Proportion
    handed_over: Proportion

    @property
    def of(self) -> int:
        """How many questions these are shares of."""
        return self.right.of

    @property
    def parts(self) -> tuple[Proportion, Proportion, Proportion, Proportion]:
        """Right, wrong answer, needless handoff, answered out of scope: together all visitors."""
        return self.right, self.wrong_answer, self.needless_handoff, self.out_of_scope

    @property
    def wrong(self) -> Proportion:
        """Every answer that the visitor should not have got: another entry's, or one where a person was expected."""
        return Proportion(self.wrong_answer.count + self.out_of_scope.count, self.of)

    @property
    def of_a_hundred(self) -> tuple[int, ...]:
        """The ``parts`` of 100 visitors: whole numbers that add up to 100, in step with those of ``as_met``."""
        answered_right, wrong, with_a_person = a_hundred(self.as_met)
        needless = self.needless_handoff.count
        due, needless = a_hundred([self.handed_over.count - needless, needless], of=with_a_person)
        entry, out_of_scope = a_hundred([self.wrong_answer.count, self.out_of_scope.count], of=wrong)
        return answered_right + due, entry, needless, out_of_scope

    @property
    def as_met(self) -> tuple[int, int, int]:
        """What visitors met, as counts that add up to all: a right answer, a wrong one (also where a person was
        expected), a person (whether that was right or needless)."""
        rightly_handed = self.handed_over.count - self.needless_handoff.count
        return self.right.count - rightly_handed, self.wrong.count, self.handed_over.count


def a_hundred(counts: Sequence[int], of: int = 100) -> tuple[int, ...]:
    """The parts of 100 (or of another number) that stand for these counts: whole numbers that add up to it, by largest
    remainders."""
    parts = np.array(counts, dtype=np.float64)
    exact = parts * of / max(1.0, parts.sum())
    whole = np.floor(exact)
    missing = round(exact.sum() - whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:missing]] += 1
    return tuple(int(number) for number in whole)


@dataclass(frozen=True, kw_only=True, slots=True)
class ThresholdChoice:
    """The cheapest threshold on ``chosen_on`` rows, and what came of it on the others, which it was not chosen on."""

    threshold: float
    chosen_on: int
    tried: OutcomeShares


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


def outlook(rows: Rows, steps: Floats = STEPS) -> pd.DataFrame:
    """For each threshold of ``steps``, how many of the rows (as from ``usable``) would end how.

    Columns: threshold, right (the right entry given, or handed over where a person was expected), wrong_answer,
    needless_handoff, out_of_scope, and handed_over (rightly or not). An entry is given from the threshold on.
    """
    told = ~np.isnan(rows.confidence)
    hits = np.sort(rows.confidence[told & rows.best_right])
    for_person = rows.expected == PERSON
    misses = np.sort(rows.confidence[told & ~rows.best_right & ~for_person])
    due = np.sort(rows.confidence[told & for_person])
    given, wrong, unwanted = (len(values) - np.searchsorted(values, steps) for values in (hits, misses, due))
    rightly_handed = int(for_person.sum()) - unwanted
    handed = len(rows) - given - wrong - unwanted
    return pd.DataFrame(
        {
            "threshold": steps,
            "right": given + rightly_handed,
            "wrong_answer": wrong,
            "needless_handoff": handed - rightly_handed,
            "out_of_scope": unwanted,
            "handed_over": handed,
        }
    )


def shares_at(table: pd.DataFrame, threshold: float) -> OutcomeShares:
    """What visitors would get at one of the STEPS, from what ``outlook`` made."""
    return _shares(table.iloc[int(np.abs(table["threshold"].to_numpy() - threshold).argmin())])


def shares_from(rows: Rows, threshold: float) -> OutcomeShares:
    """What visitors would get at exactly this threshold (0 to 1), over rows as from ``usable``."""
    return _shares(outlook(rows, np.array([threshold - ROUNDING])).iloc[0])


def _shares(line: pd.Series) -> OutcomeShares:
    of = int(sum(line[name] for name in _PARTS))
    return OutcomeShares(**{name: Proportion(int(line[name]), of) for name in (*_PARTS, "handed_over")})


def shares_now(rows: Rows) -> OutcomeShares:
    """What visitors got in the run itself, over its judged rows."""
    judged = rows.take(rows.judged)
    flags = {**judged.verdicts, "handed_over": judged.given == PERSON}
    return OutcomeShares(**{name: Proportion(int(found.sum()), len(judged)) for name, found in flags.items()})


def steps_within(lowest: float, highest: float) -> Flags:
    """Which of the STEPS are neither lower nor higher than these."""
    return (lowest - ROUNDING <= STEPS) & (highest + ROUNDING >= STEPS)


def choose(rows: Rows, wrong_costs: float, lowest: float = 0.0, highest: float = 1.0) -> ThresholdChoice | None:
    """The threshold that costs least on one half of the rows (as from ``usable``), tried on the other half.

    An answer that is wrong or out of scope costs ``wrong_costs`` times as much as a question handed to a person; a
    right answer costs nothing. Of thresholds that cost the same the highest is taken, the most careful one; none is
    lower than ``lowest`` or higher than ``highest``. None when a half has fewer than LEAST_ROWS rows. The halves are
    those of ``first_half``. The intervals of ``tried`` take the rows for independent: where rows come in groups, they
    are somewhat too narrow.
    """
    first = first_half(rows)
    if min(first.sum(), (~first).sum()) < LEAST_ROWS:
        return None
    table = outlook(rows.take(first))
    bad = table["wrong_answer"] + table["out_of_scope"]
    cost = np.where(steps_within(lowest, highest), bad * wrong_costs + table["handed_over"], np.inf)
    threshold = float(STEPS[np.flatnonzero(cost <= cost.min() + ROUNDING)[-1]])
    tried = shares_at(outlook(rows.take(~first)), threshold)
    return ThresholdChoice(threshold=threshold, chosen_on=int(first.sum()), tried=tried)
