"""Whether two answers say the same in the same words."""

import re

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def same_text(one: str, other: str) -> bool:
    """Whether they differ in nothing but case, spaces and punctuation.

    >>> same_text("9 to 5.", " 9 to 5")
    True
    >>> same_text("It costs 4.90 €", "It costs 3.90 €")
    False
    """
    return _words(one) == _words(other)


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(text.casefold()) if word]
