"""Words that several readers share: which lines, which cells."""

from collections.abc import Sequence

from core.files.table import NO_HEADINGS, Table

_LINES = 8
_CELLS, _TEXT = 3, 40


def lines_told(lines: Sequence[int]) -> str:
    """The lines in words: "line 3", "lines 3, 5 and 7", "lines 3, 5, … and 12 more"."""
    if len(lines) == 1:
        return f"line {lines[0]}"
    shown = [f"{line}" for line in lines[:_LINES]]
    last = shown.pop() if len(lines) <= _LINES else f"{len(lines) - _LINES:,} more"
    return f"lines {', '.join(shown)} and {last}"


def quoted_cells(cells: Sequence[str]) -> str:
    """The first cells that are not blank, shortened, each in quotation marks. Broken characters become "�"."""
    filled = [" ".join(cell.split()) for cell in cells if cell.strip()]
    shown = [f"“{cell if len(cell) <= _TEXT else cell[: _TEXT - 1] + '…'}”" for cell in filled[:_CELLS]]
    words = ", ".join(shown) + (" …" if len(filled) > _CELLS else "")
    return words.encode("utf-8", "replace").decode()


def how_read(table: Table) -> str:
    """How a file was read, in a few words: "Excel workbook, sheet “Tests”, headings in line 3"."""
    delimiter = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars"}.get(table.delimiter or "")
    line = table.headings.line
    headings = "" if line is None else "no headings" if line == NO_HEADINGS else f"headings in line {line}"
    parts = (
        table.format,
        f"sheet “{table.sheet}”" if table.sheet else table.encoding,
        f"list “{table.key}”" if table.key else "",
        f"separated by {delimiter}" if delimiter else "",
        headings,
    )
    return ", ".join(part for part in parts if part)
