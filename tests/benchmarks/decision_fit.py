"""Fits the constants of core/engines/semantic/calibration.py, and says how well they carry over to another family.

Draws tables of 1 to 1,000 entries with 1 to 10 phrasings each from all families, training splits only: half of them
with entries picked at random, half with neighbouring ones, as a table on one subject has. A logistic regression of "the
best entry is right" on the score and on what is known of the table gives threshold and slope at once: an entry is given
where it is as likely right as wrong. Each kind of table weighs the same.
Run: python -m tests.benchmarks.decision_fit --data FOLDER
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

import numpy as np
from sklearn.linear_model import LogisticRegression

from core.engines.semantic.calibration import FEW_ENTRIES, LOG_ENTRIES, PHRASINGS_LIMIT, WITHIN_UNKNOWN
from core.engines.semantic.index import Index, Places
from core.engines.semantic.vectors import Vectors
from core.questions.entry import Entry, Published
from tests.benchmarks.decision_figures import Flags, Floats, Rows, joined, line, printed
from tests.benchmarks.decision_tables import FAR, FIT, KNOWN, NEAR, Asked, Family, Table, drawn, families, shop
from tests.benchmarks.development_data import data_folder
from tests.benchmarks.kept_vectors import KeptEngine

SIZES = {1: 6, 2: 5, 3: 4, 5: 3, 9: 3, 20: 2, 40: 2, 75: 1, 150: 1, 300: 1, 1_000: 1}
"""Entries of a table: tables drawn of each kind, twice where neighbouring entries are drawn too."""
PHRASINGS = (1, 2, 3, 5, 10)
MOST_NEIGHBOURS = 40
FITTED_ON = {KNOWN: 0.4, NEAR: 0.6}
"""Shares of the questions in a fit. Far ones are refused anyway. With halves, two in ten near questions of tables with
five phrasings got an answer, of families that were left out; with these one and a half, and 73 % of known ones are
answered right rather than 76."""

SEED = 3
NAMES = ("base", "one_entry", "cross", "log_phrasings", "within", "LOG_ENTRIES, of which half is taken")


class Scorer(Protocol):
    """An encoder, and the tables as it reads them."""

    @property
    def vectors(self) -> Vectors:
        """What makes the vectors."""

    def table(self, published: Published) -> Index:
        """What becomes of an English table."""


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A threshold rule and the slope of the confidence."""

    slope: float
    constants: Floats
    """In the order of NAMES."""

    def thresholds(self, rows: Rows) -> Floats:
        """The threshold of each row's table."""
        few = np.log(np.minimum(rows.entries, FEW_ENTRIES) / FEW_ENTRIES)
        found: Floats = _describe(rows) @ self.constants + (LOG_ENTRIES - self.constants[-1]) * few
        return found

    def applied(self, rows: Rows) -> Rows:
        """The rows as these constants decide them."""
        thresholds = self.thresholds(rows)
        return rows.judged(thresholds, 1 / (1 + np.exp(-self.slope * (rows.score - thresholds))))


def main() -> None:
    folder = data_folder("Fit the threshold and the confidence of the built-in engine.")
    engine = KeptEngine()
    cells = fitting_rows(folder, engine)
    engine.save()
    report(cells)


def report(cells: dict[str, list[Rows]]) -> Fit:
    """Print the fit to the rows of all families, and what it does to each of them, with and without that one."""
    fit = best_fit([cell for those in cells.values() for cell in those])
    print("".join(f"  {name} = {value:.3f}\n" for name, value in zip(NAMES, fit.constants, strict=True)), end="")
    print(f"  slope = {fit.slope:.1f}")
    for name, cell in cells.items():
        other = best_fit([one for family, those in cells.items() if family != name for one in those])
        told = ", ".join(f"{value:.3f}" for value in other.constants)
        print(f"without {name}: {told}; slope {other.slope:.1f}")
        printed(f"{name}: fitted with it, and without it")
        for one in (fit, other):
            print(f"{'':30}{line([[one.applied(rows) for rows in cell]])}")
    return fit


def fitted_without(folder: Path, engine: KeptEngine) -> dict[str, Fit]:
    """For each family the fit on all others."""
    cells = fitting_rows(folder, engine)
    return {
        name: best_fit([cell for other, those in cells.items() if other != name for cell in those]) for name in cells
    }


_rows: dict[Path, dict[str, list[Rows]]] = {}


def fitting_rows(folder: Path, engine: KeptEngine) -> dict[str, list[Rows]]:
    """By family, the rows of each kind of table; drawn once."""
    if folder not in _rows:
        _rows[folder] = rows_of(families(folder, FIT), folder, engine)
    return _rows[folder]


def rows_of(found: Sequence[Family], folder: Path, scorer: Scorer) -> dict[str, list[Rows]]:
    """By family, the rows of each kind of table, drawn anew; the shop's too."""
    rows = {
        family.name: [joined([scored_rows(scorer, table) for table in tables]) for tables in _cells(family, scorer)]
        for family in found
    }
    return {**rows, "shop": _shop_rows(folder, scorer)}


