"""Mends typing errors before a question is read: one wrong key makes a word that the model has never seen."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache, partial
from importlib import resources

from core.errors import EngineUnavailable

LEAST_LETTERS = 4
TWO_ERRORS = 6
"""Shorter words are left as they are; from ``TWO_ERRORS`` letters on two wrong keys are mended rather than one."""

LEAST_ENGLISH = 1 / 3
"""Share of a question's words that must be English: mending a text in another language would make English of it. Of
questions with every tenth key wrong one in twenty has fewer; of German and Spanish ones more than eight in ten."""

LEAST_NEAR = 0.8
LEAST_WORDS = 3
"""A text with less English is mended where so many of its words are English or would be when mended. In fewer words
than ``LEAST_WORDS`` only those of the table are meant: half of all single words of other languages, and one in seven
pairs, of which the language detector is not sure, are near to English ones, of three or four words one text in twenty.
Of English texts of three to five words with every seventh key wrong and less English, 40 % are mended by this."""

MOST_MENDED = 12
"""Words of one question, to bound the time: each takes some milliseconds."""

KEPT_WORDS = 20_000

_DICTIONARY = "frequency_dictionary_en_82_765.txt"
_WORD = re.compile(r"(?<![\w@.])[^\W\d_]+(?![\w@])")


class Spelling:
    """Knows which words are English, and which one was meant by a word that is none.

    ``vocabulary`` are the words that the model knows as one. A word is mended to one of the table that is asked, or
    else to the most frequent English word that the model knows; the fewest wrong keys come first. A wrong key is one
    that is missing, one too many, another one, or two in the wrong order (optimal string alignment).
    """

    def __init__(self, vocabulary: Iterable[str]) -> None:
        try:
            from rapidfuzz import process  # noqa: PLC0415 - not wanted at import
            from rapidfuzz.distance import OSA  # noqa: PLC0415

            english = _dictionary()
        except ImportError as error:
            raise EngineUnavailable(
                f"The built-in engine is off: {error.name} is not installed. Run: pip install -r requirements.txt"
            ) from error
        self._extract = partial(process.extract_iter, scorer=OSA.distance)
        known = set(vocabulary)
        self._english = frozenset(english)
        self._known = known.union(english)
        self._usual = [word for word in english if word in known and len(word) >= LEAST_LETTERS - 1]
        self._nearest = lru_cache(KEPT_WORDS)(self._nearest_usual)

    def knows_all(self, text: str) -> bool:
        """Whether a text has no word that could be mended, whatever the table's words are."""
        return self._known.issuperset(map(str.lower, _WORD.findall(text)))

    def mended(self, text: str, own: Mapping[str, int]) -> str:
        """The text with the words in the place of those that were mistyped; ``own`` are the words of the table, in
        small letters, with how often each stands there. A word that is known anywhere is never changed.

        For texts that are surely in no other language, which readers.py sees to."""
        words = [word.lower() for word in _WORD.findall(text)]
        known = [word in self._english or word in own for word in words]
        wrong = {word for word in words if word not in self._known and word not in own}
        if not wrong:
            return text
        is_english = sum(known) >= LEAST_ENGLISH * len(words)
        only_own = not is_english and len(words) < LEAST_WORDS
        chosen = sorted(word for word in wrong if word.isascii() and len(word) >= LEAST_LETTERS)[:MOST_MENDED]
        meant = {word: found for word in chosen if (found := self._meant(word, own, only_own=only_own)) != word}
        near = sum(is_known or word in meant for word, is_known in zip(words, known, strict=True))
        if not is_english and near < LEAST_NEAR * len(words):
            return text
        return _WORD.sub(lambda found: meant.get(found[0].lower(), found[0]), text)

    def _meant(self, word: str, own: Mapping[str, int], *, only_own: bool) -> str:
        most = 2 if len(word) >= TWO_ERRORS else 1
        usual = None if only_own else self._nearest(word, most)
        found = self._near(word, own, most)
        if not found:
            return usual[1] if usual else word
        fewest = min(found.values())
        if usual is not None and usual[0] < fewest:
            return usual[1]
        return max(found, key=lambda each: (-found[each], each[0] == word[0], own[each]))

    def _nearest_usual(self, word: str, most: int) -> tuple[int, str] | None:
        """The usual word with the fewest wrong keys; of several that begins alike, the most frequent one first."""
        found = self._near(word, self._usual, most)
        if not found:
            return None
        best = min(found, key=lambda each: (found[each], each[0] != word[0]))
        return found[best], best

    def _near(self, word: str, choices: Iterable[str], most: int) -> dict[str, int]:
        """The choices with at most so many wrong keys, in their order, and how many each has."""
        return {each: int(keys) for each, keys, _ in self._extract(word, list(choices), score_cutoff=most)}


def table_words(phrasings: Iterable[str]) -> dict[str, int]:
    """The words of stored phrasings in small letters, and how often each stands there; letters by themselves are
    none."""
    counts: Counter[str] = Counter()
    for word, count in Counter(_WORD.findall("\n".join(phrasings))).items():
        if len(word) >= LEAST_LETTERS - 1:
            counts[word.lower()] += count
    return counts


def _dictionary() -> list[str]:
    """82,765 English words, the most frequent first: symspellpy's, of which no code is used."""
    text = resources.files("symspellpy").joinpath(_DICTIONARY).read_text(encoding="utf-8-sig")
    return [line.split()[0] for line in text.splitlines() if line]
