"""What every engine gives: which stored entry is meant, never a text of its own."""

import threading
from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol, TypeVar

from core.errors import EngineFailed
from core.questions.entry import Published
from core.questions.policy import ModelSettings
from core.usage import NOTHING, Usage

I = TypeVar("I")  # noqa: E741 - an item


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An entry that might be meant: the stored phrasing nearest to the question, the engine's own ``score``, and
    ``confidence``, the estimated probability (0 to 1) that this entry is right."""

    entry_id: int
    phrasing: str
    score: float
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortlisted:
    """What a large table was cut down to for one question.

    ``entry_ids`` are the entries that were offered, the nearest first, out of ``of`` in the table; ``saved`` is about
    how many tokens that spared.
    """

    entry_ids: tuple[int, ...]
    of: int
    saved: int


class Unread(Enum):
    """What an engine that knows few languages could not read: the question, or each of the stored phrasings."""

    QUESTION = "question"
    TABLE = "table"


@dataclass(frozen=True, kw_only=True, slots=True)
class AlsoAsked:
    """Another question in the same message: the ``part`` that asks it, the entry that answers it, and ``confidence``,
    the estimated probability (0 to 1) that it does."""

    part: str
    entry_id: int
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What an engine decided for one question.

    ``entry_id`` is None when a person should take over. ``candidates`` are the nearest entries, best first, at most 5;
    the best is listed whether or not it was given, so that a handoff can say what would have been answered.
    ``threshold`` is the score from which on an entry is given; ``exact`` says that the question is a stored phrasing.
    An engine that asks a model also tells the whole ``prompt`` and, in ``raw``, what its server sent; where a server
    tells no probabilities there are no candidates; ``unsure`` says that it chose an entry, and was not sure enough.
    ``shortlist`` is None when all entries were considered; ``unread`` says what could not be read, where that is why
    nothing was found. ``also_asked`` are other questions of a long message that would have been answered by themselves,
    the surest first; a visitor gets one answer.
    """

    entry_id: int | None
    candidates: tuple[Candidate, ...]
    threshold: float
    exact: bool = False
    prompt: str = ""
    raw: str = ""
    unsure: bool = False
    shortlist: Shortlisted | None = None
    unread: Unread | None = None
    also_asked: tuple[AlsoAsked, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineReply:
    """A decision and what it took.

    ``mode`` says how a server was asked, None when none was; ``seconds`` is the time of the call that decided;
    ``reused`` says that the reply to an earlier call was taken, whose tokens ``usage`` tells: nothing was sent now.
    ``doubted`` is what the built-in engine would have decided, where a model was asked because that was too unsure.
    """

    decision: Decision
    mode: str | None = None
    usage: Usage = NOTHING
    seconds: float = 0.0
    reused: bool = False
    doubted: Decision | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Effort:
    """About what it will take to ask many questions: tokens, and seconds where anybody can tell."""

    usage: Usage = NOTHING
    seconds: float | None = None


class Engine(Protocol):
    """Decides which entry a question means. Safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """For people, e.g. "Built-in (all-MiniLM-L6-v2)"."""

    @property
    def version(self) -> str:
        """Names everything of the engine that decides its replies; kept with a run so that it can be repeated."""

    @property
    def endpoint(self) -> tuple[str, str] | None:
        """The address and the model that is asked, None for an engine that asks no server and costs nothing."""

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:
        """Do the slow work for this revision (load, encode) now; ``ask`` does it otherwise.

        ``recurring`` are test questions that will be asked again and again: what is slow of them is done now as well,
        and kept. Nothing is ever kept of other questions.

        Raises EngineUnavailable when the engine cannot run here.
        """

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        """Decide which entry of ``published`` the question means, for a person who waits.

        ``bypass_cache`` takes no reply of an earlier call.

        Raises EngineUnavailable when the engine cannot run here, EngineFailed when this call failed.
        """

    def ask_all(
        self, items: Iterable[tuple[I, str]], published: Published, *, stop: threading.Event, bypass_cache: bool = False
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        """Decide many questions, each given with a mark; in the order in which they end, failures as values.

        When ``stop`` is set nothing new begins, and what is under way ends and comes out. Close the iterator to leave
        at once. ``bypass_cache`` takes no reply of an earlier call. ``items`` is read in another thread.

        Raises EngineUnavailable when no question can be asked, after what is under way.
        """

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        """About what it will take to ask these questions: an estimate, made without asking anybody."""


class Engines(Protocol):
    """Finds the engine that an org's settings name."""

    def engine_for(self, org_id: str, settings: ModelSettings) -> Engine:
        """The engine; the same one for the same settings.

        Raises EngineUnavailable when it cannot be had: no address or model is set, or the address is not allowed.
        """
