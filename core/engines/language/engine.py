"""The engine for any OpenAI-compatible server: a language model chooses, and only its choice is passed on."""

import asyncio
import contextlib
import hashlib
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from core.engines.language.background import Background
from core.engines.language.connection import Connection
from core.engines.language.failures import is_missing
from core.engines.language.memory import Memory, Way
from core.engines.language.probe import Report, choose_way, known_way, report
from core.engines.language.server import ServerSettings
from core.engines.language.style import Prompts, PromptStyle, shown
from core.engines.language.usage import NOTHING, Usage
from core.engines.language.ways import WAYS, Reading, possible
from core.engines.limiter import Busy, Passing
from core.engines.protocol import Candidate, Decision
from core.errors import EngineFailed, EngineUnavailable
from core.questions.entry import Published

CANDIDATES = 5
CALLS_IN_FLIGHT = 8

TRY_SECONDS = 25.0
PATIENCE_SECONDS = 30.0
"""The longest that one try and both tries together keep a person waiting."""
TRIES = 2
BATCH_TIMEOUT_SECONDS = 60.0
_SHORT_PAUSE = 0.3

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A decision, how it was asked for, and the tokens that took.

    ``way`` is None when there was nothing to choose from, and no server was asked.
    """

    decision: Decision
    way: Way | None = None
    usage: Usage = NOTHING


class LanguageEngine:
    """Decides by asking a language model which stored entry is meant.

    ``memory`` and ``background`` are the process's own, shared by all engines. ``way`` forces one way to ask; None
    takes the best that the server knows, which is found out once. An entry is given when the server tells its
    probability and that is at least ``least_confidence`` plus the org's strictness, and always when it tells none.
    ``try_seconds`` and ``patience`` are for a person who waits.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        memory: Memory,
        background: Background,
        style: PromptStyle = PromptStyle(),  # noqa: B008 - frozen
        way: Way | None = None,
        least_confidence: float = 0.0,
        parallel_calls: int = CALLS_IN_FLIGHT,
        try_seconds: float = TRY_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._settings = settings
        self._memory = memory
        self._background = background
        self._prompts = Prompts(style)
        self._forced = way
        self._least_confidence = least_confidence
        self._parallel_calls = parallel_calls
        self._try_seconds = try_seconds
        self._patience = patience
        self._connection: Connection | None = None
        self._choosing = asyncio.Lock()

    @property
    def name(self) -> str:
        """The model and where it runs."""
        return f"{self._settings.model} ({self._settings.host})"

    @property
    def version(self) -> str:
        """The model, its address, how it is asked, and a hash of the prompts' wording with the org's own."""
        address, model = self._settings.place
        way = self._forced or "best way"
        return f"{model} at {address}, {way}, prompts {self._prompts.digest}, from {self._least_confidence:g}"

    @property
    def parallel_calls(self) -> int:
        """How many calls at once the settings allow."""
        return self._parallel_calls

    def prepare(self, published: Published) -> None:
        """Find out how the server can be asked. One that is too busy to say is asked again with the first question.

        Raises EngineUnavailable when the server refuses to be asked.
        """
        with contextlib.suppress(EngineFailed):
            self._background.run(self._way(published))

    def decide(self, question: str, published: Published) -> Decision:
        """Decide which entry the question means, for a person who waits.

        Raises EngineUnavailable when the server refuses to be asked, EngineFailed when this call failed.
        """
        return self.ask(question, published).decision

    def ask(self, question: str, published: Published) -> Asked:
        """As ``decide``, with the way and the tokens: at most two tries, 30 s together.

        Raises as ``decide`` does; a BadReply holds what the server sent and what that took.
        """
        return self._background.run(self._patiently(question, published))

    @contextlib.asynccontextmanager
    async def batch(self) -> AsyncIterator[Callable[[str, Published], Awaitable[Asked]]]:
        """Connections for many calls on the running event loop; what it gives asks one question, once.

        A limiter decides when each is asked and what is asked again: Busy and Passing say that it may help.
        """
        connection = Connection(self._settings, self._memory, BATCH_TIMEOUT_SECONDS)

        async def asks(question: str, published: Published) -> Asked:
            return await self._once(connection, question, published)

        try:
            yield asks
        finally:
            await connection.close()

    def test_connection(self) -> Report:
        """Ask the server in every way, whatever was known of it.

        Raises EngineUnavailable with the reason when it can be asked in none, EngineFailed when it does not answer.
        """
        return self._background.run(self._on_own(report))

    def models(self) -> tuple[str, ...]:
        """The names of the server's models.

        Raises EngineUnavailable when it refuses to tell, EngineFailed when it does not answer.
        """
        return self._background.run(self._on_own(lambda connection: connection.models()))

    def close(self) -> None:
        """Close the connections. The engine can be used again: it opens new ones."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._background.run(connection.close())

    def _own(self) -> Connection:
        """The connections of the background loop, and only for calls on it."""
        if self._connection is None:
            self._connection = Connection(self._settings, self._memory, self._try_seconds)
        return self._connection

    async def _on_own(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        return await work(self._own())

    async def _patiently(self, question: str, published: Published) -> Asked:
        try:
            async with asyncio.timeout(self._patience):
                return await self._in_two_tries(question, published)
        except TimeoutError:
            raise Passing("The model server did not answer in time.") from None

    async def _in_two_tries(self, question: str, published: Published) -> Asked:
        for _ in range(TRIES - 1):
            try:
                async with asyncio.timeout(self._try_seconds):
                    return await self._once(self._own(), question, published)
            except (Busy, Passing) as failure:
                pause = failure.retry_after if isinstance(failure, Busy) else None
                if pause is not None and pause > self._patience / 2:
                    raise  # nobody waits in vain
            except TimeoutError:
                pause = 0.0
            await asyncio.sleep(_SHORT_PAUSE * (1 + random.random()) if pause is None else pause)  # noqa: S311 - no secret
        return await self._once(self._own(), question, published)

    async def _once(self, connection: Connection, question: str, published: Published) -> Asked:
        if not published.entries:
            return Asked(decision=self._decision(Reading(entry_id=None), published, prompt="", raw=""))
        way = await self._way(published)
        prompt = self._prompts.prompt(way, question, published)
        try:
            exchanged = await connection.exchange(way, prompt, _cache_key(published))
        except EngineUnavailable as failure:
            if is_missing(failure):  # it was known, and is gone: the next question finds out what is there now
                self._memory.forget(self._settings.place)
            raise
        decision = self._decision(exchanged.reading, published, prompt=shown(prompt), raw=exchanged.raw)
        return Asked(decision=decision, way=way, usage=exchanged.usage)

    async def _way(self, published: Published) -> Way:
        """The way to ask about this table; found out on the background loop, by one call for all that wait."""
        entries = len(published.entries)
        ways = possible(entries, tuple(Way) if self._forced is None else (self._forced,))
        if self._forced is not None:
            if not ways:
                raise _too_many(entries, self._forced)
            return self._forced
        known = known_way(self._memory, self._settings.place, ways)
        if known is not None:
            return known
        return await asyncio.wrap_future(self._background.begin(self._find(ways)))

    async def _find(self, ways: list[Way]) -> Way:
        async with self._choosing:
            return await choose_way(self._own(), ways)

    def _decision(self, reading: Reading, published: Published, *, prompt: str, raw: str) -> Decision:
        threshold = min(1.0, max(0.0, self._least_confidence + published.policy.strictness))
        confidence = reading.probabilities.get(reading.entry_id)
        unsure = confidence is not None and confidence < threshold
        return Decision(
            entry_id=None if unsure else reading.entry_id,
            candidates=_candidates(reading, published),
            threshold=threshold,
            prompt=prompt,
            raw=raw,
        )


def _candidates(reading: Reading, published: Published) -> tuple[Candidate, ...]:
    """The entries whose probability the server told: the chosen one first, then the likeliest, at most 5.

    A model tells no phrasing that it went by, so each stands with its main question.
    """
    told = [(i, value) for i, value in reading.probabilities.items() if i is not None]
    told.sort(key=lambda one: (one[0] != reading.entry_id, -one[1]))
    return tuple(
        Candidate(entry_id=i, phrasing=published.by_id[i].question, score=value, confidence=value)
        for i, value in told[:CANDIDATES]
    )


def _too_many(entries: int, way: Way) -> EngineUnavailable:
    return EngineUnavailable(
        f"The way “{way}” can offer a model {WAYS[way].most_entries} entries at once, and this table has {entries:,}. "
        "Offer fewer, or choose another way in the settings."
    )


def _cache_key(published: Published) -> str:
    """Equal for all questions on one revision of one org, and telling nobody which org that is."""
    return hashlib.sha256(f"{published.org_id} {published.revision}".encode()).hexdigest()[:32]
