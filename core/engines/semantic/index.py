"""One revision of one org's table, laid out so that a question is scored in a few matrix products."""

import copy
import functools
import itertools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.calibration import (
    ANSWER_SENTENCE_LIMIT,
    CENTROID_WEIGHT,
    MINILM,
    NEAREST_WEIGHT,
    SHARE_WEIGHT,
    WITHIN_UNKNOWN,
    ThresholdRule,
)
from core.engines.semantic.encoder import Matrix, Vector
from core.engines.semantic.rules import Rule
from core.engines.semantic.shares import Shares
from core.engines.semantic.spelling import Spelling, table_words
from core.engines.semantic.vectors import from_grid, on_grid, unit
from core.questions.entry import Entry
from core.questions.text import same_question_key

CROSS_SAMPLE = 2_000
"""Phrasings whose nearest foreign phrasing is looked for: of a larger table a sample, drawn with a fixed seed."""

CROSS_PAIRS = 20_000_000
"""Pairs that are compared for that: the sample is smaller for tables of more than 10,000 phrasings. With 400 of 50,000,
the mean moves by about 0.006, and the threshold by a quarter of that."""

_ROWS_AT_ONCE = 200
_FAR_BELOW = 3.0

LEAST_READ = -1.5
"""Scores of what the model can read go from -1.3 to 1.3, those of all else from -4 to -2."""
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")

Scores = NDArray[np.float64]
Places = NDArray[np.intp]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True, slots=True)
class Scored:
    """One question against the table: the ``scores`` of the entries and the ``cosines`` to the phrasings, both in table
    order."""

    scores: Scores
    cosines: Vector


@dataclass(frozen=True, kw_only=True, slots=True)
class TableLayout:
    """What the model can read of a table, for whoever works on all of it at once.

    ``phrasings`` and ``centroids`` are the vectors, ``places`` says where the former stand among the index's phrasings;
    phrasing i belongs to the entry at ``owners[i]`` and entry j begins at ``starts[j]``, both counted among the entries
    that can be read. ``sentences`` are the vectors of what the answers of the entries ``with_sentence`` say first.
    """

    phrasings: Matrix
    places: Places
    owners: Places
    starts: Places
    centroids: Matrix
    with_sentence: Places
    sentences: Matrix


