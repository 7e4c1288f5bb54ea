"""The one way of a question: from a visitor's words to a stored answer, the fallback, or a failure."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Protocol

from core.engines.health import EngineTrouble, Health
from core.engines.protocol import Decision, Engine, EngineReply, Engines
from core.errors import EngineFailed, EngineUnavailable, InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry, Published
from core.questions.policy import EngineKind, ModelSettings
from core.questions.text import ASKED_LIMIT, control_character
from core.spending.call import paid_call
from core.spending.service import Spending
from core.usage import NOTHING, Usage

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The visitor gets this entry's stored answer."""

    entry: Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Fallback:
    """No stored answer fits: a person takes over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The call failed; ``reason`` is for people. Neither a wrong answer nor a handoff, whatever the visitor reads.

    ``is_the_engines`` says that the engine itself failed, ``is_unavailable`` that it will until somebody mends it.
    """

    reason: str
    is_the_engines: bool = False
    is_unavailable: bool = False


Outcome = Answered | Fallback | Failed


@dataclass(frozen=True, kw_only=True, slots=True)
class AskResult:
    """What became of one question.

    ``text`` is what the visitor gets, byte for byte a stored answer or the fallback, that after a failure too: only
    ``outcome`` tells a handoff from a failure. ``asked`` says why and what it took, when the engine decided; ``usage``
    is what the server counted, after a failure too, and ``nano_usd`` what that cost, None where nobody knows or nothing
    was spent; ``seconds`` is the time that the
    person waited; ``engine`` names who decided.
    """

    question: str
    outcome: Outcome
    text: str
    asked: EngineReply | None
    usage: Usage
    published: Published
    seconds: float
    engine: str
    nano_usd: int | None = None

    @property
    def decision(self) -> Decision | None:
        """What the engine decided, None when it failed."""
        return self.asked.decision if self.asked else None

    @property
    def was_paid(self) -> bool:
        """Whether a server may have counted it: not a kept reply, nor a call that failed before it was answered."""
        if self.asked is None:
            return self.usage != NOTHING
        return self.asked.mode is not None and not self.asked.reused


class Asker(StrEnum):
    """On whose behalf a question was asked."""

    LIVE = "live"
    """A visitor, or somebody who asks as one."""
    DRAFT = "draft"
    """Somebody who tries a table that visitors do not get yet."""
    RUN = "run"
    """An evaluation."""


Heard = Callable[[Asker, AskResult], None]
"""Is told what became of each question."""


def nobody(_asker: Asker, _result: AskResult) -> None:
    """Where nobody is told."""


class Live(Protocol):
    """Where the live revision of an org is read."""

    def live(self, org_id: str) -> Published:
        """What visitors of this org can get now."""


def judged(
    ended: EngineReply | EngineFailed | EngineUnavailable,
    question: str,
    published: Published,
    *,
    engine: str,
    seconds: float,
) -> AskResult:
    """Turn a decision into stored text, and a failure into one; an id that was not offered is a failure."""
    outcome: Outcome
    asked: EngineReply | None
    if isinstance(ended, EngineFailed | EngineUnavailable):
        asked, usage = None, ended.usage if isinstance(ended, EngineFailed) else NOTHING
        outcome, text = _failed(ended), published.policy.fallback
    else:
        asked, usage = ended, ended.usage
        outcome, text = _outcome(ended.decision, published)
    return AskResult(
        question=question,
        outcome=outcome,
        text=text,
        asked=asked,
        usage=usage,
        published=published,
        seconds=seconds,
        engine=engine,
    )


def answer(
    engine: Engine,
    published: Published,
    question: str,
    *,
    bypass_cache: bool = False,
    clock: Callable[[], float] = time.perf_counter,
) -> AskResult:
    """Let the engine decide one question for a person who waits; ``bypass_cache`` takes no reply of an earlier call."""
    began = clock()
    ended: EngineReply | EngineFailed
    try:
        ended = engine.ask(question, published, bypass_cache=bypass_cache)
    except EngineFailed as failure:
        ended = failure
    return judged(ended, question, published, engine=engine.name, seconds=clock() - began)


def note_outcome(health: Health, reply: AskResult) -> None:
    """Let the health of the engines know what became of a question."""
    org_id, settings = reply.published.org_id, reply.published.policy.model
    if isinstance(reply.outcome, Failed):
        health.failed(org_id, settings, reply.outcome.reason, is_certain=reply.outcome.is_the_engines)
    elif reply.asked is not None and not reply.asked.reused and not _made_no_call(reply.asked, settings):
        health.answered(org_id, settings)


def _made_no_call(asked: EngineReply, settings: ModelSettings) -> bool:
    """Whether the built-in engine was sure, so that this says nothing of the server; nor does a kept reply."""
    return settings.engine is EngineKind.CASCADE and asked.mode is None


