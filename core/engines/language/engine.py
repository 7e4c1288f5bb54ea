"""The engine for any OpenAI-compatible server: a language model chooses, and only its choice is passed on."""

import asyncio
import contextlib
import hashlib
import threading
import time
from collections.abc import Generator, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from core.engines.language.address_guard import AddressGuard
from core.engines.language.batch import stream
from core.engines.language.cached_replies import CachedReplies
from core.engines.language.connection import Connection
from core.engines.language.decisions import NOTHING_TO_CHOOSE, decision_of
from core.engines.language.estimating import layout_of, tokens_of_shortlist, tokens_of_table
from core.engines.language.failures import CallRefused, is_missing
from core.engines.language.missing import in_detail
from core.engines.language.probe import choose_mode, known_mode
from core.engines.language.query import Query
from core.engines.language.request_modes import MODE_HANDLERS, possible
from core.engines.language.server import ServerSettings
from core.engines.language.server_memory import RequestMode
from core.engines.language.shared import Shared
from core.engines.language.style import Prompts, PromptStyle
from core.engines.language.timeouts import PATIENCE_SECONDS, TRY_SECONDS, in_two_tries
from core.engines.limiter import Limiter
from core.engines.protocol import Effort, EngineReply
from core.engines.reply_cache import ModelReply
from core.errors import EngineFailed, EngineUnavailable
from core.prompts.estimate import estimated_tokens
from core.prompts.prompt import Message
from core.questions.entry import Published
from core.usage import Usage

CALLS_IN_FLIGHT = 8
SHORTLIST = 20
BATCH_TIMEOUT_SECONDS = 60.0
_TOKENS_OF_A_REPLY = 12

I = TypeVar("I")  # noqa: E741 - an item


