"""Asks a model only where the built-in engine is unsure: a cascade of two engines."""

import itertools
import random
import threading
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TypeVar

from core.engines.protocol import Decision, Effort, Engine, EngineReply
from core.errors import EngineFailed, EngineUnavailable
from core.questions.entry import Published
from core.usage import Usage

SURE, NO_CHANCE = 0.9, 0.1
"""The confidence from which on the built-in engine's answer is taken, and below which a person takes over at once.

On questions of banking77's train split, half of whose labels had no entry, 55 % were doubtful with five phrasings an
entry (67 % with one); of the rest 91 % were decided rightly (75 %), where the built-in engine alone decided 74 % of all
(62 %). Bounds of .05 and .95 leave 72 % to the model and decide 93 % of the rest rightly, .2 and .8 37 % and 88 %
(tests/benchmarks/doubtful_questions.py)."""

WINDOW = 300
"""Questions of a batch that the built-in engine decides before the model is asked about the doubtful ones of them."""

SAMPLE = 100
"""Questions by which it is estimated how many of many are doubtful."""

I = TypeVar("I")  # noqa: E741 - an item


def is_doubtful(decision: Decision) -> bool:
    """Whether the built-in engine was too unsure for its decision to be taken.

    It is sure of stored words, of an answer that it gives with a confidence of at least SURE, and of a handoff when the
    nearest entry has one below NO_CHANCE. All in between is doubtful, and so is what it cannot read.
    """
    if decision.exact or not decision.candidates:
        return False
    nearest = decision.candidates[0].confidence
    if decision.unread is not None:
        return True
    return nearest < SURE if decision.entry_id is not None else nearest >= NO_CHANCE


class CascadeEngine:
    """Decides by ``first`` what that is sure of, and by ``model`` the rest. A failed call of the model is a failure.

    A decision of ``first`` comes without a mode and costs nothing; one of ``model`` tells in ``doubted`` what ``first``
    would have decided.
    """

    def __init__(self, first: Engine, model: Engine) -> None:
        self._first = first
        self._model = model

    @property
    def name(self) -> str:
        """Both, for people."""
        return f"{self._first.name}, doubtful questions: {self._model.name}"

    @property
    def model(self) -> Engine:
        """The one that is asked about doubtful questions."""
        return self._model

    @property
    def version(self) -> str:
        """Both, and the rule between them."""
        return f"{self._first.version}; doubtful from {NO_CHANCE:g} to {SURE:g}: {self._model.version}"

    @property
    def endpoint(self) -> tuple[str, str] | None:
        """The model's."""
        return self._model.endpoint

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:
        """Do the slow work of both. Raises EngineUnavailable when one of them cannot run."""
        self._first.prepare(published, recurring)
        self._model.prepare(published, recurring)

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        """Decide one question for a person who waits. Raises as both engines do."""
        first = self._first.ask(question, published)
        if not is_doubtful(first.decision):
            return first
        reply = self._model.ask(question, published, bypass_cache=bypass_cache)
        return replace(reply, doubted=first.decision)

    def ask_all(
        self, items: Iterable[tuple[I, str]], published: Published, *, stop: threading.Event, bypass_cache: bool = False
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        """Decide many questions, a window after the other: the sure ones come out first, then the doubtful ones."""
        left = iter(items)
        while not stop.is_set() and (window := list(itertools.islice(left, WINDOW))):
            doubtful: list[tuple[tuple[I, Decision], str]] = []
            sure = self._first.ask_all((((item, text), text) for item, text in window), published, stop=stop)
            with closing(sure):
                for (item, text), reply in sure:
                    if isinstance(reply, EngineReply) and is_doubtful(reply.decision):
                        doubtful.append(((item, reply.decision), text))
                    else:
                        yield item, reply
            if doubtful:
                yield from self._by_the_model(doubtful, published, stop, bypass_cache=bypass_cache)

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        """What the model will take for the share of these questions that is doubtful, by a sample of them."""
        drawn = random.Random(0)  # noqa: S311 - no secret; the same questions have the same estimate
        some = questions if len(questions) <= SAMPLE else drawn.sample(questions, SAMPLE)
        doubtful = [text for text in some if self._may_be_doubtful(text, published)]
        if not doubtful:
            return Effort()
        effort = self._model.expected(doubtful, published)
        scale = len(questions) / len(some)
        usage = Usage(sent=_scaled(effort.usage.sent, scale), received=_scaled(effort.usage.received, scale))
        return Effort(usage=usage, seconds=None if effort.seconds is None else effort.seconds * scale)

    def _may_be_doubtful(self, question: str, published: Published) -> bool:
        """Whether the model will be asked: of a question that fails before it is not."""
        try:
            return is_doubtful(self._first.ask(question, published).decision)
        except EngineFailed:
            return False
        except EngineUnavailable:  # nobody can tell: the most that it may take
            return True

    def _by_the_model(
        self,
        doubtful: Sequence[tuple[tuple[I, Decision], str]],
        published: Published,
        stop: threading.Event,
        *,
        bypass_cache: bool,
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        decided = self._model.ask_all(doubtful, published, stop=stop, bypass_cache=bypass_cache)
        with closing(decided):
            for (item, first), reply in decided:
                yield item, replace(reply, doubted=first) if isinstance(reply, EngineReply) else reply


def _scaled(count: int | None, scale: float) -> int | None:
    return None if count is None else round(count * scale)
