"""Finds entries by words, also by words with a typing error in them."""

from collections.abc import Collection, Iterable, Sequence

from rapidfuzz import process
from rapidfuzz.distance import OSA

from core.questions.entry import Entry
from core.questions.text import same_question_key

SHORTEST_MISTYPED = 4
"""Letters: shorter words are like too many others."""
LONG = 8
"""Letters from which on a word may hold two typing errors; below, one."""
_AROUND_WORDS = ".,;:!?…()[]{}<>\"'`“”„‚‘’«»*_-/"


class FoldedTexts:
    """The text of each entry as it is searched; folded once, because 10,000 entries take a sixth of a second."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[Entry, str]] = {}

    def of(self, entry: Entry) -> str:
        """The entry's number, phrasings, answer and tags in small letters, on one line."""
        kept = self._texts.get(entry.id)
        if kept is None or kept[0] != entry:
            words = " ".join((str(entry.id), *entry.phrasings, entry.answer, *entry.tags))
            kept = (entry, same_question_key(words))
            self._texts[entry.id] = kept
        return kept[1]


def found(search: str, entries: Iterable[Entry], texts: FoldedTexts) -> dict[int, int]:
    """The ids of the entries that hold every word of the search, each with its number of typing errors.

    A word counts as held where it stands within a text, or where a word of the text differs from it by a letter or two:
    left out, put in, exchanged, or changed places with the next. Without a word in it, a search finds every entry.
    """
    words = same_question_key(search).split()
    folded = {entry.id: texts.of(entry) for entry in entries}
    exact = {entry_id: 0 for entry_id, text in folded.items() if all(word in text for word in words)}
    mistyped = [word for word in words if _may_be_mistyped(word)]
    if not mistyped:
        return exact
    near = _near(mistyped, folded.values())
    others = (entry_id for entry_id in folded if entry_id not in exact)
    errors = ((entry_id, _errors(folded[entry_id], words, near)) for entry_id in others)
    return exact | {entry_id: count for entry_id, count in errors if count is not None}


def _may_be_mistyped(word: str) -> bool:
    return len(word) >= SHORTEST_MISTYPED and word.isalpha()


def _near(words: Sequence[str], texts: Collection[str]) -> dict[str, list[tuple[str, int]]]:
    """For each word those words of the texts that it may stand for, each with how many errors that takes."""
    vocabulary = sorted({word.strip(_AROUND_WORDS) for word in set(" ".join(texts).split())})
    return {
        word: [
            (other, int(distance))
            for other, distance, _place in process.extract(
                word, vocabulary, scorer=OSA.distance, score_cutoff=2 if len(word) >= LONG else 1, limit=None
            )
            if distance
        ]
        for word in words
    }


def _errors(text: str, words: Sequence[str], near: dict[str, list[tuple[str, int]]]) -> int | None:
    """How many errors it takes to find every word in the text; None where one cannot be found."""
    total = 0
    for word in words:
        if word in text:
            continue
        distance = next((distance for other, distance in near.get(word, ()) if other in text), None)
        if distance is None:
            return None
        total += distance
    return total
