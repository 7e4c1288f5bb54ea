"""Fits a threshold rule to another encoder than the shipped one (calibrate_folder.py), and tells how well it carries.

The constants of core/engines/semantic/calibration.py are fitted by decision_fit.py.

Draws many random tables of 1 to 60 entries with 1 to 8 phrasings each from banking77 (train split only) and stackfaq:
one half of entries picked at random, the other half of neighbouring ones, as a table on one subject has. Asks each
table questions it knows, questions of the same set it does not know (near), and questions of the other set (far).
Crowded tables, of hundreds of entries, say how far the threshold may rise.
Run: python -m tests.benchmarks.fit_calibration --data FOLDER
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from core.engines.semantic.index import Index
from core.questions.entry import Entry
from tests.benchmarks.development_data import KnownVectors, QuestionSet, banking77, data_folder, stackfaq

SIZES = {1: 40, 2: 30, 3: 30, 4: 30, 5: 30, 10: 16, 20: 10, 40: 6, 60: 5}
"""Entries of a table: tables drawn of each kind."""
PHRASINGS = (1, 2, 3, 5, 8)
CROWDS = (100, 300, 1_000)
CROWDED_PHRASINGS = (1, 3)
CROWDED_DRAWS = 3
ENTRIES_LIMITS = (5, 10, 20, 40, 60, 10_000)
"""Candidates for the size from which on the threshold no longer rises with it."""
KNOWN, NEAR, FAR = 0, 1, 2

Floats = NDArray[np.float64]
Rows = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A drawn table. ``questions`` are texts with their kind and the place of the right entry, -1 where none is."""

    entries: tuple[Entry, ...]
    questions: tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Questions put to many tables, one row a question.

    ``score`` is the best entry's and ``right`` says that it is the right one; ``cross`` (0 for one entry), ``entries``
    and ``phrasings`` (an entry) are the table's; ``cell`` numbers the kinds of table; ``stack`` says that it is drawn
    from stackfaq.
    """

    score: Floats
    right: Rows
    kind: NDArray[np.intp]
    cell: NDArray[np.intp]
    stack: Rows
    cross: Floats
    entries: NDArray[np.intp]
    phrasings: Floats

    def only(self, rows: Rows) -> "Asked":
        """Some of the rows."""
        return Asked(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    @property
    def weights(self) -> Floats:
        """Each kind of table weighs the same; in it known questions one half, near and far ones a quarter each."""
        weights = np.zeros(len(self.right))
        for kind, part in ((KNOWN, 0.5), (NEAR, 0.25), (FAR, 0.25)):
            of_kind = self.kind == kind
            counts = np.bincount(self.cell[of_kind], minlength=self.cell.max() + 1)
            weights[of_kind] = part / counts[self.cell[of_kind]]
        return weights


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A threshold rule and the slope of the confidence."""

    entries_limit: int
    slope: float
    constants: Floats
    """Base, one entry, cross, log entries, log phrasings."""

    def thresholds(self, asked: Asked) -> Floats:
        """The threshold of each row's table."""
        return _describe(asked, self.entries_limit) @ self.constants


def main() -> None:
    folder = data_folder("Fit the threshold and the confidence of the embedded engine.")
    sets = [banking77(folder, "train"), stackfaq(folder)]
    vectors = KnownVectors()
    print("drawing tables …", flush=True)
    fitting, checking = (collect(sets, vectors, seed) for seed in (1, 2))
    fit = best_fit(fitting)
    names = ("_BASE", "_ONE_ENTRY", "_CROSS", "_LOG_ENTRIES", "_LOG_PHRASINGS")
    print(f"fitted on {len(fitting.right):,} questions; constants for calibration.py:")
    print("".join(f"  {name} = {value:.3f}\n" for name, value in zip(names, fit.constants, strict=True)), end="")
    print(f"  _ENTRIES_LIMIT = {fit.entries_limit}\n  _SLOPE = {fit.slope:.1f}")
    print("on tables that were not fitted on: known answered right / answered wrong / near refused / far refused")
    report(checking, fit.thresholds(checking), "these constants")
    report(checking, earlier_rule(checking), "the rule of the earlier study, without its lexical term")
    for stack, name in ((False, "banking77"), (True, "stackfaq")):
        part = checking.only(checking.stack == stack)
        other = fitted(fitting.only(fitting.stack != stack), fit.entries_limit)
        report(part, fit.thresholds(part), name)
        report(part, other.thresholds(part), "    fitted on the other set only")
        distance = (part.score - other.thresholds(part))[:, np.newaxis]
        carried = LogisticRegression(C=1e4).fit(distance, part.right, sample_weight=part.weights)
        print(f"        its slope here {carried.coef_[0][0]:.1f}, shift {carried.intercept_[0]:.2f}")
        for low, high in ((1, 1), (2, 5), (10, 20), (40, 60), (61, 10_000)):
            rows = part.only((part.entries >= low) & (part.entries <= high))
            report(rows, fit.thresholds(rows), f"    {low}-{rows.entries.max()} entries")


