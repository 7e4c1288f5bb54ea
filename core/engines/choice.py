"""Finds the engine that an org's settings name: the installation's, the built-in one, or the org's own server."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from core.questions.policy import EngineKind, ModelSettings

if TYPE_CHECKING:
    from core.engines.language.address_guard import AddressGuard
    from core.engines.language.engine_factory import Companies, Keys, LanguageEngines
    from core.engines.language.server import ServerSettings
    from core.engines.language.shared import Shared
    from core.engines.protocol import Engine


class EngineChoice:
    """The engines of a process.

    ``deployment`` is the server that it was started with, None for the built-in engine; ``guard`` looks at the
    addresses that orgs named. The engines for model servers are made when the first is asked for: their client takes
    half a second to load, and most starts do without it.
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
        self._made: LanguageEngines | None = None

    @property
    def deployment_name(self) -> str:
        """For people: the engine of those orgs that chose none."""
        return f"{self._deployment.model} ({self._deployment.host})" if self._deployment else self._built_in.name

    def engine_for(self, org_id: str, settings: ModelSettings) -> Engine:
        """The engine; the same one for the same settings.

        Raises EngineUnavailable when the org's own server is not fully named, or its key cannot be read.
        """
        if settings.engine is EngineKind.SERVER:
            return self._language().of_org(org_id, settings)
        if settings.engine is EngineKind.DEPLOYMENT and self._deployment is not None:
            return self._language().of_deployment(self._deployment, settings)
        return self._built_in

    def close(self) -> None:
        """Close every connection to a model server."""
        if self._made is not None:
            self._made.close()

    def _language(self) -> LanguageEngines:
        from core.engines.language.engine_factory import LanguageEngines  # noqa: PLC0415 - see the class

        with self._lock:
            if self._made is None:
                self._made = LanguageEngines(
                    self._shared, keys=self._keys, companies=self._companies, guard=self._guard
                )
            return self._made
