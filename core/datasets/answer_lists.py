"""Several right answers in one cell, although an answer may itself hold what separates them."""

import itertools
import json
import re
from collections.abc import Callable, Sequence

_SEPARATOR = re.compile(r"\s*[\n|;]\s*")
_MOST_PIECES = 40
"""More pieces than this are taken one by one: nobody writes so many, and each way to join them costs a look-up."""


def parts(cell: str, is_known: Callable[[str], bool]) -> list[str]:
    """The right answers that a cell lists, in its order; those nobody knows are among them, for an error to name.

    The whole cell is tried first, then a JSON list of texts, then the text between line breaks, ``|`` and ``;``, with
    the longest known text at each place: "Mon; Tue | Sat" is two answers where "Mon; Tue" is stored.
    """
    text = cell.strip()
    if not text:
        return []
    if is_known(text):
        return [text]
    if (listed := json_texts(text)) is not None:
        return [part for part in listed if part.strip()]
    bounds = [(0, 0), *(found.span() for found in _SEPARATOR.finditer(text)), (len(text), len(text))]
    pieces = [(end, start) for (_, end), (start, _) in itertools.pairwise(bounds)]
    whole = _known_parts(text, pieces, is_known) if len(pieces) <= _MOST_PIECES else None
    return whole or [piece for start, end in pieces if (piece := text[start:end])]


def joined(texts: Sequence[str]) -> str:
    """One cell for these texts: ``parts`` reads it back whatever they hold."""
    return json.dumps(list(texts), ensure_ascii=False) if len(texts) > 1 else "".join(texts)


def json_texts(text: str) -> list[str] | None:
    """The texts of a JSON list of texts (or numbers, as they stand); None for anything else."""
    if not text.startswith("["):
        return None
    try:
        found = json.loads(text, parse_int=str, parse_float=str)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, list) and all(isinstance(one, str) for one in found) else None


def _known_parts(text: str, pieces: Sequence[tuple[int, int]], is_known: Callable[[str], bool]) -> list[str] | None:
    """The fewest known texts that the pieces make when neighbours are joined; None when some piece is in none."""
    best: list[list[str] | None] = [None] * len(pieces) + [[]]
    for first in range(len(pieces) - 1, -1, -1):
        start = pieces[first][0]
        if start >= pieces[first][1]:  # nothing between two separators
            best[first] = best[first + 1]
        for last in range(len(pieces) - 1, first - 1, -1):
            rest, piece = best[last + 1], text[start : pieces[last][1]]
            shorter = rest is not None and (best[first] is None or len(rest) + 1 < len(best[first] or ()))
            if rest is not None and shorter and piece and is_known(piece):
                best[first] = [piece, *rest]
    return best[0]
