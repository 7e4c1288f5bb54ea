"""Wrong keys, as hasty people type."""

import random

ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


def mistyped(text: str, generator: random.Random, *, share: float) -> str:
    """The text with this share of its letters typed wrong: a neighbouring key, none, twice, or after the next one."""
    found: list[str] = []
    letters = iter(enumerate(text))
    for place, letter in letters:
        if not letter.isalpha() or generator.random() >= share:
            found.append(letter)
            continue
        kind = generator.randrange(4)
        if kind == 0:
            found.append(_neighbour(letter, generator))
        elif kind == 1:
            found += [letter, letter]
        elif kind == 2 and place + 1 < len(text):
            found += [next(letters)[1], letter]
    return "".join(found)


def _neighbour(letter: str, generator: random.Random) -> str:
    for row in ROWS:
        place = row.find(letter.lower())
        if place >= 0:
            return generator.choice([row[other] for other in (place - 1, place + 1) if 0 <= other < len(row)])
    return letter
