"""Finds the stored text that somebody probably meant, without comparing with every one of ten thousand."""

import difflib
import functools
import heapq
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from core.questions.entry import Entry

_WORD = re.compile(r"\w+")
_COMPARED = 20
_LENGTH = 200
_LIKENESS = 0.5
_FREQUENT = 1_000


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored text: the question or another phrasing of an entry (``part`` is "question"), or its answer."""

    text: str
    entry_id: int
    part: str


class NearestText:
    """Looks up stored texts by the words they share, and measures only those that share the rarest.

    It gives hints, so it may miss one. After ``budget`` searches it finds nothing more: a file in which every row is
    wrong needs no hint for each, and must not take minutes.
    """

    def __init__(self, entries: Sequence[Entry], budget: int = 100) -> None:
        self._entries = entries
        self._budget = budget

    def find(self, text: str) -> Stored | None:
        """The stored text most like this one, if any is like it; None once the budget is spent."""
        if self._budget <= 0:
            return None
        self._budget -= 1
        wanted = _comparable(text)
        best, best_likeness = None, _LIKENESS
        matcher = difflib.SequenceMatcher(b=wanted, autojunk=False)
        for stored in self._sharing_words(wanted):
            matcher.set_seq1(_comparable(stored.text))
            if matcher.quick_ratio() > best_likeness and (likeness := matcher.ratio()) > best_likeness:
                best, best_likeness = stored, likeness
        return best

    def _sharing_words(self, wanted: str) -> list[Stored]:
        texts, places = self._index
        weights: dict[int, float] = defaultdict(float)
        for word in sorted(set(_WORD.findall(wanted))):
            found = places.get(word, [])
            for place in found[:_FREQUENT]:
                weights[place] += 1 / len(found)
        return [texts[place] for place in heapq.nlargest(_COMPARED, weights, key=weights.__getitem__)]

    @functools.cached_property
    def _index(self) -> tuple[list[Stored], dict[str, list[int]]]:
        texts = [Stored(text, e.id, part) for e in self._entries for part, text in _texts(e)]
        places: dict[str, list[int]] = defaultdict(list)
        for place, stored in enumerate(texts):
            for word in set(_WORD.findall(_comparable(stored.text))):
                places[word].append(place)
        return texts, dict(places)


def _texts(entry: Entry) -> list[tuple[str, str]]:
    return [*(("question", phrasing) for phrasing in entry.phrasings), ("answer", entry.answer)]


def _comparable(text: str) -> str:
    return text[:_LENGTH].casefold()