class LanguageEngine:
    """Decides by asking a language model which stored entry is meant.

    ``shared`` are the process's own parts; ``guard`` looks at the address of a server that an org named. ``mode``
    is the only one to ask in; None takes the best that the server knows, which is found out once. An entry is given
    when the server tells its probability and that is at least ``min_confidence`` plus the org's strictness, and always
    when it tells none. Of a large table ``shortlist`` entries are offered. ``try_seconds`` and ``patience`` are for a
    person who waits.
    """

    def __init__(
        self,
        settings: ServerSettings,
        *,
        shared: Shared,
        guard: AddressGuard | None = None,
        style: PromptStyle = PromptStyle(),  # noqa: B008 - frozen
        mode: RequestMode | None = None,
        min_confidence: float = 0.0,
        shortlist: int = SHORTLIST,
        calls_in_flight: int = CALLS_IN_FLIGHT,
        try_seconds: float = TRY_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._settings = settings
        self._shared = shared
        self._guard = guard
        self._kept_replies = CachedReplies(shared, settings.endpoint)
        self._prompts = Prompts(style)
        self._forced = mode
        self._min_confidence = min_confidence
        self._shortlist = shortlist
        self._calls_in_flight = calls_in_flight
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
        address, model = self._settings.endpoint
        mode = self._forced or "best way"  # as runs have kept it
        rule = f"from {self._min_confidence:g}, shortlists of {self._shortlist}"
        return f"{model} at {address}, {mode}, prompts {self._prompts.digest}, {rule}"

    @property
    def endpoint(self) -> tuple[str, str]:
        """The server's address and the model."""
        return self._settings.endpoint

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:  # noqa: ARG002 - its replies are kept
        """Find out how the server can be asked. One that is too busy to say is asked again with the first question.

        Raises EngineUnavailable when the server refuses to be asked.
        """
        if published.entries:
            with contextlib.suppress(EngineFailed):
                self._mode_now(published)
            if self._is_cut(published) and self._shared.shortlists is not None:
                self._shared.shortlists.prepare(published)

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        """Decide which entry the question means: at most two tries, 30 s together.

        Raises EngineUnavailable when the server refuses to be asked, EngineFailed when this call failed; a BadReply
        holds what the server sent and what that took.
        """
        if not published.entries:
            return EngineReply(decision=NOTHING_TO_CHOOSE)
        began = time.monotonic()
        query = self._query(question, published, self._mode_now(published))
        if not bypass_cache and (kept := self._kept_replies.find([query]).get(query)):
            return self._reply(query, kept)
        left = max(1.0, self._patience - (time.monotonic() - began))
        reply = self._shared.background.run(
            in_two_tries(lambda: self._send(self._own(), query), try_seconds=self._try_seconds, patience=left)
        )
        self._kept_replies.keep([(query, reply)])
        return self._reply(query, reply)

    def ask_all(
        self, items: Iterable[tuple[I, str]], published: Published, *, stop: threading.Event, bypass_cache: bool = False
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        """Ask many questions, as many at once as the settings allow and the provider's limiter finds good.

        Their decisions tell no prompt: thousands of prompts, each with the table, would fill the memory.

        Raises EngineUnavailable when the server refuses to be asked, ServerBusy or ServerStumbles when it never said
        how to ask it.
        """
        if not published.entries:
            yield from ((item, EngineReply(decision=NOTHING_TO_CHOOSE)) for item, _ in items)
            return
        limiter, mode = self._shared.background.run(self._begun(published, stop))
        ended = stream(
            ((item, self._query_or_failure(question, published, mode)) for item, question in items),
            background=self._shared.background,
            find=(lambda _queries: {}) if bypass_cache else self._kept_replies.find,
            connect=lambda: Connection(self._settings, self._shared.memory, BATCH_TIMEOUT_SECONDS, self._guard),
            send=self._send,
            limiter=limiter,
            in_flight=self._calls_in_flight,
            stop=stop,
        )
        with contextlib.closing(ended), self._kept_replies.later() as later:
            for item, answered in ended:
                if isinstance(answered, EngineFailed):
                    yield item, answered
                    continue
                query, reply = answered
                if not reply.reused:
                    later.add(query, reply)
                yield item, self._reply(query, reply, with_prompt=False)

    def write(self, messages: Sequence[Message]) -> tuple[str, Usage]:
        """What the model writes, and what that took: for people who edit, never for a visitor. At most two tries.

        Raises as ``ask``.
        """
        return self._shared.background.run(
            in_two_tries(lambda: self._own().write(messages), try_seconds=self._try_seconds, patience=self._patience)
        )

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        """Tokens by about four characters each; seconds by what the last calls took, None before the first."""
        if not published.entries:
            return Effort()
        known = known_mode(self._shared.memory, self.endpoint, possible(self._offers(published)))
        mode = self._forced or known or RequestMode.SCHEMA
        if self._is_cut(published):
            front = tokens_of_shortlist(self._prompts, mode, published, self._shortlist)
        else:
            front = tokens_of_table(self._prompts, mode, published)
        sent = sum(front + estimated_tokens(question) for question in questions)
        typical = self._shared.memory.typical_seconds(self.endpoint)
        rounds = -(-len(questions) // self._calls_in_flight)
        seconds = None if typical is None else typical * rounds
        return Effort(usage=Usage(sent=sent, received=_TOKENS_OF_A_REPLY * len(questions)), seconds=seconds)

    def close(self) -> None:
        """Close the connections. The engine can be used again: it opens new ones."""
        connection, self._connection = self._connection, None
        if connection is not None:
            self._shared.background.run(connection.close())

    def close_later(self) -> None:
        """Close the connections when nobody who has this engine in hand can be using them any more."""
        timer = threading.Timer(2 * self._patience, self.close)
        timer.daemon = True
        timer.start()

    def _own(self) -> Connection:
        """The connections of the background loop, and only for calls on it."""
        if self._connection is None:
            self._connection = Connection(self._settings, self._shared.memory, self._try_seconds, self._guard)
        return self._connection

    async def _send(self, connection: Connection, query: Query) -> ModelReply:
        began = time.perf_counter()
        try:
            # Each shortlist makes another prompt: to have it written to the server's cache would only cost more.
            hint = None if query.shortlist else _cache_hint(query.offered)
            reply = await connection.exchange(query.mode, query.prompt, hint)
        except (EngineUnavailable, CallRefused) as failure:
            if isinstance(failure, EngineUnavailable) and is_missing(failure):
                self._shared.memory.forget(self.endpoint)  # it is gone: the next question finds out what is there now
            raise await in_detail(connection, failure, self._forced) from None
        seconds = time.perf_counter() - began
        self._shared.memory.took(self.endpoint, seconds)
        return replace(reply, seconds=seconds)

    def _is_cut(self, published: Published) -> bool:
        return self._shared.shortlists is not None and self._shared.shortlists.is_needed(published)

    def _offers(self, published: Published) -> int:
        """How many entries a prompt offers at most."""
        entries = len(published.entries)
        return min(entries, self._shortlist) if self._is_cut(published) else entries

    def _query(self, question: str, published: Published, mode: RequestMode) -> Query:
        if self._shared.shortlists is not None and self._is_cut(published):
            offered, shortlist = self._shared.shortlists.cut(
                question, published, self._shortlist, layout=layout_of(mode)
            )
            built = self._prompts.of_shortlist(mode, offered)
            return Query(question=question, offered=offered, mode=mode, built=built, shortlist=shortlist)
        built = self._prompts.of_table(mode, published)
        return Query(question=question, offered=published, mode=mode, built=built)

    def _query_or_failure(self, question: str, published: Published, mode: RequestMode) -> Query | EngineFailed:
        """A shortlist that fails on one question is the failure of this one."""
        try:
            return self._query(question, published, mode)
        except EngineFailed as failure:
            return failure

    def _mode_now(self, published: Published) -> RequestMode:
        async def soon() -> RequestMode:
            return await in_two_tries(
                lambda: self._mode(published), try_seconds=self._try_seconds, patience=self._patience
            )

        return self._known_mode(published) or self._shared.background.run(soon())

    def _known_mode(self, published: Published) -> RequestMode | None:
        """The mode for this table without asking the server for it.

        Raises EngineUnavailable when the forced mode cannot offer so many entries.
        """
        entries = self._offers(published)
        if self._forced is None:
            return known_mode(self._shared.memory, self.endpoint, possible(entries))
        if not possible(entries, (self._forced,)):
            raise _too_many(entries, self._forced)
        return self._forced

    async def _mode(self, published: Published) -> RequestMode:
        """The mode for this table; found out once for all that wait. On the background loop."""
        if known := self._known_mode(published):
            return known
        async with self._choosing:
            return await choose_mode(self._own(), possible(self._offers(published)))

    async def _begun(self, published: Published, stop: threading.Event) -> tuple[Limiter, RequestMode]:
        """What a batch needs first: the provider's limiter, and the mode for this table."""
        limiter = self._shared.limiters.at(self._settings.base_url, self._calls_in_flight)
        return limiter, await limiter.run(lambda: self._mode(published), stopping=stop.is_set)

    def _reply(self, query: Query, reply: ModelReply, *, with_prompt: bool = True) -> EngineReply:
        return EngineReply(
            decision=decision_of(query, reply, self._min_confidence, with_prompt=with_prompt),
            mode=query.mode,
            usage=reply.usage,
            seconds=reply.seconds,
            reused=reply.reused,
        )


def _too_many(entries: int, mode: RequestMode) -> EngineUnavailable:
    return EngineUnavailable(
        f"The way “{mode}” can offer a model {MODE_HANDLERS[mode].most_entries} entries at once, and this table has "
        f"{entries:,}. Offer fewer, or choose another way in the settings."
    )


def _cache_hint(published: Published) -> str:
    """Equal for all questions on one revision of one org, and telling nobody which org that is."""
    return hashlib.sha256(f"{published.org_id} {published.revision}".encode()).hexdigest()[:32]
