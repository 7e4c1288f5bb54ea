"""Reads JSON Lines: one object a line, whose keys are the columns."""

import json
from collections.abc import Iterator
from typing import Any

from core.errors import FileRejected
from core.files.assembling import assemble
from core.files.decoding import decode
from core.files.records import Record
from core.files.table import NO_HEADINGS, Limits, RowProblem, Table

_NO_OBJECT = "This line holds a value of JSON, but no object, which stands in {braces}."
_NO_LINES = (
    "No line of this file is a JSON object. Each line of a .jsonl file is one, in {braces}; a list, or an object over "
    "several lines, cannot be read."
)


def read_json_lines(data: bytes, name: str, limits: Limits) -> Table:
    """Read a text file with one JSON object a line; blank lines are skipped.

    Texts stand in the cells as they are, numbers as they are written, null as nothing, lists and objects as JSON. A key
    that an object does not have is an empty cell. Lines that are no object are problems of the table. Raises
    FileRejected when the file is not text, has no object, or more than the limits allow.
    """
    decoded = decode(data)
    found = list(_lines(decoded.text, limits))
    keys: dict[str, None] = {}
    for _, line in found:
        if isinstance(line, dict):
            keys.update(dict.fromkeys(line))
        if len(keys) > limits.columns:
            raise FileRejected(f"The objects have more than {limits.columns:,} different keys. Remove some of them.")
    if not keys:
        raise FileRejected(_NO_LINES)
    body = assemble(_records(found, list(keys)), limits)
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=body.notes,
        encoding=decoded.encoding,
    )


def _lines(text: str, limits: Limits) -> Iterator[tuple[int, dict[str, Any] | str]]:
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


def _records(found: list[tuple[int, dict[str, Any] | str]], keys: list[str]) -> Iterator[Record]:
    yield NO_HEADINGS, keys
    for number, line in found:
        if isinstance(line, str):
            yield RowProblem(number, line)
        else:
            yield number, [_cell(line.get(key)) for key in keys]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
