"""Test questions that the table holds already, word for word or nearly so: the engine has seen the answer to those.

Nearness is the share of trigrams (three letters in a row, after case, width and punctuation are evened out) that two
texts have in common, of all that either has: Jaccard similarity. It needs no engine, sees typos and word forms, and
says nothing about meaning: another way to ask the same is no leak.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.questions.entry import Entry
from core.questions.text import same_question_key

NEAR = 0.8
"""From this nearness on a question counts as nearly stored.

Chosen by looking at what the public banking77 test questions are nearest to among its training questions: from 0.8 on
they differ by a typo, a word's form or one small word (11 % of 3,080; 96 % of these have the same intent), while
between 0.7 and 0.8 there are many that a person would call another phrasing (another 15 %).
"""
_NOT_WORDS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Leak:
    """A test question on a line of its file, and the stored phrasing that is nearest. 1.0 is word for word."""

    line: int
    question: str
    phrasing: str
    entry_id: int
    nearness: float

    @property
    def exact(self) -> bool:
        """Whether the two differ at most in case, spacing or closing punctuation."""
        return self.nearness >= 1.0


class TestedQuestion(Protocol):
    """A test question on a line of its file."""

    @property
    def line(self) -> int:
        """Where it stands."""

    @property
    def question(self) -> str:
        """Its words."""


def leaks(rows: Iterable[TestedQuestion], entries: Iterable[Entry], *, nearly: bool = True) -> list[Leak]:
    """The rows whose question stands in an enabled entry, word for word or ``nearly``, in the order of the rows.

    To look for what is nearly there takes seconds for some ten thousand rows.
    """
    stored = [(p, e.id) for e in entries if e.enabled for p in e.phrasings]
    exact: dict[str, int] = {}
    for place, (phrasing, _) in enumerate(stored):
        exact.setdefault(same_question_key(phrasing), place)
    near = _Near([phrasing for phrasing, _ in stored]) if nearly else None
    known: dict[str, tuple[int, float] | None] = {}
    found = []
    for row in rows:
        key = same_question_key(row.question)
        if key not in known:
            known[key] = (exact[key], 1.0) if key in exact else near.find(key) if near else None
        if nearest := known[key]:
            phrasing, entry_id = stored[nearest[0]]
            found.append(Leak(row.line, row.question, phrasing, entry_id, nearest[1]))
    return found


class _Near:
    """Finds the nearest of many texts. Texts with too few trigrams in common are never compared.

    Of two sets with Jaccard similarity of at least t, each has at least t times the other's size; so they share one of
    the rarest of either, if as many are looked at as the sets may differ by: prefix filtering, as in Bayardo, Ma and
    Srikant, "Scaling up all pairs similarity search", WWW 2007. Nothing is missed by it.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._sets = [_trigrams(text) for text in texts]
        self._sizes = [len(found) for found in self._sets]
        counts = Counter(trigram for found in self._sets for trigram in found)
        self._rarity = {trigram: (count, trigram) for trigram, count in counts.items()}
        self._having: dict[str, list[int]] = defaultdict(list)
        for place, found in enumerate(self._sets):
            for trigram in self._rarest(found):
                self._having[trigram].append(place)

    def find(self, text: str) -> tuple[int, float] | None:
        """The place of the nearest text and how near it is, below 1; None when none is near."""
        wanted = _trigrams(text)
        size, sets, sizes = len(wanted), self._sets, self._sizes
        least, most = NEAR * size, size / NEAR
        best, nearness = None, NEAR
        for place in {place for trigram in self._rarest(wanted) for place in self._having.get(trigram, ())}:
            if least <= sizes[place] <= most:
                shared = len(wanted & sets[place])
                jaccard = shared / (size + sizes[place] - shared)
                if jaccard > nearness or (jaccard == nearness and (best is None or place < best)):
                    best, nearness = place, jaccard
        return None if best is None else (best, min(nearness, math.nextafter(1.0, 0.0)))

    def _rarest(self, found: frozenset[str]) -> list[str]:
        """As many of the trigrams as a near text may lack, and one more; the order is the same for all texts."""
        most = len(found) - math.ceil(NEAR * len(found) - 1e-9) + 1
        return sorted(found, key=lambda trigram: self._rarity.get(trigram, (0, trigram)))[:most]


def _trigrams(text: str) -> frozenset[str]:
    spaced = f" {_NOT_WORDS.sub(' ', same_question_key(text)).strip()} "
    return frozenset(spaced[i : i + 3] for i in range(len(spaced) - 2)) or frozenset({spaced})
