"""The built-in engine itself."""

from pathlib import Path

import pytest

from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.weights import model_files
from core.errors import EngineUnavailable
from tests.conftest import KEPT, missing


@pytest.fixture(scope="session")
def data_dir() -> Path:
    return KEPT


@pytest.fixture(scope="session")
def engine(data_dir: Path) -> SemanticEngine:
    try:
        model_files()
    except EngineUnavailable as error:
        missing(f"The built-in engine's model ({error})")
    return SemanticEngine(data_dir)