def collect(sets: Sequence[QuestionSet], vectors: KnownVectors, seed: int) -> Asked:
    """Draw the tables and ask them their questions."""
    generator = np.random.default_rng(seed)
    parts = []
    for cell, (own, tables) in enumerate(_cells(sets, vectors, generator)):
        for table in tables:
            parts.append(ask(table, vectors, cell, own.name == "stackfaq"))
    return Asked(**{each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Asked)})


def _cells(
    sets: Sequence[QuestionSet], vectors: KnownVectors, generator: np.random.Generator
) -> Iterator[tuple[QuestionSet, list[Table]]]:
    for own, other in (sets, sets[::-1]):
        for order in (None, neighbours(own, vectors)):
            for (size, draws), count in itertools.product(SIZES.items(), PHRASINGS):
                yield own, [draw(own, other, order, size, phrasings=count, generator=generator) for _ in range(draws)]
        for crowd, count in itertools.product(CROWDS, CROWDED_PHRASINGS):
            yield own, [crowded(own, other, crowd, count, generator) for _ in range(CROWDED_DRAWS)]


def neighbours(questions: QuestionSet, vectors: KnownVectors) -> NDArray[np.intp]:
    """For each label, in order, all labels from the nearest (itself) to the farthest."""
    means = np.stack([vectors.of(texts).mean(axis=0) for texts in questions.questions.values()])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return np.argsort(-(means @ means.T), axis=1)


def draw(
    own: QuestionSet,
    other: QuestionSet,
    order: NDArray[np.intp] | None,
    size: int,
    *,
    phrasings: int,
    generator: np.random.Generator,
) -> Table:
    """A random table of ``own`` and its questions; with ``order``, of neighbouring labels and near questions from the
    labels next to them."""
    labels = list(own.questions)
    places = generator.permutation(len(labels)) if order is None else order[generator.integers(len(labels))]
    outside = [labels[place] for place in places[size:]][: None if order is None else max(10, size)]
    entries, questions = [], []
    for number, place in enumerate(places[:size]):
        entry, asked = _entry(own, labels[place], number, phrasings, generator)
        entries.append(entry)
        questions += asked
    questions += _unknown(own, outside, NEAR, max(16, 2 * size), generator)
    questions += _unknown(other, list(other.questions), FAR, max(16, 2 * size), generator)
    return Table(entries=tuple(entries), questions=tuple(questions))


def crowded(own: QuestionSet, other: QuestionSet, crowd: int, phrasings: int, generator: np.random.Generator) -> Table:
    """A third of the labels as entries, and ``crowd`` entries more that nobody asks for, made of single texts: of the
    other set and of another third of the labels. Near questions come from the last third; far ones from half of the
    other set's labels, which are not in the crowd."""
    labels, others = ([str(label) for label in generator.permutation(list(each.questions))] for each in (own, other))
    third, half = len(labels) // 3, len(others) // 2
    entries, questions = [], []
    for number, label in enumerate(labels[:third]):
        entry, asked = _entry(own, label, number, phrasings, generator)
        entries.append(entry)
        questions += asked
    texts = [text for label in labels[third : 2 * third] for text in own.questions[label]]
    texts += [text for label in others[:half] for text in other.questions[label]]
    chosen = [str(text) for text in generator.permutation(texts)[: crowd * phrasings]]
    for begin in range(0, len(chosen) - phrasings + 1, phrasings):
        first, *rest = chosen[begin : begin + phrasings]
        entries.append(Entry(id=len(entries) + 1, question=first, alternates=tuple(rest), answer=""))
    questions += _unknown(own, labels[2 * third :], NEAR, 100, generator)
    questions += _unknown(other, others[half:], FAR, 100, generator)
    return Table(entries=tuple(entries), questions=tuple(questions))


