"""Which entries and phrasings of a table are nearest to a question: what a shortlist is made of."""

import re
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

import numpy as np

from core.engines.semantic.encoder import Vector
from core.engines.semantic.index import Index, Scored, Scores
from core.questions.text import same_question_key

LONG_QUESTION = 250
"""Characters from which on a message is also read sentence by sentence.

A long message says much beside what it asks, and the model reads its first 256 tokens only. Among 24 sentences of small
talk, 1,300 characters in all, a shortlist of 20 held the right entry for 77 % of questions from banking77 (train split,
77 entries of 5 phrasings), and for 98 % when each sentence counts as well; among 4 sentences, 270 characters, for 96
and 98 % (tests/benchmarks/shortlist_recall.py). Messages of 180 to 260 characters as people wrote them did better as a
whole, 99.1 against 97.8 %; the few longer ones did not, 98.7 against 99.2 %.
"""

MOST_PARTS = 16
"""Parts that a long message is read in, to bound the time: short sentences are put together."""

_LEAST_PART = 30
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|(?<=[。！？])|\n+")


class Reader(Protocol):
    """Makes vectors of questions."""

    def of_question(self, text: str) -> Vector:
        """The vector of a question; of a long one, of its beginning."""

    def reads(self, text: str) -> bool:
        """Whether a text means something to the model."""

    def reads_whole(self, text: str) -> bool:
        """Whether nothing of a text is cut off for its vector."""


def parts(question: str, reads_whole: Callable[[str], bool]) -> list[str]:
    """The question, and the sentences of a long one, about MOST_PARTS at most; each but the first is read whole."""
    if len(question) < LONG_QUESTION and reads_whole(question):
        return [question]
    least = max(_LEAST_PART, -(-len(question) // MOST_PARTS))
    found, begin = [], 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(question)), len(question)]:
        if end - begin >= least or end == len(question):
            found.append(question[begin:end].strip())
            begin = end
    if len(found) == 1 and reads_whole(question):
        return [question]
    return [question, *(piece for part in found if part for piece in _pieces(part, reads_whole))]


def _pieces(text: str, reads_whole: Callable[[str], bool]) -> list[str]:
    """A text that is too long to be read at once, in halves of halves, cut between words where there are any."""
    if reads_whole(text):
        return [text]
    middle = len(text) // 2
    spaces = [match.start() for match in re.finditer(r"\s", text) if 0 < match.start() < len(text) - 1]
    at = min(spaces, key=lambda place: abs(place - middle)) if spaces else middle
    halves = (text[:at].strip(), text[at:].strip())
    return [piece for half in halves if half for piece in _pieces(half, reads_whole)]


def best_scores(index: Index, reader: Reader, question: str) -> Scores:
    """The best score of each entry over the parts of a question, in table order."""
    return best_of(scored(index, reader, parts(question, reader.reads_whole)))


def best_of(found: Sequence[Scored]) -> Scores:
    """The best score of each entry over several texts, in table order."""
    best: Scores = np.maximum.reduce([one.scores for one in found])
    return best


def scored(index: Index, reader: Reader, texts: Sequence[str]) -> list[Scored]:
    """Each text against the table."""
    return [index.score(reader.of_question(index.mended(text)), reads=reader.reads(text)) for text in texts]


def nearest_places(scores: Scores, exact: int | None, most: int) -> list[int]:
    """The places of the entries with the highest scores, at most so many, the best first.

    ``exact`` is the place of the entry that stores the very question, None without one; it comes before all others.
    """
    order = [int(place) for place in np.argsort(-scores, kind="stable")[:most]]
    if exact is None:
        return order
    return [exact, *(place for place in order if place != exact)][:most]


def phrasings_by_nearness(
    index: Index, reader: Reader, question: str, entry_ids: Collection[int]
) -> dict[int, tuple[str, ...]]:
    """By their id, the phrasings of these entries, the nearest to the question first, a stored one before all."""
    wanted, key = set(entry_ids), same_question_key(question)
    asked = np.stack([reader.of_question(index.mended(part)) for part in parts(question, reader.reads_whole)])
    found = {}
    for place, entry in enumerate(index.entries):
        if entry.id in wanted:
            cosines = (index.vectors_at(place) @ asked.T).max(axis=1)
            order = [entry.phrasings[nearest] for nearest in np.argsort(-cosines, kind="stable")]
            found[entry.id] = tuple(sorted(order, key=lambda text: same_question_key(text) != key))
    return found
