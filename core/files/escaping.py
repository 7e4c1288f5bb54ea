"""How an exported CSV keeps a spreadsheet from running a cell as a formula, so that importing it can undo that.

A cell that begins with a character that starts a formula gets an apostrophe before it. So does a cell that begins with
apostrophes and then such a character; else nobody could tell the two apart. But `'@home' works` in a file from
elsewhere means just that, so importing removes an apostrophe only from rows that an export has marked: a CSV with at
least one escaped cell carries the column ``MARKER``, which says yes or no for each row. The mark is a column because
that survives being edited, sorted and saved in a spreadsheet.
"""

import re

MARKER = "frontline_escaped"
MARKED, UNMARKED = "yes", "no"

_FORMULA = "=+\\-@\t\r\0＝＋－＠"
_TO_ESCAPE = re.compile(f"'*[{_FORMULA}]")
_ESCAPED = re.compile(f"'+[{_FORMULA}]")


def needs_escape(cell: str) -> bool:
    """Whether a spreadsheet might read this text as a formula, or importing might take it for an escaped one."""
    return _TO_ESCAPE.match(cell) is not None


def escape(cell: str) -> str:
    """The text as it is safe in a CSV cell.

    >>> escape("=1+1"), escape("'=1+1"), escape("it's = 2")
    ("'=1+1", "''=1+1", "it's = 2")
    """
    return f"'{cell}" if needs_escape(cell) else cell


def unescape(cell: str) -> str:
    """The text that ``escape`` was given. Text that ``escape`` cannot have made is returned as it is."""
    return cell[1:] if _ESCAPED.match(cell) else cell