def _entry(
    own: QuestionSet, label: str, place: int, phrasings: int, generator: np.random.Generator
) -> tuple[Entry, list[tuple[str, int, int]]]:
    texts = [str(text) for text in generator.permutation(list(own.questions[label]))]
    if label in own.first:
        texts.insert(0, own.first[label])
    stored = texts[: min(phrasings, len(texts) - 1)]
    answers = own.answers.get(label, [""])
    answer = str(answers[generator.integers(len(answers))])
    entry = Entry(id=place + 1, question=stored[0], alternates=tuple(stored[1:]), answer=answer)
    return entry, [(text, KNOWN, place) for text in texts[len(stored) : len(stored) + 6]]


def _unknown(
    source: QuestionSet, labels: Sequence[str], kind: int, count: int, generator: np.random.Generator
) -> list[tuple[str, int, int]]:
    return [
        (str(generator.choice(list(source.questions[label]))), kind, -1) for label in generator.choice(labels, count)
    ]


def ask(table: Table, vectors: KnownVectors, cell: int, stack: bool) -> Asked:
    """The rows of one table."""
    index = Index(table.entries, vectors.of)
    texts, kinds, rights = zip(*table.questions, strict=True)
    scores = np.stack([index.score(vector).scores for vector in vectors.of(texts)])
    count = len(texts)
    return Asked(
        score=scores.max(axis=1),
        right=scores.argmax(axis=1) == np.array(rights),
        kind=np.array(kinds),
        cell=np.full(count, cell),
        stack=np.full(count, stack),
        cross=np.full(count, index.cross or 0.0),
        entries=np.full(count, len(table.entries)),
        phrasings=np.full(count, len(index.phrasings) / len(table.entries)),
    )


def best_fit(asked: Asked) -> Fit:
    """The fit with the limit that gives the best balance of answered and refused on these same rows."""
    fits = [fitted(asked, limit) for limit in ENTRIES_LIMITS]
    return max(fits, key=lambda fit: balance(asked, fit.thresholds(asked)))


def fitted(asked: Asked, entries_limit: int) -> Fit:
    """Logistic regression of "the best entry is right" on the score and on what describes the table."""
    table = _describe(asked, entries_limit)
    model = LogisticRegression(C=1e4, max_iter=2_000, fit_intercept=False)
    model.fit(np.column_stack([asked.score, table]), asked.right, sample_weight=asked.weights * 1_000)
    slope, *others = model.coef_[0]
    constants = -np.array(others) / slope
    return Fit(entries_limit=entries_limit, slope=slope, constants=constants)


def _describe(asked: Asked, entries_limit: int) -> Floats:
    return np.column_stack(
        [
            np.ones(len(asked.score)),
            asked.entries == 1,
            asked.cross,
            np.log(np.minimum(asked.entries, entries_limit)),
            np.log(np.minimum(asked.phrasings, max(PHRASINGS))),
        ]
    )


def earlier_rule(asked: Asked) -> Floats:
    """0.297 + 0.951 × cross similarity, and 0.355 for one entry, as a study on eight other sets fitted it."""
    return np.where(asked.entries == 1, 0.355, 0.297 + 0.951 * asked.cross)


def shares(asked: Asked, thresholds: Floats) -> tuple[float, float, float, float]:
    """Known answered right, known answered wrong, near refused, far refused, in percent."""
    weights, given = asked.weights, asked.score >= thresholds

    def share(rows: Rows, good: Rows) -> float:
        return 100 * float(weights[rows & good].sum() / weights[rows].sum())

    known, near, far = (asked.kind == kind for kind in (KNOWN, NEAR, FAR))
    return (
        share(known, given & asked.right),
        share(known, given & ~asked.right),
        share(near, ~given),
        share(far, ~given),
    )


def balance(asked: Asked, thresholds: Floats) -> float:
    """Half of what known questions get answered right, and half of what unknown ones get refused, in percent."""
    right, _, near, far = shares(asked, thresholds)
    return right / 2 + near / 4 + far / 4


def report(asked: Asked, thresholds: Floats, name: str) -> None:
    figures = " / ".join(f"{figure:5.1f}" for figure in shares(asked, thresholds))
    print(f"  {name:56} {figures}   balanced {balance(asked, thresholds):5.2f}", flush=True)


if __name__ == "__main__":
    main()
