"""How sure the engine was of the nearest entry, and whether that entry was the right one."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.statistics.proportion import Flags, Floats
from core.statistics.rows import PERSON, Rows


@dataclass(frozen=True, kw_only=True, slots=True)
class Confidences:
    """The judged rows with a confidence: its ``value`` (0 to 1), whether the nearest entry was ``right``, and whether
    the question was ``for_person``, so that no entry was. ``without`` counts the judged rows whose engine told none.

    It is the nearest entry's, given or not: the figures do not depend on the threshold of the run.
    """

    value: Floats
    right: Flags
    for_person: Flags
    without: int

    def __len__(self) -> int:
        return len(self.value)


def confidences(rows: Rows) -> Confidences | None:
    """What a run tells of its confidence; None when no judged row has any, as with a model that tells none."""
    judged = rows.take(rows.judged)
    told = judged.take(~np.isnan(judged.confidence))
    if not len(told):
        return None
    return Confidences(
        value=told.confidence,
        right=told.best_right,
        for_person=told.expected == PERSON,
        without=len(judged) - len(told),
    )


def histogram(found: Confidences, bins: int = 20) -> pd.DataFrame:
    """How many rows have a confidence in each of ``bins`` equal parts of 0 to 1.

    Columns: low, high (the last part holds 1 too, every other one ends before its high end), right, wrong,
    for_person (counts of rows).
    """
    edges = np.round(np.linspace(0.0, 1.0, bins + 1), 12)  # so that 0.95 stands at the edge 0.95
    kinds = {
        "right": found.right,
        "wrong": ~found.right & ~found.for_person,
        "for_person": found.for_person,
    }
    counts = {name: np.histogram(found.value[chosen], bins=edges)[0] for name, chosen in kinds.items()}
    return pd.DataFrame({"low": edges[:-1], "high": edges[1:], **counts})
