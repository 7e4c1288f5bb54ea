"""Fits the constants of core/engines/semantic/calibration.py on the development data, and says how well they carry over.

Draws many random tables of 1 to 60 entries with 1 to 8 phrasings each from banking77 (train split only) and stackfaq:
one half of entries picked at random, the other half of neighbouring ones, as a table on one subject has. Asks each table
questions it knows, questions of the same set it does not know (near), and questions of the other set (far).
Run: python -m tests.benchmarks.fit_calibration --data FOLDER
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.engines.semantic.index import Index
from core.questions.entry import Entry
from tests.benchmarks.development_data import KnownVectors, QuestionSet, banking77, data_folder, stackfaq

SIZES = {1: 40, 2: 30, 3: 30, 4: 30, 5: 30, 10: 16, 20: 10, 40: 6, 60: 5}
"""Entries of a table: tables drawn of each kind."""
PHRASINGS = (1, 2, 3, 5, 8)
KNOWN, NEAR, FAR = 0, 1, 2

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Questions put to many tables, one row a question.

    ``features`` are the score, the cross similarity (0 for one entry), whether it is one entry, log entries, log
    phrasings an entry; ``cells`` number the kinds of table; ``right`` says that the best entry is the right one.
    """

    features: Floats
    right: NDArray[np.bool_]
    kind: NDArray[np.intp]
    cells: NDArray[np.intp]
    stack: NDArray[np.bool_]
    entries: NDArray[np.intp]

    def only(self, rows: NDArray[np.bool_]) -> "Asked":
        """Some of the rows."""
        return Asked(**{name: values[rows] for name, values in vars(self).items()})

    @property
    def weights(self) -> Floats:
        """Each kind of table weighs the same; in it known questions one half, near and far ones a quarter each."""
        weights = np.zeros(len(self.right))
        for cell in np.unique(self.cells):
            for kind, part in ((KNOWN, 0.5), (NEAR, 0.25), (FAR, 0.25)):
                rows = (self.cells == cell) & (self.kind == kind)
                weights[rows] = part / max(1, rows.sum())
        return weights


def main() -> None:
    folder = data_folder("Fit the threshold and the confidence of the embedded engine.")
    sets = [banking77(folder, "train"), stackfaq(folder)]
    vectors = KnownVectors()
    print("drawing tables …", flush=True)
    fitting, checking = (collect(sets, vectors, seed) for seed in (1, 2))
    fit = fitted(fitting)
    print(f"fitted on {len(fitting.right):,} questions; constants for calibration.py:")
    slope, base, (cross, one, entries, phrasings) = fit[0], -fit[-1] / fit[0], -fit[1:-1] / fit[0]
    print(f"  _BASE = {base:.3f}\n  _ONE_ENTRY = {one:.3f}\n  _CROSS = {cross:.3f}\n  _LOG_ENTRIES = {entries:.3f}")
    print(f"  _LOG_PHRASINGS = {phrasings:.3f}\n  _SLOPE = {slope:.1f}")
    print("on tables that were not fitted on (known answered right / answered wrong / near refused / far refused):")
    report(checking, above(checking, fit), "these constants")
    report(checking, checking.features[:, 0] >= earlier_rule(checking), "the rule of the earlier study")
    for stack in (False, True):
        other = fitted(fitting.only(fitting.stack != stack))
        part = checking.only(checking.stack == stack)
        report(part, above(part, other), f"{'stackfaq' if stack else 'banking77'}, fitted on the other set only")
        report(part, above(part, fit), "    fitted on both")
        for low, high in ((1, 1), (2, 5), (10, 20), (40, 60)):
            rows = part.only((part.entries >= low) & (part.entries <= high))
            report(rows, above(rows, fit), f"    fitted on both, {low}-{high} entries")
        distance = np.column_stack([(part.features @ other[:-1] + other[-1]) / other[0]])
        carried = LogisticRegression(C=1e4).fit(distance, part.right, sample_weight=part.weights * len(part.right))
        print(f"    slope here with the other set's threshold: {carried.coef_[0][0]:.1f}, shift {carried.intercept_[0]:.2f}")


def collect(sets: Sequence[QuestionSet], vectors: KnownVectors, seed: int) -> Asked:
    """Draw the tables and ask them their questions."""
    generator = np.random.default_rng(seed)
    parts: list[tuple[Floats, ...]] = []
    cell = 0
    for own, other in (sets, sets[::-1]):
        for neighbouring in (False, True):
            order = neighbours(own, vectors) if neighbouring else None
            for entries, draws in SIZES.items():
                for phrasings in PHRASINGS:
                    for _ in range(draws):
                        table = draw(own, other, order, entries, phrasings, generator)
                        parts.append(ask(table, vectors, cell, own.name == "stackfaq"))
                    cell += 1
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return Asked(
        **dict(zip(("features", "right", "kind", "cells", "stack", "entries"), columns, strict=True))
    )


