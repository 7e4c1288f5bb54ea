"""Fits the threshold of a model in a folder as sentence-transformers writes it, and keeps it beside the model.

The tables and the fit are those of fit_calibration.py, the questions those of four families' train splits. For a model
of many languages the shop in four languages (tests/data/shop_languages.json) says how much lower the threshold is for a
question in another language than the table's. It prints what the fit does to tables that it was not made on, each
family also with the others alone.
Run: python -m tests.benchmarks.calibrate_folder --model FOLDER --data FOLDER
"""

import argparse
import itertools
import json
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, fields, replace
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
from core.questions.entry import Entry
from tests.benchmarks.development_data import (
    PREPARED,
    REPOSITORY,
    KnownVectors,
    QuestionSet,
    banking77,
    intents,
    stackfaq,
)
from tests.benchmarks.fit_calibration import PHRASINGS, Asked, Fit, best_fit, collect, fitted, report

SHOP = REPOSITORY / "tests" / "data" / "shop_languages.json"
LANGUAGES = ("en", "de", "es", "fr")
SIZES = (3, 5, 8, 12)
DRAWS = 40
TEXTS = 30


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, help="default: multilingual-e5-small, which is printed and not kept")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data", help="default: %(default)s")
    given = parser.parse_args()
    model = folder_model(given.model.resolve()) if given.model else None
    vectors = _vectors(model)
    known = KnownVectors(vectors)
    families = _families(given.data)
    (fitting, of_fitting), (checking, of_checking) = (_collected(families, known, seed) for seed in (1, 2))
    fit = best_fit(fitting)
    print("known answered right / answered wrong / near refused / far refused")
    report(checking, fit.thresholds(checking), "tables that were not fitted on")
    for family in families:
        part = checking.only(of_checking == family.name)
        other = fitted(fitting.only(of_fitting != family.name), fit.entries_limit)
        report(part, fit.thresholds(part), family.name)
        report(part, other.thresholds(part), "    fitted on the others only")
    many = model is None or model.reads_many_languages
    rule = _rule(fit, _other_language(_unlowered(fit), vectors) if many else 0.0)
    print(json.dumps(asdict(rule), indent=2))
    if model is not None:
        print(f"kept in {model.keep_rule(rule)}")


def _families(folder: Path) -> list[QuestionSet]:
    """The train splits, of each label the first texts only, which bounds the time."""
    sets = [banking77(folder, "train"), stackfaq(folder), intents(folder, "clinc150"), intents(folder, "hwu64")]
    return [replace(one, questions={label: texts[:TEXTS] for label, texts in one.questions.items()}) for one in sets]


def _collected(families: Sequence[QuestionSet], known: KnownVectors, seed: int) -> tuple[Asked, np.ndarray]:
    """Tables of two families at a time, each asked questions of the other too; and the family of each row."""
    parts, names, begin = [], [], 0
    for pair in (families[:2], families[2:]):
        found = collect(list(pair), known, seed)
        cells = int(found.cell.max()) + 1
        names.append(np.where(found.cell < cells // 2, pair[0].name, pair[1].name))
        parts.append(replace(found, cell=found.cell + begin))
        begin += cells
    columns = {each.name: np.concatenate([getattr(part, each.name) for part in parts]) for each in fields(Asked)}
    return Asked(**columns), np.concatenate(names)


def _vectors(model: FolderModel | None) -> Vectors:
    store = VectorStore(Path(tempfile.gettempdir()) / "frontline-calibration.db")
    if model is None:
        return Vectors(multilingual_encoder(PREPARED), languages=True, store=(store, VERSION))
    many = model.reads_many_languages
    return Vectors(model.encoder(PREPARED), languages=many, store=(store, model.version))


def _rule(fit: Fit, other_language: float) -> Rule:
    base, one_entry, cross, log_entries, log_phrasings = (round(float(value), 3) for value in fit.constants)
    return Rule(
        base=base,
        one_entry=one_entry,
        cross=cross,
        log_entries=log_entries,
        log_phrasings=log_phrasings,
        entries_limit=fit.entries_limit,
        phrasings_limit=max(PHRASINGS),
        slope=round(float(fit.slope), 1),
        other_language=other_language,
    )


def _unlowered(fit: Fit) -> Rule:
    return _rule(fit, 0.0)


def _other_language(rule: Rule, vectors: Vectors) -> float:
    """How much lower the threshold is best for questions in another language than the table's, beyond how much lower
    it is best for those in the same: what is said of languages, and not of this one shop."""
    pairs = list(itertools.product(LANGUAGES, LANGUAGES))
    same, other = ([pair for pair in pairs if (pair[0] == pair[1]) == alike] for alike in (True, False))
    for left_out in LANGUAGES[1:]:
        without = [pair for pair in other if left_out not in pair]
        print(f"  without {left_out}: {_lowering(rule, vectors, without) - _lowering(rule, vectors, same):.3f}")
    return round(_lowering(rule, vectors, other) - _lowering(rule, vectors, same), 2)


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
            threshold = rule.threshold_for(len(index.entries), len(index.phrasings), index.cross)
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
