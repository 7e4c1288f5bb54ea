"""Short texts as people write them into one cell or file: one a line, so that commas and quotes are only text."""

import re
from collections.abc import Iterable

from core.questions.changes import one_line

BULLET = "• "
_WRAPPED = re.compile(r"(?<=\S)[ \t]*\n[ \t]{2,}(?=\S)")


def as_lines(texts: Iterable[str], *, bullets: bool = False) -> str:
    """One text a line; with ``bullets`` each of several is marked, for places that show a cell on one line."""
    lines = list(texts)
    mark = BULLET if bullets and len(lines) > 1 else ""
    return "\n".join(mark + line for line in lines)


def from_lines(text: object) -> tuple[str, ...]:
    """The texts of a cell, without bullets, empty lines and repetitions.

    A line that begins with white space goes on with the line above: so Excel breaks long lines on the clipboard.
    """
    joined = unwrapped("" if text is None else str(text))
    lines = (one_line(one_line(line).removeprefix(BULLET.strip())) for line in joined.split("\n"))
    return tuple(dict.fromkeys(line for line in lines if line))


def unwrapped(text: str) -> str:
    """The text with line breaks as ``\\n``, and without those that only the clipboard made."""
    return _WRAPPED.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
