"""Texts of people as files of markup can hold them: no character may break the file, or hide in it."""

import re

_PICTURES = {code: 0x2400 + code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D)} | {0x7F: 0x2421}
_IN_NO_FILE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def visible(text: str) -> str:
    """The text with control characters as their pictures, and � for what neither XML nor HTML can hold.

    >>> visible("bell\\x07, tab\\t, half \\ud800")
    'bell␇, tab\\t, half �'
    """
    return _IN_NO_FILE.sub("�", text.translate(_PICTURES))


def cut(text: str, limit: int) -> str:
    """The beginning of a long text, with … at its end.

    >>> cut("abcdef", 4), cut("abcd", 4)
    ('abc…', 'abcd')
    """
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
