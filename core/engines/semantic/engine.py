"""The embedded engine: finds the meant entry with a small sentence model that runs inside this process."""

import threading
import time
from collections.abc import Collection, Generator, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.engines.protocol import AlsoAsked, Candidate, Decision, Effort, EngineReply, Unread
from core.engines.semantic.calibration import confidence, for_best_of
from core.engines.semantic.encoder import usable_sessions
from core.engines.semantic.index import LEAST_READ, Index, Scored
from core.engines.semantic.left_out import LeftOutPhrasings, Progress, Stage, left_out
from core.engines.semantic.nearness import (
    best_of,
    best_scores,
    nearest_places,
    parts,
    phrasings_by_nearness,
    scored,
)
from core.engines.semantic.readers import Readers
from core.engines.threads import ask_in_threads
from core.errors import EngineFailed
from core.questions.entry import Published

I = TypeVar("I")  # noqa: E741 - an item

CANDIDATES = 5


class SemanticEngine:
    """Decides by the meaning of the stored phrasings, without any service outside this process.

    ``data_dir`` is where the prepared model is kept; ``model_dir`` is a folder with the model's files, or None for
    those of the installed package. Nothing is loaded before the first ``prepare`` or ``decide``.
    """

    def __init__(self, data_dir: Path, model_dir: Path | None = None) -> None:
        self._readers = Readers(data_dir, model_dir)

    @property
    def name(self) -> str:
        """For people."""
        return f"Built-in ({self._readers.name})"

    @property
    def version(self) -> str:
        """The models' hashes, how they were prepared, and the version of the formula with its constants."""
        return self._readers.version

    @property
    def endpoint(self) -> None:
        """It asks no server."""
        return None

    def is_there(self) -> bool:
        """Whether its model can be found, without reading it."""
        return self._readers.is_there()

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:
        """Load the model and encode this revision's phrasings now; ``decide`` does it otherwise.

        The vectors of ``recurring`` questions are kept, also over a restart. Raises EngineUnavailable when the model is
        missing, is not the published one, or cannot be prepared.
        """
        self._readers.prepare(published)
        self._readers.keep(recurring, published)

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:  # noqa: ARG002 - keeps none
        """As ``decide``, with the time it took."""
        began = time.perf_counter()
        decision = self.decide(question, published)
        return EngineReply(decision=decision, seconds=time.perf_counter() - began)

    def ask_all(
        self,
        items: Iterable[tuple[I, str]],
        published: Published,
        *,
        stop: threading.Event,
        bypass_cache: bool = False,  # noqa: ARG002 - it keeps no replies
    ) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
        """Decide many questions, one for each processor core at once."""
        return ask_in_threads(
            lambda question: self.ask(question, published), items, threads=usable_sessions(), stop=stop
        )

    def expected(self, questions: Sequence[str], published: Published) -> Effort:  # noqa: ARG002 - the protocol's
        """No tokens; the time depends on this computer."""
        return Effort()

    def decide(self, question: str, published: Published) -> Decision:
        """Decide which entry the question means; a stored phrasing always gets its own entry.

        Raises EngineUnavailable when the model is missing, is not the published one, or cannot be prepared;
        EngineFailed when the model failed on this question.
        """
        index, reader = self._readers.for_question(question, published)
        if not index.entries:
            return Decision(entry_id=None, candidates=(), threshold=index.threshold + published.policy.strictness)
        exact = index.exact(question)
        texts = parts(question, reader.reads_whole)
        each = scored(index, reader, texts)
        balanced = index.threshold + for_best_of(len(texts))
        threshold = balanced + published.policy.strictness
        candidates = _candidates(index, each, exact, balanced)
        if exact is None and candidates[0].score < threshold:
            unread = _unread(index, any(reader.reads(text) for text in texts))
            return Decision(entry_id=None, candidates=candidates, threshold=threshold, unread=unread)
        also = _also_asked(index, zip(texts[1:], each[1:], strict=True), threshold, balanced)
        return Decision(
            entry_id=candidates[0].entry_id,
            candidates=candidates,
            threshold=threshold,
            exact=exact is not None,
            also_asked=tuple(one for one in also if one.entry_id != candidates[0].entry_id)[: CANDIDATES - 1],
        )

    def nearest(self, question: str, published: Published, most: int) -> tuple[int, ...]:
        """The ids of the entries nearest to the question, at most so many, the nearest first.

        The order is that of ``decide``; of a long question each sentence counts as well (nearness.py). An entry that
        stores the very question comes before all others. Raises as ``decide``.
        """
        index, reader = self._readers.for_question(question, published)
        if not index.entries:
            return ()
        exact = index.exact(question)
        scores = best_scores(index, reader, question)
        return tuple(index.entries[place].id for place in nearest_places(scores, exact and exact[0], most))

    def nearest_phrasings(
        self, question: str, published: Published, entry_ids: Collection[int]
    ) -> Mapping[int, Sequence[str]]:
        """By their id, all phrasings of these entries, the nearest to the question first. Raises as ``decide``."""
        index, reader = self._readers.for_question(question, published)
        if not index.entries:
            return {}
        return phrasings_by_nearness(index, reader, question, entry_ids)

    def left_out(self, published: Published, progress: Progress = lambda _stage, _done, _of: None) -> LeftOutPhrasings:
        """What would become of each stored phrasing if it were not stored, by the rule of ``decide``.

        ``progress`` is told the stage and how many of how many phrasings are done; what it raises ends the work.
        Raises as ``decide``.
        """
        self._readers.encode(published, lambda done, of: progress(Stage.READING, done, of))
        index, vectors = self._readers.main(published)
        found = left_out(index, vectors.of_stored, lambda done, of: progress(Stage.ASKING, done, of))
        return replace(found, unread=self._readers.unread(published))


