"""How often a promise to visitors is broken, on families of questions of which the rule knows nothing.

A table is drawn of half the labels of a family (at most 60), with five phrasings each; all other questions of the
family, those of the left-out labels too, are its visitors. Of these, labelled test questions are drawn 1,000 times, a
threshold is chosen on them as the app does, and what it does to all visitors says whether the promise is kept. A
promise that is not made, since it takes more labels, is not broken.
Run: python -m tests.benchmarks.promises_kept --data FOLDER
"""

import csv
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from core.engines.protocol import Candidate
from core.engines.semantic.calibration import confidence
from core.engines.semantic.encoder import usable_sessions
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published
from core.runs.run_threshold import LEAST_SET, MOST_SET
from core.statistics.promise import Kept, answered_right, find, wrong_visitors
from core.statistics.rows import PERSON, Rows
from tests.benchmarks.development_data import PREPARED, data_folder

FAMILIES = ("banking77", "clinc150", "hwu64", "stackfaq")
PROMISED = (1, 2, 5, 10)
LABELS = (100, 200, 400, 800)
DRAWS = 1_000
ENTRIES, PHRASINGS, VISITORS = 60, 5, 3_000
LEGEND = """
promised: of the draws, how many allow the promise; broken: of all draws, in how many more visitors get a wrong answer
than was promised, which may be 5 % by the rule; right: of 100 visitors, answered right with the promise, the mean of
the draws that allow it; before: without it"""


def main() -> None:
    folder = data_folder("Measure how often a promise to visitors is broken.")
    engine = SemanticEngine(PREPARED)
    print(engine.version)
    print(f"{'family':>10} {'at most':>8} {'labels':>7} {'promised %':>11} {'broken %':>9} {'right':>6} {'before':>7}")
    worst = 0.0
    for number, family in enumerate(FAMILIES):
        visitors = asked(engine, family, questions(folder, family), number)
        for most in PROMISED:
            for labels in LABELS:
                worst = max(worst, tried(family, visitors, most, labels))
    print(f"{LEGEND}\nMost often broken: in {worst:.1f} % of {DRAWS:,} draws.")


def questions(folder: Path, family: str) -> Mapping[str, Sequence[str]]:
    """The questions of a family by their label; those without one under oos."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    with (folder / f"{family}.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["label"]][row["text"]] = None
    return {label: list(texts) for label, texts in found.items()}


def asked(engine: SemanticEngine, family: str, texts: Mapping[str, Sequence[str]], seed: int) -> Rows:
    """A table of the family, and what becomes of its visitors."""
    rng = np.random.default_rng(seed)
    labels = [label for label in sorted(texts) if label != "oos" and len(texts[label]) > PHRASINGS]
    known = [labels[place] for place in rng.permutation(len(labels))[: min(ENTRIES, len(labels) // 2)]]
    entries, visitors = [], [(text, PERSON) for label in texts if label not in known for text in texts[label]]
    for number, label in enumerate(known, start=1):
        first, *others = (texts[label][place] for place in rng.permutation(len(texts[label])))
        entries.append(Entry(id=number, question=first, alternates=tuple(others[: PHRASINGS - 1]), answer="-"))
        visitors += [(text, number) for text in others[PHRASINGS - 1 :]]
    chosen = [visitors[place] for place in rng.permutation(len(visitors))[:VISITORS]]
    table = Published(org_id=family, revision=seed, entries=tuple(entries))
    engine.prepare(table)
    with ThreadPoolExecutor(usable_sessions()) as pool:
        decisions = list(pool.map(lambda one: engine.decide(one[0], table), chosen))
    return rows([decision.candidates[0] for decision in decisions], [expected for _, expected in chosen])


def rows(nearest: Sequence[Candidate], expected: Sequence[int]) -> Rows:
    """Rows of a run, each a visitor of its own."""
    best = np.array([one.entry_id for one in nearest])
    sure = np.array([one.confidence for one in nearest])
    wanted = np.array(expected)
    given = np.where(sure >= confidence(0.0, 0.0), best, PERSON)
    nothing = np.full(len(best), "", dtype=object)
    return Rows(
        place=np.arange(len(best)),
        question=nothing,
        expected=wanted,
        accepted=nothing,
        given=given,
        best=best,
        confidence=sure,
        failed=np.zeros(len(best), dtype=bool),
        right=given == wanted,
        best_right=best == wanted,
        tags=nothing,
        group=nothing,
    )


def tried(family: str, everybody: Rows, most: int, labels: int) -> float:
    """Print what becomes of a promise; in how many per cent of the draws it is broken."""
    rng = np.random.default_rng(most * 10_000 + labels)
    names = np.array([f"visitor {number}" for number in range(labels)], dtype=object)
    all_names = np.array([f"visitor {number}" for number in range(len(everybody))], dtype=object)
    whole = replace(everybody, group=all_names)
    found = [
        find(replace(everybody.take(rng.integers(0, len(everybody), labels)), group=names), most, LEAST_SET, MOST_SET)
        for _ in range(DRAWS)
    ]
    thresholds = [one.threshold for one in found if isinstance(one, Kept)]
    of = {least: (wrong_visitors(whole, least).rate or 0.0) > most / 100 for least in set(thresholds)}
    right = {least: answered_right(whole, least).rate or 0.0 for least in set(thresholds)}
    broken = 100 * sum(of[least] for least in thresholds) / DRAWS
    with_it = f"{100 * np.mean([right[least] for least in thresholds]):6.0f}" if thresholds else "     –"
    before = answered_right(whole, confidence(0.0, 0.0)).rate or 0.0
    print(
        f"{family:>10} {most:>8} {labels:>7} {100 * len(thresholds) / DRAWS:>11.1f} {broken:>9.1f} {with_it}"
        f" {100 * before:>7.0f}",
        flush=True,
    )
    return broken


if __name__ == "__main__":
    main()
