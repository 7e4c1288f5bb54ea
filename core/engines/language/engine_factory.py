"""Makes the engines that orgs' settings name, and keeps them for the next question."""

import threading
from collections.abc import Sequence
from typing import Protocol

from core.engines.language.address_guard import AddressGuard
from core.engines.language.engine import LanguageEngine
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode
from core.engines.language.shared import Shared
from core.engines.language.style import PromptStyle
from core.errors import EngineUnavailable, InvalidInput
from core.lru_cache import LruCache
from core.prompts.companies import ExampleCompany
from core.questions.policy import ModelSettings, Style

ENGINES_KEPT = 64

_WAYS = {
    Style.BEST: None,
    Style.DECISIONS: RequestMode.DECISIONS,
    Style.SCHEMA: RequestMode.SCHEMA,
    Style.CHOICE: RequestMode.CHOICE,
    Style.COMPLETION: RequestMode.COMPLETION,
    Style.COMPANIES: RequestMode.COMPLETION,
}


class Keys(Protocol):
    """The keys that orgs entered."""

    def key_for(self, org_id: str, base_url: str, /) -> ServerKey:
        """The key for this address, an empty one when none was entered."""


class Companies(Protocol):
    """The example companies that may stand in prompts."""

    def companies(self, example_ids: Sequence[str], /) -> tuple[ExampleCompany, ...]:
        """Those that still exist, in the order given."""


class LanguageEngines:
    """The engines of a process for model servers. ``guard`` looks at the addresses of servers that orgs named."""

    def __init__(self, shared: Shared, *, keys: Keys, companies: Companies, guard: AddressGuard | None) -> None:
        self._shared = shared
        self._keys = keys
        self._companies = companies
        self._guard = guard
        self._lock = threading.Lock()
        self._made: LruCache[object, LanguageEngine] = LruCache(ENGINES_KEPT)

    def of_deployment(self, server: ServerSettings, settings: ModelSettings) -> LanguageEngine:
        """The server that this installation was started with, asked as an org wants it."""
        return self._engine(server, settings, None)

    def of_org(self, org_id: str, settings: ModelSettings) -> LanguageEngine:
        """An org's own server.

        Raises EngineUnavailable when its address or model is missing or unusable, or its key cannot be read.
        """
        try:
            server = ServerSettings(
                base_url=settings.base_url,
                model=settings.model,
                api_key=self._keys.key_for(org_id, settings.base_url),
            )
        except InvalidInput as error:
            raise EngineUnavailable(f"The model server cannot be asked: look at the settings. {error}") from None
        return self._engine(server, settings, self._guard)

    def close(self) -> None:
        """Close every connection."""
        for made_for, engine in self._made.items():
            self._made.forget(made_for)
            engine.close()

    def _engine(self, server: ServerSettings, settings: ModelSettings, guard: AddressGuard | None) -> LanguageEngine:
        companies = self._companies.companies(settings.examples) if settings.style is Style.COMPANIES else ()
        style = PromptStyle(
            company=settings.company,
            description=settings.description,
            negatives=settings.negatives,
            examples=companies,
        )
        rule = (settings.min_confidence, settings.shortlist, settings.calls_in_flight)
        made_for = (server, style, _WAYS[settings.style], rule, guard is None)
        with self._lock:
            engine = self._made.get(made_for)
            if engine is not None:
                return engine
            engine = self._make(server, style, settings, guard)
            unused = self._made.put(made_for, engine)
        for old in unused:
            old.close_later()
        return engine

    def _make(
        self, server: ServerSettings, style: PromptStyle, settings: ModelSettings, guard: AddressGuard | None
    ) -> LanguageEngine:
        return LanguageEngine(
            server,
            shared=self._shared,
            guard=guard,
            style=style,
            mode=_WAYS[settings.style],
            min_confidence=settings.min_confidence,
            shortlist=settings.shortlist,
            calls_in_flight=settings.calls_in_flight,
        )
