"""How a table comes back from the process that read it: as JSON, which cannot run anything, unlike a pickle."""

import json
from typing import Any

from core.errors import FileRejected
from core.files.table import HeadingRow, Row, RowProblem, Table


def dump(result: Table | FileRejected) -> bytes:
    """A table, or why there is none, as UTF-8 JSON."""
    if isinstance(result, FileRejected):
        readable = str(result).encode("utf-8", "replace").decode()  # a message may quote a broken name
        return json.dumps({"rejected": readable}).encode()
    fields = {
        "name": result.name,
        "columns": result.columns,
        "lines": [row.line for row in result.rows],
        "cells": [row.cells for row in result.rows],
        "problems": [(problem.line, problem.reason, problem.cells) for problem in result.problems],
        "notes": result.notes,
        "encoding": result.encoding,
        "delimiter": result.delimiter,
        "sheet": result.sheet,
        "sheets": result.sheets,
        "key": result.key,
        "keys": result.keys,
        "format": result.format,
        "headings": {
            "line": result.headings.line,
            "known": result.headings.known,
            "top": [(row.line, row.cells) for row in result.headings.top],
        },
    }
    return json.dumps(fields, ensure_ascii=False, check_circular=False).encode("utf-8", "surrogatepass")


def load(payload: bytes) -> Table:
    """The table that was dumped. Raises FileRejected when a refusal was, ValueError for anything else."""
    fields: dict[str, Any] = json.loads(payload.decode("utf-8", "surrogatepass"))
    if "rejected" in fields:
        raise FileRejected(fields["rejected"])
    return Table(
        name=fields["name"],
        columns=tuple(fields["columns"]),
        rows=tuple(Row(line, tuple(cells)) for line, cells in zip(fields["lines"], fields["cells"], strict=True)),
        problems=tuple(
            RowProblem(line, reason, tuple((name, cell) for name, cell in cells))
            for line, reason, cells in fields["problems"]
        ),
        notes=tuple(fields["notes"]),
        encoding=fields["encoding"],
        delimiter=fields["delimiter"],
        sheet=fields["sheet"],
        sheets=tuple(fields["sheets"]),
        key=fields["key"],
        keys=tuple(fields["keys"]),
        format=fields["format"],
        headings=HeadingRow(
            line=fields["headings"]["line"],
            known=fields["headings"]["known"],
            top=tuple(Row(line, tuple(cells)) for line, cells in fields["headings"]["top"]),
        ),
    )
