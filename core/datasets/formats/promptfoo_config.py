"""The ``tests`` of a configuration of promptfoo, in YAML or JSON, as the columns that its tables of tests have."""

import json
from dataclasses import replace
from typing import Any

from core.datasets.formats import promptfoo
from core.datasets.formats.recognised import RecognisedFile
from core.files.table import Row, Table

_VARIABLES, _CHECKS, _METADATA, _DESCRIPTION = "vars.", "assert", "metadata.", "description"


def read(table: Table) -> RecognisedFile | None:
    """The table if its objects have variables and checks; the rest is as in a table of promptfoo.

    Source: https://www.promptfoo.dev/docs/configuration/reference/#test-case
    """
    variables = [column for column in table.columns if column.startswith(_VARIABLES)]
    if not variables or _CHECKS not in table.columns:
        return None
    checks = [_written(cell) for cell in table.column(_CHECKS)]
    most = max(map(len, checks), default=0)
    columns = {column.removeprefix(_VARIABLES): table.column(column) for column in variables}
    for place in range(max(1, most)):
        name = f"{promptfoo.EXPECTED}{place + 1 if place else ''}"
        columns[name] = [found[place] if place < len(found) else "" for found in checks]
    if _DESCRIPTION in table.columns:
        columns[promptfoo.DESCRIPTION] = table.column(_DESCRIPTION)
    for column in table.columns:
        if column.startswith(_METADATA):
            columns[f"{promptfoo.METADATA}{column.removeprefix(_METADATA)}"] = table.column(column)
    rows = [Row(row.line, cells) for row, cells in zip(table.rows, zip(*columns.values(), strict=True), strict=True)]
    return promptfoo.read(replace(table, columns=tuple(columns), rows=tuple(rows)))


def _written(cell: str) -> list[str]:
    """The checks of a test as a table of promptfoo writes them: ``type(threshold):value``."""
    try:
        found = json.loads(cell) if cell.strip() else []
    except (ValueError, RecursionError):
        return [cell]
    return [_check(one) for one in (found if isinstance(found, list) else [found])]


def _check(one: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(one, dict):
        return str(one)
    value = one.get("value")
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    threshold = f"({one['threshold']})" if one.get("threshold") else ""
    return f"{one.get('type', '$ref')}{threshold}:{text}"
