"""The rows of a run as arrays, which every figure beyond the plain counts is made from."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from core.datasets.labels import LabelKind
from core.statistics.proportion import Flags, Floats, Ints
from core.statistics.verdict import Verdict

PERSON = -1
"""Stands for a person among the ids of entries, as what was expected and as what was given."""
NOTHING = -2
"""Stands where nothing is known: no expectation, no nearest entry."""

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Rows:
    """The finished rows of a run, one element a row in each array.

    ``place`` is the row's position in the ledger. ``expected`` and ``given`` are ids of entries, PERSON or NOTHING;
    ``accepted`` are all ids that are right. Where several are right, ``expected`` is the one that was given if it is
    among them, else the first: a row counts for one entry only. ``given`` is PERSON in failed rows, which
    ``failed`` tells apart. ``best`` is the nearest entry whether given or not, ``confidence`` (0 to 1, NaN where the
    engine told none) is that entry's. ``group`` names rows that belong together (a conversation, a customer), empty
    where nobody said.
    """

    place: Ints
    question: Objects
    expected: Ints
    accepted: Objects
    given: Ints
    best: Ints
    confidence: Floats
    failed: Flags
    right: Flags
    best_right: Flags
    tags: Objects
    group: Objects

    def __len__(self) -> int:
        return len(self.place)

    @property
    def judged(self) -> Flags:
        """Rows that say what is expected and did not fail: all that a figure of quality may count."""
        labelled: Flags = self.expected != NOTHING
        return labelled & ~self.failed

    @property
    def verdicts(self) -> dict[str, Flags]:
        """Which rows are right, or what they are instead: wrong_answer, needless_handoff, out_of_scope.

        The same words as ``core.statistics.verdict``; each judged row is one of them, any other row none.
        """
        judged, handed, for_person = self.judged, self.given == PERSON, self.expected == PERSON
        return {
            "right": self.right,
            "wrong_answer": judged & ~self.right & ~handed & ~for_person,
            "needless_handoff": judged & handed & ~for_person,
            "out_of_scope": judged & ~handed & for_person,
        }

    def take(self, chosen: Flags | Ints) -> "Rows":
        """Some of the rows, by a flag for each or by their positions."""
        return replace(self, **{field.name: getattr(self, field.name)[chosen] for field in fields(self)})


def rows_of(ledger: pd.DataFrame) -> Rows:
    """The finished rows of a run's ledger (columns as in ``RunStore.rows``)."""
    place = np.flatnonzero(ledger["verdict"].notna().to_numpy())
    done = ledger.iloc[place]
    kind = done["label"].to_numpy(dtype=object)
    accepted = [tuple(ids or ()) for ids in done["label_ids"]]
    given, best = _ids(done["given_id"], PERSON), _ids(done["best_id"], NOTHING)
    hit = _among(given, accepted)
    first = np.array([ids[0] if ids else NOTHING for ids in accepted], dtype=np.int64)
    expected = np.where(kind == LabelKind.FALLBACK.value, PERSON, np.where(hit, given, first))
    failed = (done["verdict"] == Verdict.FAILED.value).to_numpy(dtype=bool)
    return Rows(
        place=place.astype(np.int64),
        question=done["question"].to_numpy(dtype=object),
        expected=expected,
        accepted=_objects(accepted),
        given=given,
        best=best,
        confidence=pd.to_numeric(done["confidence"]).to_numpy(dtype=np.float64, na_value=np.nan),
        failed=failed,
        right=(expected != NOTHING) & (given == expected) & ~failed,
        best_right=_among(best, accepted),
        tags=_objects([tuple((extra or {}).get("tags") or ()) for extra in done["extra"]]),
        group=_objects([str((extra or {}).get("group") or "") for extra in done["extra"]]),
    )


def _ids(column: "pd.Series[Any]", missing: int) -> Ints:
    return pd.to_numeric(column).fillna(missing).to_numpy(dtype=np.int64)


def _among(ids: Ints, accepted: Sequence[tuple[int, ...]]) -> Flags:
    return np.array([one in several for one, several in zip(ids.tolist(), accepted, strict=True)], dtype=bool)


def _objects(values: Sequence[object]) -> Objects:
    """One element a value, also where all values are sequences of one length."""
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found
