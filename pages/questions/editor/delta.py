"""Between the table on the screen and changes by entry id: the editor speaks of positions, and positions move."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.questions.changes import FIELD_NAMES, Changes, applied, changed_fields, holds_text
from core.questions.entry import Entry
from core.questions.finding import FoldedTexts
from core.questions.lines import as_lines, from_lines
from core.questions.table_view import Row, TableView, viewed
from core.questions.text import whole

NUMBER = "number"
"""The column of the entry's number; empty for a new row, never editable."""
WHOLE_TABLE = TableView()


@dataclass(frozen=True)
class Shown:
    """The rows that the editor shows, in order.

    ``keys`` says what each row is: an entry's id, or ``-1 - i`` for the i-th of the new rows of ``changes``, the
    changes that are in the rows already. The last ``similar`` entries were found only with a typing error.
    """

    keys: tuple[int, ...]
    changes: Changes
    frame: pd.DataFrame
    similar: int = 0


def shown(
    entries: Sequence[Entry],
    changes: Changes,
    view: TableView = WHOLE_TABLE,
    *,
    tested: Collection[int] = (),
    texts: FoldedTexts | None = None,
) -> Shown:
    """The rows of the table with these changes in it that a view shows; ``tested`` and ``texts`` as ``viewed``."""
    kept = [entry.id for entry in entries if entry.id not in changes.deleted]
    keys = [*kept, *(-1 - i for i in range(len(changes.added)))]
    table = list(zip(keys, applied(entries, changes, first_new_id=0), strict=True))
    found = viewed(view, table, changed=changes.edited.keys(), tested=tested, texts=texts)
    return Shown(
        keys=tuple(key for key, _ in found.rows),
        changes=changes,
        frame=_frame(found.rows),
        similar=found.similar,
    )


def _frame(rows: Sequence[Row]) -> pd.DataFrame:
    # "string" and not "str": rows are added to it, and pandas warns where a "str" column is empty all through.
    return pd.DataFrame(
        {
            NUMBER: pd.array([key if key > 0 else None for key, _ in rows], dtype="Int64"),
            "question": pd.array([entry.question for _, entry in rows], dtype="string"),
            "answer": pd.array([entry.answer for _, entry in rows], dtype="string"),
            "alternates": pd.array([as_lines(entry.alternates, bullets=True) for _, entry in rows], dtype="string"),
            "tags": pd.array([as_lines(entry.tags, bullets=True) for _, entry in rows], dtype="string"),
            "enabled": pd.array([entry.enabled for _, entry in rows], dtype="boolean"),
        }
    )


def absorbed(table: Shown, entries: Mapping[int, Entry], delta: Mapping[str, Any] | None) -> Changes:
    """The changes of the table and those the editor reports on top (``edited_rows``, ``added_rows``, ``deleted_rows``).

    Anything but the fields of an entry, and any position that the table does not have, is ignored.
    """
    if not delta:
        return table.changes
    edited = {entry_id: dict(fields) for entry_id, fields in table.changes.edited.items()}
    added: list[dict[str, Any] | None] = [dict(fields) for fields in table.changes.added]
    deleted = set(table.changes.deleted)
    for position, cells in delta.get("edited_rows", {}).items():
        key = _key(table, entries, position)
        fields = _fields(cells)
        if key is None or not fields:
            continue
        if key < 0:
            added[-1 - key] = {**(added[-1 - key] or {}), **fields}
        else:
            fields = {**edited.get(key, {}), **fields}
            edited[key] = {name: fields[name] for name in changed_fields(entries[key], fields)}
    for position in delta.get("deleted_rows", ()):
        key = _key(table, entries, position)
        if key is not None and key < 0:
            added[-1 - key] = None
        elif key is not None:
            deleted.add(key)
            edited.pop(key, None)
    new = [_fields(cells) for cells in delta.get("added_rows", ())]
    return Changes(
        edited={entry_id: fields for entry_id, fields in edited.items() if fields},
        added=tuple(fields for fields in [*added, *new] if fields is not None and holds_text(fields)),
        deleted=frozenset(deleted),
    )


def _key(table: Shown, entries: Mapping[int, Entry], position: int | str) -> int | None:
    """What the row at a position is; None where there is none, or its entry is no more since it was drawn."""
    index = int(position)
    key = table.keys[index] if 0 <= index < len(table.keys) else None
    return key if key is None or key < 0 or key in entries else None


def _fields(cells: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of these cells as they were typed; lists from their lines."""
    texts = {name: whole(value) if isinstance(value, str) else value for name, value in cells.items()}
    return {
        name: from_lines(value) if name in ("alternates", "tags") else value
        for name, value in texts.items()
        if name in FIELD_NAMES
    }
