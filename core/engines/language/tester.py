"""Tries a model server out for the person who sets it up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from core.background import Background
from core.engines.language.address_guard import AddressGuard
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import ServerMemory
from core.engines.limiter import ServerStumbles
from core.errors import EngineFailed, EngineUnavailable

if TYPE_CHECKING:
    from core.engines.language.connection import Connection
    from core.engines.language.probe import ProbeReport

TRY_SECONDS = 30.0
"""For one request: a server that loads its model first takes a while."""
PATIENCE_SECONDS = 90.0
"""For all requests of one test."""
_NO_MODEL = "-"

T = TypeVar("T")


class ModelsUntold(EngineUnavailable):
    """The server answers and does not tell the names of its models."""


class ServerTester:
    """Asks servers what they can do.

    ``background`` and ``memory`` are the process's own: what a test finds out, the engine does not ask again.
    ``guard`` is for addresses that an org's owner named, None where any address may be used.

    The client of model servers takes half a second to load, so it is loaded by the first test.
    """

    def __init__(
        self,
        background: Background,
        memory: ServerMemory,
        guard: AddressGuard | None,
        *,
        try_seconds: float = TRY_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._background = background
        self._memory = memory
        self._guard = guard
        self._try_seconds = try_seconds
        self._patience = patience

    def test(self, server: ServerSettings) -> "ProbeReport":
        """Ask in every mode, whatever was known of the server; for at most 90 s.

        Raises EngineUnavailable with the reason when it can be asked in none, EngineFailed when it does not answer.
        """
        from core.engines.language.probe import report  # noqa: PLC0415

        return self._background.run(self._on(server, report))

    def models(self, base_url: str, key: ServerKey) -> tuple[str, ...]:
        """The names of the server's models, sorted.

        Raises EngineUnavailable when it does not tell or refuses the key, EngineFailed when it does not answer, and
        InvalidInput for an unusable address or key.
        """
        from core.engines.language.failures import is_missing  # noqa: PLC0415

        server = ServerSettings(base_url=base_url, api_key=key, model=_NO_MODEL)
        try:
            return self._background.run(self._on(server, lambda connection: connection.models()))
        except (EngineFailed, EngineUnavailable) as failure:
            if isinstance(failure, ServerStumbles) or not is_missing(failure):
                raise
        raise ModelsUntold(f"The server at {server.host} does not tell its models. Write the model's name yourself.")

    async def _on(self, server: ServerSettings, work: "Callable[[Connection], Awaitable[T]]") -> T:
        from core.engines.language.connection import Connection  # noqa: PLC0415

        connection = Connection(server, self._memory, self._try_seconds, self._guard)
        try:
            async with asyncio.timeout(self._patience):
                return await work(connection)
        except TimeoutError:
            raise ServerStumbles("The model server did not answer in time.") from None
        finally:
            await connection.close()
