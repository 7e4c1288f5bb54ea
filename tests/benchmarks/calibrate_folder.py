"""Fits the threshold of a model in a folder as sentence-transformers writes it, and keeps it beside the model.

The tables and the fit are those of decision_fit.py, the questions the first ones of each label of the train splits. For
a model of many languages the shop in four languages (tests/data/shop_languages.json) says how much lower the threshold
is for a question in another language than the table's. It prints what the fit does to each family, also with that one
left out.
Run: python -m tests.benchmarks.calibrate_folder --model FOLDER --data FOLDER
"""

import argparse
import itertools
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize_scalar

from core.engines.semantic.encoder import Matrix
from core.engines.semantic.folder_model import FolderModel, folder_model
from core.engines.semantic.index import Index
from core.engines.semantic.multilingual import VERSION, multilingual_encoder
from core.engines.semantic.rules import Rule
from core.engines.semantic.vector_store import VectorStore
from core.engines.semantic.vectors import Vectors
from core.questions.entry import Entry, Published
from tests.benchmarks.decision_fit import Fit, report, rows_of
from tests.benchmarks.decision_tables import FIT, Family, families
from tests.benchmarks.development_data import PREPARED, REPOSITORY

SHOP = REPOSITORY / "tests" / "data" / "shop_languages.json"
LANGUAGES = ("en", "de", "es", "fr")
SIZES = (3, 5, 8, 12)
DRAWS = 40
TEXTS = 30
FAR_TEXTS = 200

ONE_ENTRY_MORE = 0.08
"""One entry alone takes so much more than was fitted, as with all-MiniLM-L6-v2 (calibration.py)."""


class Folder:
    """The model's vectors, and tables by them with the scores that a rule is fitted to."""

    def __init__(self, vectors: Vectors) -> None:
        self.vectors = vectors

    def table(self, published: Published) -> Index:
        """As the engine makes it, without a rule of the model's own."""
        return Index(published.entries, self.vectors.of_stored, self.vectors.reads_each)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="default: multilingual-e5-small, which is printed and not kept")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data", help="default: %(default)s")
    given = parser.parse_args()
    model = folder_model(given.model.resolve()) if given.model else None
    vectors = _vectors(model)
    found = [_shortened(family) for family in families(given.data, FIT)]
    fit = report(rows_of(found, given.data, Folder(vectors)))
    many = model is None or model.reads_many_languages
    rule = _rule(fit)
    if many:
        rule = replace(rule, other_language=_other_language(rule, vectors))
    print(json.dumps(asdict(rule), indent=2))
    if model is not None:
        print(f"kept in {model.keep_rule(rule)}")


def _shortened(family: Family) -> Family:
    """Of each label the first texts only, and some on other subjects, which bounds the time."""
    stored = {label: texts[:TEXTS] for label, texts in family.stored.items()}
    return replace(family, stored=stored, asked=stored, far=family.far[:FAR_TEXTS])


def _vectors(model: FolderModel | None) -> Vectors:
    store = VectorStore(Path(tempfile.gettempdir()) / "frontline-calibration.db")
    if model is None:
        return Vectors(multilingual_encoder(PREPARED), languages=True, store=(store, VERSION))
    many = model.reads_many_languages
    return Vectors(model.encoder(PREPARED), languages=many, store=(store, model.version))


def _rule(fit: Fit) -> Rule:
    base, one_entry, cross, log_phrasings, within, _ = (round(float(value), 3) for value in fit.constants)
    return Rule(
        base=base,
        one_entry=round(one_entry + ONE_ENTRY_MORE, 3),
        cross=cross,
        log_phrasings=log_phrasings,
        within=within,
        slope=round(float(fit.slope), 1),
        other_language=0.0,
    )


def _other_language(rule: Rule, vectors: Vectors) -> float:
    """How much lower the threshold is best for questions in another language than the table's, beyond how much lower
    it is best for those in the same: what is said of languages, and not of this one shop. The least that it is with a
    language left out."""
    pairs = list(itertools.product(LANGUAGES, LANGUAGES))
    same, other = ([pair for pair in pairs if (pair[0] == pair[1]) == alike] for alike in (True, False))
    found = []
    for left_out in LANGUAGES[1:]:
        without = [pair for pair in other if left_out not in pair]
        found.append(_lowering(rule, vectors, without) - _lowering(rule, vectors, same))
        print(f"  without {left_out}: {found[-1]:.3f}")
    return round(min(found), 2)


def _lowering(rule: Rule, vectors: Vectors, pairs: Sequence[tuple[str, str]]) -> float:
    """By how much to lower the threshold so that at it an entry is as likely right as wrong."""
    shop = json.loads(SHOP.read_text(encoding="utf-8"))
    generator = np.random.default_rng(5)
    above: list[float] = []
    right: list[bool] = []
    for table, language in pairs:
        asked = vectors.of_stored([each[language] for each in shop["questions"]])
        for _ in range(DRAWS):
            places = generator.permutation(len(shop["entries"][table]))[: generator.choice(SIZES)]
            index = Index(_entries(shop["entries"][table], places, int(generator.integers(1, 4))), vectors.of_stored)
            threshold = rule.threshold_for(len(index.entries), len(index.phrasings), index.cross, index.within)
            scores = _scores(index, asked)
            above += list(scores.max(axis=1) - threshold)
            meant = np.array([each["entry"] for each in shop["questions"]])
            right += list(np.array(places)[scores.argmax(axis=1)] == meant)
    signs, distances = np.where(right, 1.0, -1.0), np.array(above)
    share = np.where(right, 0.5 / max(1, sum(right)), 0.5 / max(1, len(right) - sum(right)))

    def loss(lower: float) -> float:
        return float((share * np.log1p(np.exp(-rule.slope * (distances + lower) * signs))).sum())

    return float(minimize_scalar(loss, bounds=(-0.3, 0.4), method="bounded").x)


def _entries(rows: Sequence[dict], places: np.ndarray, phrasings: int) -> list[Entry]:
    return [
        Entry(
            id=number + 1,
            question=rows[place]["question"],
            alternates=tuple(rows[place]["alternates"][: phrasings - 1]),
            answer="",
        )
        for number, place in enumerate(places)
    ]


def _scores(index: Index, asked: Matrix) -> np.ndarray:
    return np.stack([index.score(vector).scores for vector in asked])


if __name__ == "__main__":
    main()
