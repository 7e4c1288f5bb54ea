"""The one way of a question: from a visitor's words to a stored answer, the fallback, or a failure."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from core.engines.protocol import Decision, Engine
from core.errors import EngineFailed, InvalidInput, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry, Published
from core.questions.text import control_character

QUESTION_LIMIT = 2_000
"""Characters of a visitor's question."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Answered:
    """The visitor gets this entry's stored answer."""

    entry: Entry


@dataclass(frozen=True, kw_only=True, slots=True)
class Fallback:
    """No stored answer fits: a person takes over."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Failed:
    """The call failed; ``reason`` is for people. Neither a wrong answer nor the fallback."""

    reason: str


Outcome = Answered | Fallback | Failed


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """What became of one question.

    ``text`` is what the visitor gets, byte for byte a stored answer or the fallback, and None after a failure;
    ``decision`` says why, when the engine decided; ``seconds`` is the time the decision took.
    """

    question: str
    outcome: Outcome
    text: str | None
    decision: Decision | None
    published: Published
    seconds: float


class PublishedStore(Protocol):
    """Where the published revision of an org is read."""

    def published(self, org_id: str) -> Published:
        """What visitors of this org can get now."""


def answer(
    engine: Engine, published: Published, question: str, clock: Callable[[], float] = time.perf_counter
) -> Reply:
    """Let the engine decide and turn its decision into stored text; an id it was not offered is a failure."""
    began = clock()
    decision: Decision | None
    outcome: Outcome
    try:
        decision = engine.decide(question, published)
    except EngineFailed as failure:
        decision, outcome, text = None, Failed(reason=str(failure)), None
    else:
        outcome, text = _outcome(decision, published)
    return Reply(
        question=question, outcome=outcome, text=text, decision=decision, published=published, seconds=clock() - began
    )


def _outcome(decision: Decision, published: Published) -> tuple[Outcome, str | None]:
    if decision.entry_id is None:
        return Fallback(), published.policy.fallback
    entry = published.by_id.get(decision.entry_id)
    if entry is None:
        return Failed(reason="The engine chose an answer that is not in the table."), None
    return Answered(entry=entry), entry.answer


def checked_question(question: str) -> str:
    """The question without outer white space.

    Raises InvalidInput when it is empty, too long, or holds characters that no person types.
    """
    text = question.strip()
    reason = None
    if not text:
        reason = "is empty: type a question first."
    elif len(text) > QUESTION_LIMIT:
        reason = f"has {len(text):,} characters; {QUESTION_LIMIT:,} is the limit."
    elif found := control_character(text):
        reason = f"holds the control character {found}: remove it and try again."
    if reason:
        raise InvalidInput([Problem(row="Your text", field="question", reason=reason)])
    return text


class Answering:
    """Single questions, for the Ask page, the demo chat and the API."""

    def __init__(self, access: Access, store: PublishedStore, engine: Engine) -> None:
        self._access = access
        self._store = store
        self._engine = engine

    @property
    def engine(self) -> Engine:
        """The engine that decides."""
        return self._engine

    def ask(self, principal: Principal, org_id: str, question: str) -> Reply:
        """Answer one question from the org's published revision.

        Raises AccessDenied, InvalidInput for an unusable question, EngineUnavailable when the engine cannot run here.
        """
        self._access.require(principal, org_id, Permission.ASK)
        return answer(self._engine, self._store.published(org_id), checked_question(question))
