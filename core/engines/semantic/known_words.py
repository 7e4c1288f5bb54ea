"""Which texts the built-in model can read: it knows English words, no emoji and no other script.

Its vocabulary has one sign, [UNK], for whatever it lacks: to the model 👍, 👎 and 返品 are the same word. Other scripts
it knows by single letters at best, which say nothing of what a word means.
"""

from dataclasses import dataclass
from typing import Protocol

LANGUAGES = "English"
"""What the model was made for, for people."""

_UNKNOWN = "[UNK]"


class Encoded(Protocol):
    """A text as the tokenizer gives it, token by token."""

    @property
    def ids(self) -> list[int]:
        """Their numbers."""

    @property
    def tokens(self) -> list[str]:
        """How the vocabulary writes them."""

    @property
    def offsets(self) -> list[tuple[int, int]]:
        """From where to where they go in the text."""

    @property
    def word_ids(self) -> list[int | None]:
        """The word to which they belong; None for what frames the text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """What is known of a text's tokens.

    ``readable`` says whether the text means something to the model: it has a known word, and not more tokens that are
    unknown letters. ``ids`` are the tokens to encode: of a readable text those that are known, of any other all, since
    some order of what is near is better than none for whoever only makes a shortlist.
    """

    ids: list[int]
    readable: bool


def words_of(text: str, encoded: Encoded) -> Words:
    """What the model knows of a text. One that has nothing unknown keeps each of its tokens."""
    found = list(zip(encoded.ids, encoded.tokens, encoded.offsets, encoded.word_ids, strict=True))
    runs = _one_letter_words(encoded)
    known = sum(word is not None and word not in runs and _is_latin(token) for _, token, _, word in found)
    unread = [_is_unread(token, text[slice(*place)]) for _, token, place, _ in found]
    readable = known > 0 and known >= sum(unread)
    ids = [
        number
        for (number, token, _, _), other in zip(found, unread, strict=True)
        if not readable or (token != _UNKNOWN and not other)
    ]
    return Words(ids=ids, readable=readable)


def _is_latin(token: str) -> bool:
    """Whether it has a letter or digit that English is written with; the tokenizer takes accents away."""
    return token != _UNKNOWN and any(c.isascii() and c.isalnum() for c in token)


def _is_unread(token: str, written: str) -> bool:
    """Whether it is letters that the model does not know. Emoji are none: beside words they change no question."""
    return not _is_latin(token) and any(c.isalpha() for c in written)


def _one_letter_words(encoded: Encoded) -> set[int]:
    """The words that are one letter again and again, such as "xxxx"."""
    words: dict[int, str] = {}
    for token, word in zip(encoded.tokens, encoded.word_ids, strict=True):
        if word is not None:
            words[word] = words.get(word, "") + token.removeprefix("##")
    return {word for word, letters in words.items() if letters.isalpha() and len(set(letters)) == 1}
