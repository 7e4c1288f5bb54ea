"""What every engine gives: which stored entry is meant, never a text of its own."""

from dataclasses import dataclass
from typing import Protocol

from core.questions.entry import Published


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """An entry that might be meant: the stored phrasing nearest to the question, the engine's own ``score``, and
    ``confidence``, the estimated probability (0 to 1) that this entry is right."""

    entry_id: int
    phrasing: str
    score: float
    confidence: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """What an engine decided for one question.

    ``entry_id`` is None when a person should take over. ``candidates`` are the nearest entries, best first, at most 5;
    the best is listed whether or not it was given, so that a handoff can say what would have been answered.
    ``threshold`` is the score from which on an entry is given; ``exact`` says that the question is a stored phrasing.
    An engine that asks a model also tells the whole ``prompt`` and, in ``raw``, what its server sent; where a server
    tells no probabilities there are no candidates.
    """

    entry_id: int | None
    candidates: tuple[Candidate, ...]
    threshold: float
    exact: bool = False
    prompt: str = ""
    raw: str = ""


class Engine(Protocol):
    """Decides which entry a question means. Safe to call from several threads at once."""

    @property
    def name(self) -> str:
        """For people, e.g. "Built-in (all-MiniLM-L6-v2)"."""

    @property
    def version(self) -> str:
        """Names everything of the engine that decides its replies; kept with a run so that it can be repeated."""

    @property
    def parallel_calls(self) -> int:
        """How many calls at once make good use of this engine."""

    def prepare(self, published: Published) -> None:
        """Do the slow work for this revision (load, encode) now; ``decide`` does it otherwise.

        Raises EngineUnavailable when the engine cannot run here.
        """

    def decide(self, question: str, published: Published) -> Decision:
        """Decide which entry of ``published`` the question means.

        Raises EngineUnavailable when the engine cannot run here, EngineFailed when this call failed.
        """