def scored_rows(engine: Scorer, table: Table) -> Rows:
    """The questions of a table scored as they are written, without the rest of a decision: ten times as fast."""
    index = engine.table(Published(org_id=table.family, revision=-1, entries=table.entries))
    vectors = engine.vectors.of_stored([question.text for question in table.questions])
    scores = np.stack([index.score(vector).scores for vector in vectors])
    none = np.zeros(len(scores), dtype=bool)
    return _rows_of(index, table, scores.max(axis=1), scores.argmax(axis=1), none.astype(float), given=none, exact=none)


def asked_rows(engine: KeptEngine, table: Table) -> Rows:
    """The questions of a table as the engine decides them."""
    published = Published(org_id=table.family, revision=-1, entries=table.entries)
    index = engine.table(published)
    decisions = [engine.decide(question.text, published) for question in table.questions]
    best = [decision.candidates[0] for decision in decisions]
    return _rows_of(
        index,
        table,
        np.array([one.score for one in best]),
        np.array([one.entry_id - 1 for one in best]),
        np.array([one.confidence for one in best]),
        given=np.array([decision.entry_id is not None for decision in decisions]),
        exact=np.array([decision.exact for decision in decisions]),
    )


def _rows_of(
    index: Index, table: Table, score: Floats, place: Places, confidence: Floats, *, given: Flags, exact: Flags
) -> Rows:
    count = len(score)
    return Rows(
        score=score,
        confidence=confidence,
        right=place == np.array([question.right for question in table.questions]),
        given=given,
        exact=exact,
        kind=np.array([question.kind for question in table.questions]),
        cross=np.full(count, index.cross or 0.0),
        within=np.full(count, index.within),
        entries=np.full(count, float(len(index.entries))),
        each=np.full(count, len(index.phrasings) / len(index.entries)),
    )


def best_fit(cells: list[Rows]) -> Fit:
    """The fit under which these rows are likeliest."""
    rows, weights = joined(cells), np.concatenate([cell.weighed(FITTED_ON) for cell in cells])
    model = LogisticRegression(C=1e6, solver="newton-cholesky", fit_intercept=False)
    model.fit(np.column_stack([rows.score, _describe(rows)]), rows.right, sample_weight=weights)
    slope, *others = model.coef_[0]
    return Fit(slope=slope, constants=-np.array(others) / slope)


def _describe(rows: Rows) -> Floats:
    """What is known of each row's table, in the order of NAMES."""
    return np.column_stack(
        [
            np.ones(len(rows.score)),
            rows.entries == 1,
            rows.cross,
            np.log(np.minimum(rows.each, PHRASINGS_LIMIT)),
            rows.within - WITHIN_UNKNOWN,
            np.log(np.minimum(rows.entries, FEW_ENTRIES) / FEW_ENTRIES),
        ]
    )


def _cells(family: Family, engine: Scorer) -> Iterator[list[Table]]:
    """Kinds of tables, each with those drawn of it."""
    near = _neighbours(family, engine)
    for number, ((size, draws), phrasings) in enumerate(itertools.product(SIZES.items(), PHRASINGS)):
        generator = np.random.default_rng([SEED, number])
        yield [drawn(family, size, phrasings, generator) for _ in range(draws)]
        if size <= MOST_NEIGHBOURS:
            centres = generator.integers(len(near), size=draws)
            yield [drawn(family, size, phrasings, generator, near[centre]) for centre in centres]


def _neighbours(family: Family, engine: Scorer) -> list[list[int]]:
    """For each label, in order, all labels from the nearest (itself) to the farthest."""
    vectors = engine.vectors
    means = np.stack([vectors.of_stored(texts).mean(axis=0) for texts in family.stored.values()])
    means /= np.linalg.norm(means, axis=1, keepdims=True)
    return [[int(place) for place in row] for row in np.argsort(-(means @ means.T), axis=1)]


def _shop_rows(folder: Path, engine: Scorer) -> list[Rows]:
    """Tables of some of the shop's entries, with 1 to 3 phrasings, asked all of its questions."""
    entries, questions = shop(folder)
    found = []
    for size, phrasings in itertools.product((1, 2, 3, 5, 9, 12), (1, 3)):
        generator = np.random.default_rng([SEED, size, phrasings])
        tables = []
        for _ in range(1 if size == len(entries) else 6):
            tables.append(_part_of_shop(entries, questions, size, phrasings, generator))
        found.append(joined([scored_rows(engine, table) for table in tables]))
    return found


def _part_of_shop(
    entries: Sequence[Entry],
    questions: Sequence[tuple[str, int]],
    size: int,
    phrasings: int,
    generator: np.random.Generator,
) -> Table:
    """Some entries; questions about the others are near, those that are for a person far."""
    chosen = [int(place) for place in generator.permutation(len(entries))[:size]]
    kept = tuple(
        replace(entries[place], id=number + 1, alternates=entries[place].alternates[: phrasings - 1])
        for number, place in enumerate(chosen)
    )
    asked = [
        Asked(text=text, kind=KNOWN, right=chosen.index(place))
        if place in chosen
        else Asked(text=text, kind=NEAR if place >= 0 else FAR)
        for text, place in questions
    ]
    return Table(family="shop", phrasings=phrasings, entries=kept, questions=tuple(asked))


if __name__ == "__main__":
    main()
