"""Reads JSON: a list of objects, an object that holds such a list, or one object a line."""

import json

from core.errors import FileRejected
from core.files.decoding import decode
from core.files.json_lines import holds_lines, read_json_lines
from core.files.lists import Lists
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table


def read_json(
    data: bytes,
    name: str,
    limits: FileLimits,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Table:
    """Read a file of JSON, whether it is one value or one object a line; which it is shows in the text.

    Of an object with several lists the one that looks most like test questions is read, or the one that was chosen.
    Raises FileRejected when the file is not JSON, has no list of rows, or more than the limits allow.
    """
    decoded = decode(data)
    if holds_lines(decoded.text, named_so=name.lower().endswith((".jsonl", ".ndjson"))):
        return read_json_lines(data, name, limits)
    lists = Lists(_value(decoded.text), known)
    key = lists.chosen(choices.key)
    body = lists.body(key, choices, limits)
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=("In JSON the lines count the items of the list, from 1.", *body.notes),
        encoding=decoded.encoding,
        format="JSON",
        key=key if len(lists.keys) > 1 else None,
        keys=lists.keys,
        headings=body.headings,
    )


def _value(text: str) -> object:
    try:
        return json.loads(text, parse_int=str, parse_float=str, parse_constant=str)
    except json.JSONDecodeError as error:
        raise FileRejected(
            f"This is not JSON: {error.msg} in line {error.lineno:,}, at character {error.colno:,}. Fix it there, and "
            "upload the file again."
        ) from None
    except RecursionError:
        raise FileRejected("This nests lists or objects too deeply to be a list of questions.") from None
