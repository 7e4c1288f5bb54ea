"""Ended runs for tests, with every column of the ledger."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.questions.entry import Entry
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.runs.results import Results
from core.statistics.verdict import judge
from tests.core.runs.test_analysis import RUN

ENTRIES = tuple(Entry(id=n, question=f"Question {n}?", answer=f"Answer {n}.") for n in range(1, 9))
NO_ROW = {
    **dict.fromkeys(("given_id", "best_id", "phrasing", "score", "confidence", "reason", "verdict", "seconds")),
    **dict.fromkeys(("sent", "received", "cached", "nano_usd", "reused", "offered")),
}


def row(
    question: str,
    expected: "int | str" = "",
    given: int | None = None,
    *,
    confidence: float | None = 0.7,
    failed: bool = False,
    best: int | None = None,
    extra: dict[str, object] | None = None,
    **others: object,
) -> dict[str, object]:
    """One finished row. ``expected`` is the id of an entry, "person", or "" for no label."""
    kinds = {"person": TO_FALLBACK, "": UNLABELLED}
    label = Label(kind=LabelKind.ENTRY, entry_ids=(expected,)) if isinstance(expected, int) else kinds[expected]
    return {
        **NO_ROW,
        "question": question,
        "expected": str(expected),
        "label": label.kind.value,
        "label_ids": list(label.entry_ids),
        "extra": {"tags": [], "split": "", "note": "", "group": "", **(extra or {})},
        "verdict": judge(label, given, failed).value,
        "given_id": None if failed else given,
        "best_id": None if failed else best or given,
        "confidence": None if failed else confidence,
        "seconds": 0.01,
        **others,
    }


def ended(*rows: dict[str, object], run: Run = RUN, entries: Sequence[Entry] = ENTRIES) -> Analysis:
    """The analysis of a run with these rows."""
    ledger = pd.DataFrame([{"row": n, "line": n + 2, **one} for n, one in enumerate(rows)])
    done = sum(one["verdict"] is not None for one in rows)
    return Analysis(Results(run=replace(run, total=len(rows), finished=done), entries=entries, ledger=ledger))


def random_run(seed: int, size: int, *, skill: float = 0.8, run: Run = RUN) -> Analysis:
    """Rows of every kind. A confidence follows skill roughly."""
    rng = np.random.default_rng(seed)
    rows = []
    for number in range(size):
        kind = rng.choice(["entry", "person", ""], p=[0.75, 0.2, 0.05])
        wanted = int(rng.integers(1, 9))
        hit = kind == "entry" and rng.random() < skill
        best = wanted if hit else int(rng.integers(1, 9))
        sure = float(np.clip(rng.normal(0.7 if hit else 0.4, 0.2), 0.01, 0.99))
        rows.append(
            row(
                f"visitor's question {number}",
                wanted if kind == "entry" else str(kind),
                best if sure >= 0.5 else None,
                best=best,
                confidence=sure,
                failed=bool(rng.random() < 0.02),
                extra={"tags": [str(rng.choice(["delivery", "returns", "payment"]))]},
            )
        )
    return ended(*rows, run=run)
