"""Hand-written stand-ins that keep the promises of the protocols they stand for."""

import threading
import zlib
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import TypeVar

import numpy as np

from core.engines.protocol import Candidate, Decision, Effort, Engine, EngineReply
from core.engines.semantic.encoder import Matrix
from core.engines.semantic.index import Index
from core.engines.semantic.left_out import LeftOutPhrasings, Progress, Stage, left_out
from core.engines.semantic.vectors import from_grid, on_grid, unit
from core.engines.threads import ask_in_threads
from core.errors import CannotConfirm, EngineFailed, Unauthenticated
from core.identity.bearer import Bearer
from core.identity.principal import Membership, Principal
from core.questions.entry import Published
from core.questions.policy import ModelSettings
from core.questions.text import same_question_key
from core.storage.database import Database
from core.storage.publishing import SqlPublishingStore

I = TypeVar("I")  # noqa: E741 - an item


class LiteralEngine:
    """Knows a question only by its stored wording; everything else goes to a person.

    A question with "fail" in it fails. ``before`` is called with each question first, to look on or to wait.
    """

    name = "Literal"
    version = "literal-1"
    endpoint = None

    def __init__(self, before: Callable[[str], None] = lambda _question: None) -> None:
        self._before = before
        self._lock = threading.Lock()
        self.asked: list[str] = []

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:
        pass

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        return EngineReply(decision=self.decide(question, published))

    def ask_all(
        self, items: Iterable[tuple[I, str]], published: Published, *, stop: threading.Event, bypass_cache: bool = False
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        return ask_in_threads(lambda question: self.ask(question, published), items, threads=2, stop=stop)

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        return Effort()

    def decide(self, question: str, published: Published) -> Decision:
        self._before(question)
        with self._lock:
            self.asked.append(question)
        if "fail" in question:
            raise EngineFailed("The engine did not answer.")
        for entry in published.entries:
            for phrasing in entry.phrasings:
                if same_question_key(phrasing) == same_question_key(question):
                    best = Candidate(entry_id=entry.id, phrasing=phrasing, score=1.0, confidence=1.0)
                    return Decision(entry_id=entry.id, candidates=(best,), threshold=0.5, exact=True)
        return Decision(entry_id=None, candidates=(), threshold=0.5)

    def left_out(self, published: Published, progress: Progress) -> LeftOutPhrasings:
        """By vectors that mean nothing."""
        progress(Stage.READING, 0, 0)
        return left_out(Index(published.entries, directions), directions)


def directions(texts: Sequence[str]) -> Matrix:
    """Vectors where only the arithmetic matters: each text has its own direction."""
    rows = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=384) for text in texts]
    return from_grid(np.stack([on_grid(unit(row)) for row in rows]) if rows else np.empty((0, 384), np.int16))


class OnlyEngine:
    """Has one engine, whatever an org's settings say."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def engine_for(self, org_id: str, settings: ModelSettings) -> Engine:
        return self.engine


class Tokens:
    """Bearers by a list: a token is whom it was made for; "down" cannot be confirmed, and any other is refused."""

    def __init__(self, **known: Bearer) -> None:
        self.known = known

    def bearer(self, token: str) -> Bearer:
        if token == "down":
            raise CannotConfirm("Who you are cannot be confirmed now. Try again in some seconds.")
        if token not in self.known:
            raise Unauthenticated("This token is not valid, or not any more.")
        return self.known[token]

    async def who(self, token: str) -> Bearer:
        return self.bearer(token)

    def is_new(self, token: str) -> bool:
        return token not in self.known


class MemoryDirectory:
    """People and their memberships, as a test lists them."""

    def __init__(self, people: Sequence[Principal], memberships: Mapping[str, Sequence[Membership]]) -> None:
        self._people = {person.user_id: person for person in people}
        self._memberships = memberships

    def principal(self, user_id: str) -> Principal | None:
        return self._people.get(user_id)

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        return {one.org_id: one for one in self._memberships.get(user_id, ())}


def each_save_is_live(database: Database, orgs: Iterable[str]) -> None:
    """Make these orgs such as publish nothing by hand, as those are that were there before that was possible."""
    for org_id in orgs:
        with SqlPublishingStore(database).editing(org_id) as edit:
            if not edit.state.newest:
                edit.make_each_save_live(None, None)
