"""Finds the engine that an org's settings name: the installation's, the built-in one, the org's server, or both."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

from core.engines.cascade import CascadeEngine
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode
from core.engines.language.style import PromptStyle
from core.errors import EngineUnavailable, InvalidInput
from core.lru_cache import LruCache
from core.questions.policy import OWN_SERVER, EngineKind, ModelSettings, Style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from core.engines.language.address_guard import AddressGuard
    from core.engines.language.engine import LanguageEngine
    from core.engines.language.shared import Shared
    from core.engines.protocol import Engine
    from core.prompts.companies import ExampleCompany

ENGINES_KEPT = 64

_MODES = {
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


class EngineChoice:
    """The engines of a process; those for model servers are made when they are asked for, and kept.

    ``deployment`` is the server that it was started with, None for the built-in engine; ``guard`` looks at the
    addresses that orgs named.
    """

    def __init__(
        self,
        built_in: Engine,
        shared: Shared,
        *,
        keys: Keys,
        companies: Companies,
        guard: AddressGuard | None,
        deployment: ServerSettings | None,
    ) -> None:
        self._built_in = built_in
        self._shared = shared
        self._keys = keys
        self._companies = companies
        self._guard = guard
        self._deployment = deployment
        self._lock = threading.Lock()
        self._made: LruCache[object, LanguageEngine] = LruCache(ENGINES_KEPT)
        self._cascades: LruCache[LanguageEngine, CascadeEngine] = LruCache(ENGINES_KEPT)

    @property
    def deployment_name(self) -> str:
        """For people: the engine of those orgs that chose none."""
        return f"{self._deployment.model} ({self._deployment.host})" if self._deployment else self._built_in.name

    def asks_a_server(self, kind: EngineKind) -> bool:
        """Whether this kind of engine asks a model server here, about each question or the doubtful ones."""
        return kind in OWN_SERVER or (kind is EngineKind.DEPLOYMENT and self._deployment is not None)

    def engine_for(self, org_id: str, settings: ModelSettings) -> Engine:
        """The engine; the same one for the same settings.

        Raises EngineUnavailable when the org's own server is not fully named, or its key cannot be read.
        """
        if settings.has_own_server:
            own = self._asking(self._server_of(org_id, settings), settings, self._guard)
            return self._cascade(own) if settings.engine is EngineKind.CASCADE else own
        if settings.engine is EngineKind.DEPLOYMENT and self._deployment is not None:
            return self._asking(self._deployment, settings, None)
        return self._built_in

    def close(self) -> None:
        """Close every connection to a model server."""
        for made_for, engine in self._made.items():
            self._made.forget(made_for)
            engine.close()

    def _cascade(self, model: LanguageEngine) -> CascadeEngine:
        return self._cascades.get_or_make(model, lambda: CascadeEngine(self._built_in, model))

    def _server_of(self, org_id: str, settings: ModelSettings) -> ServerSettings:
        try:
            key = self._keys.key_for(org_id, settings.base_url)
            return ServerSettings(base_url=settings.base_url, model=settings.model, api_key=key)
        except InvalidInput as error:
            raise EngineUnavailable(f"The model server cannot be asked: look at the settings. {error}") from None

    def _asking(self, server: ServerSettings, settings: ModelSettings, guard: AddressGuard | None) -> LanguageEngine:
        """The engine that asks this server as an org wants it."""
        companies = self._companies.companies(settings.examples) if settings.style is Style.COMPANIES else ()
        style = PromptStyle(
            company=settings.company,
            description=settings.description,
            negatives=settings.negatives,
            examples=companies,
        )
        rule = (settings.min_confidence, settings.shortlist, settings.calls_in_flight)
        made_for = (server, style, _MODES[settings.style], rule, guard is None)
        with self._lock:
            engine = self._made.get(made_for)
            if engine is not None:
                return engine
            engine = self._new(server, style, settings, guard)
            unused = self._made.put(made_for, engine)
        for old in unused:
            old.close_later()
        return engine

    def _new(
        self, server: ServerSettings, style: PromptStyle, settings: ModelSettings, guard: AddressGuard | None
    ) -> LanguageEngine:
        # The client of model servers takes half a second to load, and most starts do without it.
        from core.engines.language.engine import LanguageEngine  # noqa: PLC0415

        return LanguageEngine(
            server,
            shared=self._shared,
            guard=guard,
            style=style,
            mode=_MODES[settings.style],
            min_confidence=settings.min_confidence,
            shortlist=settings.shortlist,
            calls_in_flight=settings.calls_in_flight,
        )
