"""How many questions are doubtful to the built-in engine, and how often it is right where it is sure.

Half of the labels of a public set have no entry, drawn anew for each seed; their questions should be handed over. No
model is asked: this shows what core/engines/cascade.py leaves to one.
Run: python -m tests.benchmarks.doubtful_questions --data FOLDER
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.engines.protocol import Decision
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published
from tests.benchmarks.development_data import PREPARED, banking77, data_folder, stackfaq

SEEDS = range(3)
QUESTIONS = 250
OF_A_LABEL = 6
BOUNDS = ((0.05, 0.95), (0.1, 0.9), (0.15, 0.85), (0.2, 0.8))


@dataclass(frozen=True, kw_only=True)
class Decided:
    """A decision and the entry that was meant, None where there is none."""

    decision: Decision
    meant: int | None

    @property
    def is_right(self) -> bool:
        """Whether the visitor gets what was meant, or a person where nothing was."""
        return self.decision.entry_id == self.meant

    def is_doubtful(self, least: float, most: float) -> bool:
        """Whether the nearest entry's confidence lies between these bounds."""
        return least <= self.decision.candidates[0].confidence < most


def main() -> None:
    """Measure and print."""
    folder = data_folder(__doc__)
    engine = SemanticEngine(PREPARED)
    print(engine.version)
    sets = {"banking77": banking77(folder, "train"), "stackfaq": stackfaq(folder)}
    for name, found in sets.items():
        for phrasings in (1, 5):
            decided = [one for seed in SEEDS for one in draw(engine, name, found.questions, phrasings, seed)]
            print(f"{name}, {phrasings} phrasings: {share(decided):.0%} right alone")
            for least, most in BOUNDS:
                sure = [one for one in decided if not one.is_doubtful(least, most)]
                doubtful = 1 - len(sure) / len(decided)
                print(f"  {least:g} to {most:g}: {doubtful:.0%} doubtful, {share(sure):.0%} right where sure")


def draw(
    engine: SemanticEngine, name: str, questions: Mapping[str, Sequence[str]], phrasings: int, seed: int
) -> list[Decided]:
    """What becomes of some questions on a table of half of the labels."""
    generator = np.random.default_rng(seed)
    labels = sorted(questions)
    in_scope = {labels[place] for place in generator.permutation(len(labels))[: len(labels) // 2]}
    entries: list[Entry] = []
    asked: list[tuple[str, int | None]] = []
    for number, label in enumerate(labels, start=1):
        texts = [str(text) for text in generator.permutation(list(questions[label]))]
        if label not in in_scope:
            asked += [(text, None) for text in texts[:OF_A_LABEL]]
        elif len(texts) > phrasings:
            first, *others = texts[:phrasings]
            entries.append(Entry(id=number, question=first, answer=f"Answer {number}", alternates=tuple(others)))
            asked += [(text, number) for text in texts[phrasings : phrasings + OF_A_LABEL]]
    table = Published(org_id=f"{name} {seed}", revision=phrasings, entries=tuple(entries))
    drawn = [asked[place] for place in generator.permutation(len(asked))[:QUESTIONS]]
    return [Decided(decision=engine.decide(text, table), meant=meant) for text, meant in drawn]


def share(decided: Sequence[Decided]) -> float:
    """Of these, how many are right (0 to 1)."""
    return sum(one.is_right for one in decided) / max(1, len(decided))


if __name__ == "__main__":
    main()
