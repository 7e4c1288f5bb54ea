"""How much nearer to the truth a confidence comes that is recalibrated on an organisation's own labelled questions.

The tables and visitors are those of promises_kept. Labelled questions are drawn 100 times, the scale is measured on
them as the app does it, and the confidence of all other visitors is compared with what comes true.
Run: python -m tests.benchmarks.recalibrated --data FOLDER
"""

from pathlib import Path

import numpy as np

from core.engines.semantic.engine import SemanticEngine
from core.statistics.calibration import reliability
from core.statistics.proportion import Flags, Floats
from core.statistics.recalibration import FOLDS, recalibration
from core.statistics.rows import Rows
from tests.benchmarks.development_data import PREPARED, data_folder
from tests.benchmarks.promises_kept import FAMILIES, asked, questions

LABELS = (200, 400, 800)
DRAWS = 100


def main() -> None:
    folder = data_folder("Measure how much better a recalibrated confidence is.")
    engine = SemanticEngine(PREPARED)
    print(engine.version)
    print(f"in points, and in how many of {DRAWS} draws it is worse")
    print(f"{'family':>10} {'labels':>7} {'off before':>11} {'off after':>10} {'worse':>9}")
    for number, family in enumerate(FAMILIES):
        measured(engine, folder, family, number)


def measured(engine: SemanticEngine, folder: Path, family: str, number: int) -> None:
    """Print the figures of one family."""
    visitors = asked(engine, family, questions(folder, family), number)
    for labels in LABELS:
        before, after = np.array([drawn(visitors, labels, seed) for seed in range(DRAWS)]).T
        worse = 100 * np.mean(after > before)
        means = f"{100 * before.mean():>11.1f} {100 * after.mean():>10.1f}"
        print(f"{family:>10} {labels:>7} {means} {worse:>9.0f}", flush=True)


def drawn(visitors: Rows, labels: int, seed: int) -> tuple[float, float]:
    """How far the confidence of the visitors that were not drawn is off, as the engine tells it and as it is shown."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(visitors))
    known, others = visitors.take(order[:labels]), visitors.take(order[labels:])
    scale = recalibration(known.confidence, known.best_right, rng.integers(0, FOLDS, labels))
    shown = np.array([scale.of(one) for one in others.confidence]) if scale else others.confidence
    return off(others.confidence, others.best_right), off(shown, others.best_right)


def off(confidence: Floats, right: Flags) -> float:
    """The expected calibration error of ten equal parts."""
    parts = reliability(confidence, right)
    return float(np.average((parts["confidence"] - parts["rate"]).abs(), weights=parts["rows"]))


if __name__ == "__main__":
    main()
