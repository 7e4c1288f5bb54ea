"""One revision of one org's table, laid out so that a question is scored in a few matrix products."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.calibration import (
    ANSWER_SENTENCE_LIMIT,
    CENTROID_WEIGHT,
    NEAREST_WEIGHT,
    SHARE_WEIGHT,
    threshold_for,
)
from core.engines.semantic.encoder import Matrix, Vector
from core.engines.semantic.shares import Shares, shares_for
from core.engines.semantic.vectors import from_grid, on_grid, unit
from core.questions.entry import Entry
from core.questions.text import same_question_key

CROSS_SAMPLE = 2_000
"""Phrasings whose nearest foreign phrasing is looked for: of a larger table a sample, drawn with a fixed seed."""

_ROWS_AT_ONCE = 200
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

Scores = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One question against the table: the ``scores`` of the entries and the ``cosines`` to the phrasings, both in table
    order."""

    scores: Scores
    cosines: Vector


class Index:
    """The enabled entries of one revision. Never changes after it is made, so threads may share it.

    ``vectors_of`` gives the vectors of stored texts, float32 of shape (texts, 384), on the grid of vectors.py.
    """

    def __init__(self, entries: Sequence[Entry], vectors_of: Callable[[Sequence[str]], Matrix]) -> None:
        self.published = tuple(entries)
        """What it was made from."""
        self.entries = tuple(entry for entry in entries if entry.enabled)
        self.phrasings = tuple(text for entry in self.entries for text in entry.phrasings)
        counts = np.array([len(entry.phrasings) for entry in self.entries], dtype=np.intp)
        self._starts: Places = np.cumsum(counts) - counts
        self._owners: Places = np.repeat(np.arange(len(counts)), counts)
        self._exact = self._exact_phrasings()
        sentences = _answer_sentences(self.entries)
        self._with_sentence: Places = np.array(list(sentences), dtype=np.intp)
        vectors = vectors_of([*self.phrasings, *sentences.values()])
        self._phrasings, self._sentences = vectors[: len(self.phrasings)], vectors[len(self.phrasings) :]
        self._centroids = _centroids(self._phrasings, self._starts)
        self._shares: Shares = shares_for(self._phrasings, self._owners, len(self.entries))
        self.cross = self._cross_similarity()
        """How near the entries are to each other; None for fewer than two."""
        self.threshold = threshold_for(len(self.entries), len(self.phrasings), self.cross)
        """The score from which on an answer is given, before the org's strictness."""

    def exact(self, question: str) -> tuple[int, str] | None:
        """The place of the entry that stores this very question, and the phrasing, or None."""
        return self._exact.get(same_question_key(question))

    def score(self, question: Vector) -> Scored:
        """Score a question's vector against every entry.

        All cosines are exact in float32 (see vectors.py) and all sums of one fixed shape, so that the same question
        gives the same bits at any time and from any thread.
        """
        cosines: Vector = self._phrasings @ question
        nearest = np.maximum.reduceat(cosines, self._starts).astype(np.float64)
        if len(self._with_sentence):
            nearest[self._with_sentence] = np.maximum(nearest[self._with_sentence], self._sentences @ question)
        close = NEAREST_WEIGHT * nearest + CENTROID_WEIGHT * (self._centroids @ question)
        excess = self._shares.of(question, close) - 1 / len(self.entries)
        return Scored(scores=close + SHARE_WEIGHT * excess, cosines=cosines)

    def nearest_phrasing(self, place: int, cosines: Vector) -> str:
        """The stored phrasing of the entry at ``place`` that is nearest to the question."""
        start = int(self._starts[place])
        own = cosines[start : start + len(self.entries[place].phrasings)]
        return self.phrasings[start + int(own.argmax())]

    def vectors_at(self, place: int) -> Matrix:
        """The vectors of the phrasings of the entry at ``place``, in their order."""
        start = int(self._starts[place])
        return self._phrasings[start : start + len(self.entries[place].phrasings)]

    def _exact_phrasings(self) -> dict[str, tuple[int, str]]:
        known: dict[str, tuple[int, str]] = {}
        for place, entry in enumerate(self.entries):
            for phrasing in entry.phrasings:
                known.setdefault(same_question_key(phrasing), (place, phrasing))
        return known

    def _cross_similarity(self) -> float | None:
        """The mean cosine of a phrasing to the nearest phrasing of another entry."""
        if len(self.entries) < 2:
            return None
        count = len(self.phrasings)
        chosen = np.arange(count)
        if count > CROSS_SAMPLE:
            chosen = np.sort(np.random.default_rng(0).choice(count, CROSS_SAMPLE, replace=False))
        nearest = np.empty(len(chosen), dtype=np.float64)
        for begin in range(0, len(chosen), _ROWS_AT_ONCE):
            rows = chosen[begin : begin + _ROWS_AT_ONCE]
            cosines = self._phrasings[rows] @ self._phrasings.T
            cosines[self._owners[rows][:, np.newaxis] == self._owners] = -np.inf
            nearest[begin : begin + len(rows)] = cosines.max(axis=1)
        return float(nearest.mean())


def first_sentence(text: str) -> str:
    """The text up to its first full stop, question or exclamation mark that a space follows, or its first line."""
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0]


def _answer_sentences(entries: Sequence[Entry]) -> dict[int, str]:
    """By the entry's place: what its answer says first. Only for entries with a single phrasing and a short sentence;
    with two phrasings or more it brought nothing on the development data (see calibration.py)."""
    found = {place: first_sentence(entry.answer) for place, entry in enumerate(entries) if len(entry.phrasings) == 1}
    return {place: text for place, text in found.items() if 0 < len(text) <= ANSWER_SENTENCE_LIMIT}


def _centroids(phrasings: Matrix, starts: Places) -> Matrix:
    if not len(starts):
        return phrasings
    sums = np.add.reduceat(phrasings, starts, axis=0)
    return from_grid(np.stack([on_grid(unit(row)) for row in sums]))
