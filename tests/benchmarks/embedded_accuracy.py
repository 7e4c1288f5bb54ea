"""How often the embedded engine is right, on questions that were used to choose nothing.

banking77: entries with a few phrasings from its train split, questions from its test split; half of the 77 labels,
drawn anew for each seed, are left out of the table, so that their questions have no answer there and should be handed
over. Then the tutorial's examples. Run: python -m tests.benchmarks.embedded_accuracy --data FOLDER
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

from core.engines.protocol import Decision
from core.engines.semantic.encoder import usable_sessions
from core.engines.semantic.engine import SemanticEngine
from core.questions.changes import new_entry
from core.questions.entry import Entry, Published
from tests.benchmarks.development_data import PREPARED, banking77, data_folder, tutorial
from tests.tutorial import entries as tutorial_entries

SEEDS = range(5)
Example = tuple[str, str]
"""A question, and the expected stored question or __fallback__."""
COLUMNS = ("top-1", "AUROC", "answered right", "answered wrong", "refused", "accuracy", "Brier")
LEGEND = """
top-1: of the questions with an answer, the best entry is the right one; AUROC: its score tells these questions from
those without an answer; answered right, answered wrong: of the questions with an answer, at the default threshold;
refused: of those without one; accuracy: of all questions, answered right or rightly refused; Brier: the squared error
of the confidence, times 100"""


def main() -> None:
    folder = data_folder("Measure how often the embedded engine is right.")
    engine = SemanticEngine(PREPARED)
    print(engine.version)
    print(
        f"\nbanking77, test split, half of the labels out of scope, mean over {len(SEEDS)} draws (± standard deviation)"
    )
    print(f"{'phrasings':>10} " + " ".join(f"{name:>15}" for name in COLUMNS))
    for phrasings in (1, 3, 5, 10):
        figures = np.array([banking(engine, folder, phrasings, seed) for seed in SEEDS])
        cells = zip(figures.mean(axis=0), figures.std(axis=0, ddof=1), strict=True)
        print(f"{phrasings:>10} " + " ".join(f"{mean:9.1f} ± {spread:3.1f}" for mean, spread in cells))
    print(LEGEND)
    asked = {company: questions for company, _, questions in tutorial(folder)}
    examples(engine, "as they are", [(entries, questions) for _, entries, questions in tutorial(folder)])
    examples(
        engine,
        "with phrasings, written without a look at the examples",
        [(with_phrasings(name), asked[name]) for name in asked],
    )


def banking(engine: SemanticEngine, folder: Path, phrasings: int, seed: int) -> list[float]:
    """The figures of one draw, in percent, in the order of COLUMNS."""
    generator = np.random.default_rng(seed)
    train, test = (banking77(folder, split).questions for split in ("train", "test"))
    labels = sorted(train)
    in_scope = [labels[place] for place in generator.permutation(len(labels))[: len(labels) // 2]]
    entries = []
    for number, label in enumerate(in_scope, start=1):
        first, *others = (str(text) for text in generator.choice(train[label], phrasings, replace=False))
        entries.append(Entry(id=number, question=first, alternates=tuple(others), answer="-"))
    table = Published(org_id="banking77", revision=seed * 1_000 + phrasings, entries=tuple(entries))
    ids = {label: number for number, label in enumerate(in_scope, start=1)}
    questions = [(text, ids.get(label)) for label, texts in sorted(test.items()) for text in texts]
    engine.prepare(table)
    with ThreadPoolExecutor(usable_sessions()) as pool:
        decisions = list(pool.map(lambda asked: engine.decide(asked[0], table), questions))
    return figures_of(decisions, [expected for _, expected in questions])


def figures_of(decisions: Sequence[Decision], expected: Sequence[int | None]) -> list[float]:
    """The figures in the order of COLUMNS."""
    wanted = np.array([entry or 0 for entry in expected])
    given = np.array([decision.entry_id or 0 for decision in decisions])
    best = np.array([decision.candidates[0].entry_id for decision in decisions])
    scores = np.array([decision.candidates[0].score for decision in decisions])
    confidences = np.array([decision.candidates[0].confidence for decision in decisions])
    known = wanted > 0
    return [
        100 * float(figure)
        for figure in (
            (best == wanted)[known].mean(),
            roc_auc_score(known, scores),
            (given == wanted)[known].mean(),
            ((given != wanted) & (given > 0))[known].mean(),
            (given == 0)[~known].mean(),
            (given == wanted).mean(),
            np.square(confidences - (best == wanted)).mean(),
        )
    ]


def with_phrasings(company: str) -> tuple[Entry, ...]:
    """The tutorial's entries of a company, with other phrasings."""
    fields = enumerate(tutorial_entries(company), start=1)
    return tuple(new_entry(number, entry) for number, entry in fields)


def examples(engine: SemanticEngine, name: str, tables: Sequence[tuple[tuple[Entry, ...], list[Example]]]) -> None:
    """Print what becomes of the tutorial's examples with these tables."""
    right = wrong = count = 0
    print(f"\nThe tutorial's examples, entries {name}")
    for number, (entries, questions) in enumerate(tables, start=1):
        table = Published(org_id=name, revision=number, entries=entries)
        for question, expected in questions:
            decision = engine.decide(question, table)
            entry = table.by_id.get(decision.entry_id or 0)
            got = entry.question if entry else "__fallback__"
            verdict = "right" if got == expected else "missed" if entry is None else "WRONG"
            right, wrong, count = right + (verdict == "right"), wrong + (verdict == "WRONG"), count + 1
            best = decision.candidates[0]
            print(
                f"  {verdict:7} {question[:50]:50} score {best.score:5.2f}, threshold {decision.threshold:.2f}, "
                f"confidence {best.confidence:4.0%}  {best.phrasing}"
            )
    print(f"  {right} of {count} right, {wrong} wrong answers, {count - right - wrong} handed over without need")


if __name__ == "__main__":
    main()
