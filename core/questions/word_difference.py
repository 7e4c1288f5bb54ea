"""Two texts word by word: what stayed, what is gone, what is new."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

COMPARED_WORDS = 3_000
"""Longer texts are shown whole, as gone and new: to compare them by word takes seconds."""
ALIKE = 0.6
"""Texts that share less (0 to 1) are shown whole too: a mixture of both can be read by nobody."""
_WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Part(StrEnum):
    """What became of a piece of a text."""

    SAME = "same"
    GONE = "gone"
    NEW = "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of either text; all pieces but the new ones make the old text, all but the gone ones the new."""

    part: Part
    text: str


def word_difference(old: str, new: str) -> list[Piece]:
    """The pieces in their order, none empty.

    >>> [(piece.part.value, piece.text) for piece in word_difference("open at 9", "open at 10")]
    [('same', 'open at '), ('gone', '9'), ('new', '10')]
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    is_long = max(len(before), len(after)) > COMPARED_WORDS
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    if is_long or matcher.ratio() < ALIKE:
        return [piece for piece in (Piece(Part.GONE, old), Piece(Part.NEW, new)) if piece.text]
    return list(_pieces(matcher, before, after))


def _pieces(matcher: SequenceMatcher[str], before: list[str], after: list[str]) -> Iterator[Piece]:
    for kind, start, end, new_start, new_end in matcher.get_opcodes():
        if kind == "equal":
            yield Piece(Part.SAME, "".join(before[start:end]))
            continue
        if end > start:
            yield Piece(Part.GONE, "".join(before[start:end]))
        if new_end > new_start:
            yield Piece(Part.NEW, "".join(after[new_start:new_end]))