@dataclass(frozen=True, kw_only=True)
class Table:
    entries: tuple[Entry, ...]
    questions: tuple[tuple[str, int, int], ...]
    """The text, its kind, and the place of the right entry or -1."""


def neighbours(questions: QuestionSet, vectors: KnownVectors) -> NDArray[np.intp]:
    """For each label, in order, all labels from the nearest (itself) to the farthest."""
    means = np.stack([vectors.of(texts).mean(axis=0) for texts in questions.questions.values()])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return np.argsort(-(means @ means.T), axis=1)


def draw(
    own: QuestionSet,
    other: QuestionSet,
    order: NDArray[np.intp] | None,
    entries: int,
    phrasings: int,
    generator: np.random.Generator,
) -> Table:
    """A random table of ``own`` and its questions; with ``order``, of neighbouring labels and near questions from the
    labels next to them."""
    labels = list(own.questions)
    places = generator.permutation(len(labels)) if order is None else order[generator.integers(len(labels))]
    outside = [labels[place] for place in places[entries:]][: None if order is None else max(10, entries)]
    table, questions = [], []
    for number, place in enumerate(places[:entries]):
        label = labels[place]
        texts = [str(text) for text in generator.permutation(list(own.questions[label]))]
        if label in own.first:
            texts.insert(0, own.first[label])
        stored = texts[: min(phrasings, len(texts) - 1)]
        answers = own.answers.get(label, [""])
        answer = str(answers[generator.integers(len(answers))])
        table.append(Entry(id=number + 1, question=stored[0], alternates=tuple(stored[1:]), answer=answer))
        questions += [(text, KNOWN, number) for text in texts[len(stored) : len(stored) + 6]]
    for kind, source, names in ((NEAR, own, outside), (FAR, other, list(other.questions))):
        for label in generator.choice(names, max(16, 2 * entries)):
            questions.append((str(generator.choice(list(source.questions[label]))), kind, -1))
    return Table(entries=tuple(table), questions=tuple(questions))


def ask(table: Table, vectors: KnownVectors, cell: int, stack: bool) -> tuple[NDArray, ...]:
    """The rows of Asked for one table."""
    index = Index(table.entries, vectors.of)
    texts, kinds, rights = zip(*table.questions, strict=True)
    scores = np.stack([index.score(vector).scores for vector in vectors.of(texts)])
    size, cross = len(table.entries), index.cross
    of_table = [cross or 0.0, cross is None, np.log(size), np.log(len(index.phrasings) / size)]
    features = np.column_stack([scores.max(axis=1), np.tile(np.array(of_table, dtype=float), (len(texts), 1))])
    count = len(texts)
    same = (np.full(count, cell), np.full(count, stack), np.full(count, size))
    return (features, scores.argmax(axis=1) == np.array(rights), np.array(kinds), *same)


def fitted(asked: Asked) -> Floats:
    """Logistic regression of "the best entry is right": a coefficient for each feature, then the intercept."""
    model = LogisticRegression(C=1e4, max_iter=2_000)
    model.fit(asked.features, asked.right, sample_weight=asked.weights * len(asked.right))
    return np.append(model.coef_[0], model.intercept_[0])


def above(asked: Asked, fit: Floats) -> NDArray[np.bool_]:
    """Whether each question's best entry is given: where it is as likely right as not."""
    return asked.features @ fit[:-1] + fit[-1] >= 0


def earlier_rule(asked: Asked) -> Floats:
    """0.297 + 0.951 × cross similarity, and 0.355 for one entry: fitted on eight other sets, with a lexical term."""
    return np.where(asked.features[:, 2] == 1, 0.355, 0.297 + 0.951 * asked.features[:, 1])


def report(asked: Asked, given: NDArray[np.bool_], name: str) -> None:
    weights = asked.weights

    def share(rows: NDArray[np.bool_], good: NDArray[np.bool_]) -> float:
        return 100 * float(weights[rows & good].sum() / weights[rows].sum())

    known, near, far = (asked.kind == kind for kind in (KNOWN, NEAR, FAR))
    right, wrong = share(known, given & asked.right), share(known, given & ~asked.right)
    refused = share(near, ~given), share(far, ~given)
    balanced = right / 2 + sum(refused) / 4
    print(f"  {name:52} {right:5.1f} / {wrong:4.1f} / {refused[0]:5.1f} / {refused[1]:5.1f}   balanced {balanced:5.2f}")


if __name__ == "__main__":
    main()
