"""An engine of the process's shared parts, and the clothing company's first entries."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from core.background import Background
from core.engines.language.engine import LanguageEngine
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import ServerMemory
from core.engines.language.shared import Shared
from core.questions.entry import Entry, Published
from tests.model_server import ModelServer

KEY = "sk-proj-4f9a-very-secret-0017"

TABLE = Published(
    org_id="6f3f2a54-org",
    revision=3,
    entries=(
        Entry(id=1, question="What are your hours?", answer="9 to 5 | Mon-Fri", alternates=("when's closing time?",)),
        Entry(id=2, question="What do you sell?", answer="Clothes\nand shoes"),
        Entry(id=17, question="Where are you?", answer="In Leeds"),
    ),
)

EngineFor = Callable[..., LanguageEngine]


@pytest.fixture
def memory() -> ServerMemory:
    return ServerMemory()


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


@pytest.fixture
def shared(memory: ServerMemory, background: Background) -> Shared:
    return Shared(memory=memory, background=background)


@pytest.fixture
def engine_for(shared: Shared) -> Iterator[EngineFor]:
    """Makes engines for a server; they are closed after the test."""
    made = []

    def make(server: ModelServer, *, model: str = "m", cache_hints: bool | None = None, **options: Any):
        settings = ServerSettings(
            base_url=server.base_url, api_key=ServerKey(KEY), model=model, cache_hints=cache_hints
        )
        made.append(LanguageEngine(settings, shared=shared, **options))
        return made[-1]

    yield make
    for engine in made:
        engine.close()
