"""Ledgers of runs for tests: written by hand, or drawn at random."""

import numpy as np
import pandas as pd

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.statistics.rows import Rows, rows_of
from core.statistics.verdict import judge

PERSON = None


def line(
    question: str,
    expected: "int | tuple[int, ...] | str",
    given: int | None,
    *,
    best: int | None = None,
    confidence: float | None = None,
    failed: bool = False,
    tags: tuple[str, ...] = (),
    group: str = "",
) -> dict[str, object]:
    """One row. ``expected`` is an id, several ids, "person" or "" for no label."""
    ids = expected if isinstance(expected, tuple) else (expected,) if isinstance(expected, int) else ()
    label = Label(kind=LabelKind.ENTRY, entry_ids=ids) if ids else TO_FALLBACK if expected == "person" else UNLABELLED
    return {
        "question": question,
        "label": label.kind.value,
        "label_ids": list(ids),
        "verdict": judge(label, given, failed).value,
        "given_id": None if failed else given,
        "best_id": given if best is None else best,
        "confidence": confidence,
        "extra": {"tags": list(tags), "group": group},
    }


def rows(*lines: dict[str, object]) -> Rows:
    return rows_of(pd.DataFrame(list(lines)))


def random_rows(seed: int, size: int, entries: int = 6, *, skill: float = 0.6) -> Rows:
    """Rows of every kind: a part is for a person, without a label, or failed; confidence follows skill roughly."""
    rng = np.random.default_rng(seed)
    lines = []
    for number in range(size):
        kind = rng.choice(["entry", "person", ""], p=[0.7, 0.2, 0.1])
        wanted = int(rng.integers(1, entries + 1))
        hit = kind == "entry" and rng.random() < skill
        best = wanted if hit else int(rng.integers(1, entries + 1))
        confidence = float(np.round(np.clip(rng.normal(0.6 if hit else 0.4, 0.2), 0, 1), 3))
        lines.append(
            line(
                f"question {number}",
                wanted if kind == "entry" else str(kind),
                best if confidence >= 0.5 else PERSON,
                best=best,
                confidence=confidence,
                failed=bool(rng.random() < 0.05),
                tags=tuple(rng.choice(["a", "b", "c"], size=int(rng.integers(0, 3)), replace=False).tolist()),
                group=f"g{rng.integers(0, size // 4 + 1)}",
            )
        )
    return rows(*lines)
