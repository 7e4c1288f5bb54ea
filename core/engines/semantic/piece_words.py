"""Which texts a model with XLM-R's vocabulary can read: a hundred languages, whatever their script, but no emoji."""

import unicodedata

from core.engines.semantic.known_words import Encoded, Words
from core.engines.semantic.unigram import SPACE, UNKNOWN

_LEAST_RUN = 3


def words_in_any_script(text: str, encoded: Encoded, unknown: int = UNKNOWN) -> Words:
    """What the model knows of a text. Emoji and other signs are left out of whatever else is said.

    A text that is nothing but signs, digits left aside, means nothing: 👍 and 👎 are near to each other in the model.
    ``unknown`` is the token for what the vocabulary lacks.
    """
    written = [text[slice(*place)] for place in encoded.offsets]
    runs = _one_letter_words(encoded, written)
    known = unread = 0
    kept: list[tuple[int, str]] = []
    for number, token, word, part in zip(encoded.ids, encoded.tokens, encoded.word_ids, written, strict=True):
        is_said = any(c.isalnum() for c in part)
        if number == unknown:
            unread += is_said
            continue
        known += is_said and word is not None and word not in runs
        if is_said or not any(_is_sign(c) for c in part):
            kept.append((number, token))
        elif kept[-1][1] == SPACE:  # goes with the sign behind it
            kept.pop()
    readable = known > 0 and known >= unread
    return Words(ids=[number for number, _ in kept] if readable else list(encoded.ids), readable=readable)


def _is_sign(character: str) -> bool:
    return not character.isascii() and unicodedata.category(character) in ("So", "Sk", "Sm", "Cn", "Co")


def _one_letter_words(encoded: Encoded, written: list[str]) -> set[int]:
    """The words that are one letter again and again, such as "xxxx"."""
    words: dict[int, str] = {}
    for part, word in zip(written, encoded.word_ids, strict=True):
        if word is not None:
            words[word] = words.get(word, "") + part.strip()
    return {word for word, letters in words.items() if len(letters) >= _LEAST_RUN and len(set(letters)) == 1}
