"""How well each entry is found, and how well questions for a person are told from the others."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.statistics.intervals import wilson_bounds
from core.statistics.proportion import Floats, Ints, Proportion
from core.statistics.rows import PERSON, Rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Averages:
    """The plain means (macro averages) of precision, recall and F1 over ``entries`` entries; 0 to 1."""

    precision: float
    recall: float
    f1: float
    entries: int


@dataclass(frozen=True, kw_only=True, slots=True)
class OutOfScope:
    """``recall``: of the questions for a person, those handed over. ``precision``: of those handed over, those for a
    person."""

    recall: Proportion
    precision: Proportion


def by_entry(rows: Rows) -> pd.DataFrame:
    """Precision, recall and F1 of each entry that was expected or given, those with the most questions first.

    Columns: entry_id, expected, given, right (counts of rows), precision, precision_low, precision_high, recall,
    recall_low, recall_high (95 % Wilson intervals), f1. Failed and unlabelled rows count nowhere; a row with several
    right answers counts for the one that was given, else for the first.

    As scikit-learn has it with ``zero_division=0``, a precision of no given answer and a recall of no question are 0,
    and F1 = 2 right / (expected + given). Their intervals are NaN then: ``given`` or ``expected`` tells such a 0 apart.
    """
    judged = rows.take(rows.judged)
    ids = np.unique(np.concatenate([judged.expected, judged.given]))
    ids = ids[ids >= 0]
    expected, given = _counts(judged.expected, ids), _counts(judged.given, ids)
    right = _counts(judged.given[judged.right], ids)
    precision_low, precision_high = wilson_bounds(right, given)
    recall_low, recall_high = wilson_bounds(right, expected)
    found = pd.DataFrame(
        {
            "entry_id": ids,
            "expected": expected,
            "given": given,
            "right": right,
            "precision": _ratio(right, given),
            "precision_low": precision_low,
            "precision_high": precision_high,
            "recall": _ratio(right, expected),
            "recall_low": recall_low,
            "recall_high": recall_high,
            "f1": _ratio(2 * right, expected + given),
        }
    )
    return found.sort_values(["expected", "entry_id"], ascending=[False, True]).reset_index(drop=True)


def averages(entries: pd.DataFrame) -> Averages | None:
    """The macro averages over the entries that some row expects, of what ``by_entry`` made; None without any.

    An entry that nobody expects has no recall, so it is left out; a wrong answer with it costs the recall of the
    expected entry. Of the others a precision of no given answer counts as 0. In scikit-learn's words:
    ``average="macro", labels=<expected entries>, zero_division=0``.
    """
    asked = entries[entries["expected"] > 0]
    if asked.empty:
        return None
    means = {name: float(asked[name].mean()) for name in ("precision", "recall", "f1")}
    return Averages(entries=len(asked), **means)


def out_of_scope(rows: Rows) -> OutOfScope:
    """Recall and precision of handing over. Failed and unlabelled rows count nowhere."""
    judged = rows.take(rows.judged)
    for_person, handed = judged.expected == PERSON, judged.given == PERSON
    both = int((for_person & handed).sum())
    return OutOfScope(recall=Proportion(both, int(for_person.sum())), precision=Proportion(both, int(handed.sum())))


def _counts(values: Ints, ids: Ints) -> Ints:
    """How often each of the sorted ``ids`` occurs among ``values``."""
    ordered = np.sort(values)
    return np.searchsorted(ordered, ids, side="right") - np.searchsorted(ordered, ids, side="left")


def _ratio(part: Ints, of: Ints) -> Floats:
    return np.divide(part, of, out=np.zeros(len(of)), where=of > 0)
