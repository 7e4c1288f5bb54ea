"""Reads JSON Lines: one object a line, whose keys are the columns."""

import io
import json
from collections.abc import Iterator
from typing import Any

from core.errors import FileRejected
from core.files.decoding import decode
from core.files.lists import table_of
from core.files.table import FileLimits, RowProblem, Table

_NO_OBJECT = "This line holds a value of JSON, but no object, which stands in {braces}."
_NO_LINES = "No line of this file is a JSON object. Each line of a .jsonl file is one, in {braces}."


def holds_lines(text: str, *, named_so: bool) -> bool:
    """Whether a text is one JSON object a line, rather than one value; ``named_so`` says what the file's name says."""
    lines = (line for line in io.StringIO(text) if line.strip())
    first, more = next(lines, ""), next(lines, None) is not None
    if isinstance(_object(first), dict):
        return more or named_so
    return named_so and first.strip() != "{" and not first.lstrip().startswith("[")


def read_json_lines(data: bytes, name: str, limits: FileLimits) -> Table:
    """Read a text file with one JSON object a line; blank lines are skipped.

    Texts stand in the cells as they are, numbers as they are written, null as nothing, lists as JSON; objects within
    become columns of their own (see ``nesting``). A key that an object does not have is an empty cell. Lines that are
    no object are problems of the table. Raises FileRejected when the file is not text, has no object, or more than the
    limits allow.
    """
    decoded = decode(data)
    found = list(_lines(decoded.text, limits))
    items = [RowProblem(number, line) if isinstance(line, str) else line for number, line in found]
    if not any(isinstance(item, dict) and item for item in items):
        raise FileRejected(_NO_LINES)
    body = table_of(items, [number for number, _ in found], limits)
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=body.notes,
        encoding=decoded.encoding,
        format="JSON lines",
    )


def _lines(text: str, limits: FileLimits) -> Iterator[tuple[int, dict[str, Any] | str]]:
    """Each line that is not blank, with its number: its object, or why it is none."""
    # Only these end a line: other breaks that Python knows may stand in a JSON text.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for number, line in enumerate(lines, start=1):
        if number > 2 * limits.rows:
            raise FileRejected(f"There are more than {limits.rows:,} rows. Split the file, and upload the parts.")
        if line.strip():
            yield number, _object(line)


def _object(line: str) -> dict[str, Any] | str:
    try:
        found = json.loads(line, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        return f"This line is not JSON: {error.msg} at character {error.colno}."
    except RecursionError:
        return "This line nests lists or objects too deeply."
    return found if isinstance(found, dict) else _NO_OBJECT