class Index:
    """The enabled entries of one revision. Never changes after it is made, so threads may share it.

    ``vectors_of`` gives the vectors of stored texts, float32 of shape (texts, 384), on the grid of vectors.py;
    ``reads`` tells which of some mean something to the model (by default all do). A phrasing that does not is found by
    its very words only, and the table is scored as if it were not there. ``rule`` is that of another encoder than
    all-MiniLM-L6-v2; its scores are laid onto the scale of the other one, around ``threshold`` where that is given.
    ``spelling`` mends what is asked; None leaves it as it is.
    """

    def __init__(
        self,
        entries: Sequence[Entry],
        vectors_of: Callable[[Sequence[str]], Matrix],
        reads: Callable[[Sequence[str]], Flags] = lambda texts: np.ones(len(texts), dtype=np.bool_),
        *,
        rule: Rule | None = None,
        threshold: float | None = None,
        spelling: Spelling | None = None,
    ) -> None:
        self.published = tuple(entries)
        """What it was made from."""
        self.entries = tuple(entry for entry in entries if entry.enabled)
        self.phrasings = tuple(text for entry in self.entries for text in entry.phrasings)
        counts = np.array([len(entry.phrasings) for entry in self.entries], dtype=np.intp)
        self._begins: Places = np.cumsum(counts) - counts
        self._exact = self._exact_phrasings()
        self._all = vectors_of(self.phrasings)
        self._reads = reads(self.phrasings)
        self._kept: Places = np.flatnonzero(self._reads)
        self._spelling = spelling
        self.read: Places
        """The places of the entries of which some phrasing means something to the model, in rising order."""
        self.read, self._owners = np.unique(np.repeat(np.arange(len(counts)), counts)[self._kept], return_inverse=True)
        of_each = np.bincount(self._owners, minlength=len(self.read))
        self._starts: Places = np.cumsum(of_each) - of_each
        sentences = self._answer_sentences(of_each, reads)
        self._with_sentence: Places = np.array(list(sentences), dtype=np.intp)
        self._sentences = vectors_of(list(sentences.values())) if sentences else self._all[:0]
        self._phrasings = self._all if len(self._kept) == len(self._all) else self._all[self._kept]
        self._centroids = _centroids(self._phrasings, self._starts)
        self._shares = Shares(self._phrasings, self._owners, self._centroids)
        self.cross, self.within = self._similarities()
        """How near the entries are to each other, None for fewer than two, and the phrasings of an entry."""
        self._rule = rule
        own: ThresholdRule = rule or MINILM
        self._own_threshold = own.threshold_for(len(self.read), len(self._kept), self.cross, self.within)
        self.threshold = self._own_threshold if threshold is None else threshold
        """The score from which on an answer is given, before the org's strictness."""

    def for_other_language(self) -> "Index":
        """The same table for questions in another language than its own, which are less near to what they mean."""
        lowered = copy.copy(self)
        if self._rule is not None:
            lowered._own_threshold -= self._rule.other_language
        return lowered

    def exact(self, question: str) -> tuple[int, str] | None:
        """The place of the entry that stores this very question, and the phrasing, or None."""
        return self._exact.get(same_question_key(question))

    def mended(self, question: str) -> str:
        """The question without its typing errors, as far as the words that were meant can be told."""
        if self._spelling is None or self._spelling.knows_all(question):
            return question
        return self._spelling.mended(question, self._words)

    @functools.cached_property
    def _words(self) -> dict[str, int]:
        """The table's own words: counted with the first question that has an unknown one."""
        return table_words(self.phrasings[place] for place in self._kept)

    def score(self, question: Vector, *, reads: bool = True) -> Scored:
        """Score a question's vector against every entry; ``reads`` says whether the model can read the question.

        What it cannot read comes after all else, and far below any threshold.

        All cosines are exact in float32 (see vectors.py) and all sums of one fixed shape, so that the same question
        gives the same bits at any time and from any thread.
        """
        cosines: Vector = self._all @ question
        if reads and len(self.read) == len(self.entries):
            return Scored(scores=self._of_read(question, cosines), cosines=cosines)
        scores = np.maximum.reduceat(cosines, self._begins).astype(np.float64) - _FAR_BELOW
        if reads and len(self.read):
            scores[self.read] = self._of_read(question, cosines)
        return Scored(scores=scores, cosines=cosines)

    def _of_read(self, question: Vector, cosines: Vector) -> Scores:
        """The scores of the entries that the model can read, in table order."""
        known = cosines if len(self._kept) == len(cosines) else cosines[self._kept]
        nearest = np.maximum.reduceat(known, self._starts).astype(np.float64)
        if len(self._with_sentence):
            nearest[self._with_sentence] = np.maximum(nearest[self._with_sentence], self._sentences @ question)
        close = NEAREST_WEIGHT * nearest + CENTROID_WEIGHT * (self._centroids @ question)
        excess = self._shares.of(question) - 1 / len(self.read)
        return self.scaled(close + SHARE_WEIGHT * excess)

    def scaled(self, scores: Scores) -> Scores:
        """Scores of this encoder on the one scale that every table has."""
        return scores if self._rule is None else self.threshold + self._rule.stretch * (scores - self._own_threshold)

    def layout(self) -> TableLayout:
        """What the model can read of the table."""
        return TableLayout(
            phrasings=self._phrasings,
            places=self._kept,
            owners=self._owners,
            starts=self._starts,
            centroids=self._centroids,
            with_sentence=self._with_sentence,
            sentences=self._sentences,
        )

    def nearest_phrasing(self, place: int, cosines: Vector) -> str:
        """The stored phrasing of the entry at ``place`` that is nearest to the question, among those that are read."""
        start = int(self._begins[place])
        these = slice(start, start + len(self.entries[place].phrasings))
        own = np.where(self._reads[these], cosines[these], -_FAR_BELOW) if self._reads[these].any() else cosines[these]
        return self.phrasings[start + int(own.argmax())]

    def vectors_at(self, place: int) -> Matrix:
        """The vectors of the phrasings of the entry at ``place``, in their order."""
        start = int(self._begins[place])
        return self._all[start : start + len(self.entries[place].phrasings)]

    def _exact_phrasings(self) -> dict[str, tuple[int, str]]:
        known: dict[str, tuple[int, str]] = {}
        for place, entry in enumerate(self.entries):
            for phrasing in entry.phrasings:
                known.setdefault(same_question_key(phrasing), (place, phrasing))
        return known

    def _answer_sentences(self, of_each: Places, reads: Callable[[Sequence[str]], Flags]) -> dict[int, str]:
        """By the place among those that are read: what the entry's answer says first. Only for entries with a single
        phrasing and a short sentence; with two phrasings or more it brought nothing on the development data (see
        calibration.py)."""
        single = np.flatnonzero(of_each == 1)
        found = {int(place): first_sentence(self.entries[self.read[place]].answer) for place in single}
        short = {place: text for place, text in found.items() if 0 < len(text) <= ANSWER_SENTENCE_LIMIT}
        return dict(itertools.compress(short.items(), reads(list(short.values()))))

    def _similarities(self) -> tuple[float | None, float]:
        """The mean cosine of a phrasing to the nearest one of another entry, and to the nearest one of its own."""
        count = len(self._kept)
        if not count:
            return None, WITHIN_UNKNOWN
        chosen = np.arange(count)
        sample = min(CROSS_SAMPLE, CROSS_PAIRS // count)
        if count > sample:
            chosen = np.sort(np.random.default_rng(0).choice(count, sample, replace=False))
        others, own = np.empty(len(chosen), dtype=np.float64), np.empty(len(chosen), dtype=np.float64)
        for begin in range(0, len(chosen), _ROWS_AT_ONCE):
            rows = chosen[begin : begin + _ROWS_AT_ONCE]
            these = slice(begin, begin + len(rows))
            cosines = self._phrasings[rows] @ self._phrasings.T
            cosines[np.arange(len(rows)), rows] = -np.inf
            nearest = np.maximum.reduceat(cosines, self._starts, axis=1)
            places = np.arange(len(rows)), self._owners[rows]
            own[these] = nearest[places]
            nearest[places] = -np.inf
            others[these] = nearest.max(axis=1)
        own[np.isneginf(own)] = WITHIN_UNKNOWN
        return float(others.mean()) if len(self.read) > 1 else None, float(own.mean())


def first_sentence(text: str) -> str:
    """The text up to its first full stop, question or exclamation mark that a space follows, or its first line."""
    return _SENTENCE_END.split(text.strip(), maxsplit=1)[0]


def _centroids(phrasings: Matrix, starts: Places) -> Matrix:
    if not len(starts):
        return phrasings
    return from_grid(on_grid(unit(sums_of_entries(phrasings, starts))))


def sums_of_entries(phrasings: Matrix, starts: Places) -> Matrix:
    """The sum of each entry's vectors, which begin at ``starts``: exact, and four times as fast as numpy's reduceat."""
    sizes = np.diff(starts, append=len(phrasings))
    sums = phrasings[starts]
    for number in range(1, int(sizes.max())):
        longer = np.flatnonzero(sizes > number)
        sums[longer] += phrasings[starts[longer] + number]
    return sums