def _failed(error: EngineFailed | EngineUnavailable) -> Failed:
    if isinstance(error, EngineUnavailable):
        return Failed(reason=str(error), is_the_engines=True, is_unavailable=True)
    return Failed(reason=str(error), is_the_engines=error.is_the_engines)


def _outcome(decision: Decision, published: Published) -> tuple[Outcome, str]:
    if decision.entry_id is None:
        return Fallback(), published.policy.fallback
    entry = published.by_id.get(decision.entry_id)
    if entry is None:
        return Failed(reason="The engine chose an answer that is not in the table."), published.policy.fallback
    return Answered(entry=entry), entry.answer


def checked_question(question: str) -> str:
    """The question without outer white space.

    Raises InvalidInput when it is empty, too long, or holds characters that no person types.
    """
    text = question.strip()
    reason = None
    if not text:
        reason = "is empty: type a question first."
    elif len(text) > ASKED_LIMIT:
        reason = f"has {len(text):,} characters; {ASKED_LIMIT:,} is the limit."
    elif found := control_character(text):
        reason = f"holds the control character {found}: remove it and try again."
    if reason:
        raise InvalidInput([Problem(row="Your text", field="question", reason=reason)])
    return text


class Answering:
    """Single questions, for the Ask page, the demo chat and the API.

    ``health`` learns what became of each call, and ``heard`` what became of each question.
    """

    def __init__(
        self,
        access: Access,
        live: Live,
        engines: Engines,
        spending: Spending,
        health: Health,
        *,
        heard: Heard = nobody,
    ) -> None:
        self._access = access
        self._live = live
        self._engines = engines
        self._spending = spending
        self._health = health
        self._heard = heard

    def ask(
        self,
        principal: Principal,
        org_id: str,
        question: str,
        *,
        bypass_cache: bool = False,
        trial: Published | None = None,
    ) -> AskResult:
        """Answer one question as visitors get it; ``bypass_cache`` takes no reply of an earlier call.

        With ``trial`` from this table of the org instead, which visitors do not get yet.

        An engine that cannot run here is a failure like others: the visitor gets the fallback.

        Raises AccessDenied, InvalidInput for an unusable question, LimitReached when the org's month has no room for
        another call.
        """
        self._access.require(principal, org_id, Permission.ASK)
        text = checked_question(question)
        if trial is not None and trial.org_id != org_id:
            raise NotFound("This table is of another organisation.")
        published = trial or self._live.live(org_id)
        asker = Asker.LIVE if trial is None else Asker.DRAFT
        return self._answered(published, text, asker, bypass_cache=bypass_cache)

    def ask_as_visitor(self, org_id: str, question: str) -> AskResult:
        """Answer a visitor of this org, whom something else than a membership has let in, such as a shared link.

        Raises InvalidInput and LimitReached as ``ask``.
        """
        text = checked_question(question)
        return self._answered(self._live.live(org_id), text, Asker.LIVE)

    def _answered(self, published: Published, text: str, asker: Asker, *, bypass_cache: bool = False) -> AskResult:
        org_id = published.org_id
        name, began = published.policy.model.model, time.perf_counter()
        try:
            engine = self._engines.engine_for(org_id, published.policy.model)
            name = engine.name
            reply = self._paid(engine, published, text, bypass_cache=bypass_cache)
        except EngineUnavailable as error:
            seconds = time.perf_counter() - began
            reply = judged(error, text, published, engine=name, seconds=seconds)
        if isinstance(reply.outcome, Failed):  # without the reason: a server may quote people's words in it
            log.warning("A question of org %s failed; the engine itself: %s", org_id, reply.outcome.is_the_engines)
        note_outcome(self._health, reply)
        self._heard(asker, reply)
        return reply

    def trouble(self, principal: Principal, org_id: str) -> EngineTrouble | None:
        """What is wrong with the engine that the org uses now, when its last calls failed; None while it answers."""
        self._access.require(principal, org_id, Permission.ASK)
        if not self._health.is_any_failing():
            return None
        return self._health.trouble(org_id, self._live.live(org_id).policy.model)

    def _paid(self, engine: Engine, published: Published, text: str, *, bypass_cache: bool) -> AskResult:
        org_id, settings = published.org_id, published.policy.model
        guess = engine.expected([text], published).usage
        with paid_call(self._spending, org_id, settings, engine.endpoint, guess) as book:
            reply = answer(engine, published, text, bypass_cache=bypass_cache)
            if book is None or not reply.was_paid:
                return reply
            return replace(reply, nano_usd=book(reply.usage, reply.asked.mode if reply.asked else None))
