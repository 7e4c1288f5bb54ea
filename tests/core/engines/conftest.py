"""One prepared model for all tests of the engine, kept between runs beside the repository's other data."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from core.engines.semantic import multilingual
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.vectors import Vectors
from core.engines.semantic.weights import ModelFiles, model_files
from core.errors import EngineUnavailable
from core.questions.entry import Entry, Published
from tests.conftest import KEPT, missing

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY / "tests" / "data"


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return KEPT


@pytest.fixture(scope="session")
def files() -> ModelFiles:
    try:
        return model_files()
    except EngineUnavailable as error:
        missing(f"The built-in engine's model ({error})")
        raise


@pytest.fixture(scope="session")
def encoder(files: ModelFiles, data_dir: Path) -> Encoder:
    return Encoder(prepared_model(files, data_dir), files.tokenizer)


@pytest.fixture(scope="session")
def multilingual_encoder(data_dir: Path) -> Encoder:
    """That of the second model, for other languages than English."""
    try:
        return multilingual.multilingual_encoder(data_dir)
    except EngineUnavailable as error:
        missing(f"The model for other languages ({error})")
        raise


@pytest.fixture(scope="session")
def vectors(encoder: Encoder) -> Vectors:
    return Vectors(encoder)


@pytest.fixture(scope="session")
def engine(files: ModelFiles, data_dir: Path) -> SemanticEngine:
    return SemanticEngine(data_dir)


@pytest.fixture(scope="session")
def tutorial() -> list[tuple[Published, list[tuple[str, str]]]]:
    """Each org's table with its examples: a question, and the stored question that is meant or ``__fallback__``."""
    entries, examples = defaultdict(list), defaultdict(list)
    with (DATA / "tutorial_entries.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            table = entries[row["org"]]
            table.append(Entry(id=len(table) + 1, question=row["question"], answer=row["answer"]))
    with (DATA / "tutorial_examples.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            examples[row["org"]].append((row["question"], row["expected_question"]))
    return [
        (Published(org_id=f"tutorial-{org}", revision=1, entries=tuple(table)), examples[org])
        for org, table in entries.items()
    ]