def _unread(index: Index, reads: bool) -> Unread | None:
    """What the model cannot read, where that is why it found nothing."""
    if not reads:
        return Unread.QUESTION
    return None if len(index.read) else Unread.TABLE


def _candidates(
    index: Index, each: Sequence[Scored], exact: tuple[int, str] | None, balanced: float
) -> tuple[Candidate, ...]:
    """The nearest entries, best first; the one whose stored phrasing was asked comes before all others.

    ``each`` are the texts that the question was read in, ``balanced`` the threshold before the org's strictness. Of
    what could not be read there is at most one, to say that something was nearest, with a confidence of about 0.
    """
    scores = best_of(each)
    found: list[Candidate] = []
    for place in nearest_places(scores, exact and exact[0], CANDIDATES):
        if found and scores[place] < LEAST_READ:
            break
        score, stored = float(scores[place]), exact is not None and place == exact[0]
        cosines = each[int(np.argmax([one.scores[place] for one in each]))].cosines
        found.append(
            Candidate(
                entry_id=index.entries[place].id,
                phrasing=exact[1] if exact is not None and stored else index.nearest_phrasing(place, cosines),
                score=score,
                confidence=1.0 if stored else confidence(score, balanced),
            )
        )
    return _shared_out(found)


def _also_asked(
    index: Index, parts_scored: Iterable[tuple[str, Scored]], threshold: float, balanced: float
) -> list[AlsoAsked]:
    """The entries that parts of a long message would get by themselves, the surest first, each with its surest part."""
    found: dict[int, AlsoAsked] = {}
    for part, one in parts_scored:
        place = int(one.scores.argmax())
        entry_id, score = index.entries[place].id, float(one.scores[place])
        sure = confidence(score, balanced)
        if score >= threshold and (entry_id not in found or sure > found[entry_id].confidence):
            found[entry_id] = AlsoAsked(part=part, entry_id=entry_id, confidence=sure)
    return sorted(found.values(), key=lambda one: -one.confidence)


def _shared_out(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The candidates with confidences that one of them alone can be right by: the others share what the first leaves.

    Each by itself is the probability for a score like this, and several entries may have such a score.
    """
    first, *others = candidates
    left, wanted = 1 - first.confidence, sum(one.confidence for one in others)
    scale = min(1.0, left / wanted) if wanted else 1.0
    return (first, *(replace(one, confidence=one.confidence * scale) for one in others))
