"""QnA Maker and Azure's custom question answering: one row a phrasing, those of one answer with the same ``QnaId``.

Source: https://learn.microsoft.com/azure/ai-services/qnamaker/reference-document-format-guidelines
"""

import json
import re
from collections.abc import Iterable, Sequence

import pandas as pd

from core.files.table import Table, heading_key
from core.questions.changes import one_line
from core.questions.entry import Entry
from core.transfer.formats.rows import FileRow, Phrasing, grouped, items_of, rows_of
from core.transfer.item import Items

COLUMNS = ("Question", "Answer", "Source", "Metadata", "SuggestedQuestions", "IsContextOnly", "Prompts", "QnaId")
"""The columns of an export; older ones have the first four."""
_KEYS = {heading_key(column) for column in COLUMNS}
_PLAIN_TAG = "tag"
_EMPTY = ("", "[]")


def fits(table: Table) -> bool:
    """Whether a table has these columns, and one of those that no other tool has."""
    keys = {heading_key(column) for column in table.columns}
    if not keys >= {"question", "answer"}:
        return False
    return not keys.isdisjoint({"qnaid", "iscontextonly", "suggestedquestions"}) or {"source", "metadata"} <= keys


def read(tables: Sequence[Table]) -> Items:
    """The items of an export; metadata become tags, follow-up prompts are left out."""
    rows = list(rows_of(tables))
    followed = sum(row.text("prompts").strip() not in _EMPTY for row in rows)
    notes = ["Metadata are read as tags."] if any(_tags(row.text("metadata")) for row in rows) else []
    if followed:
        notes.append(f"Follow-up prompts are left out ({followed:,} rows have some).")
    return items_of(grouped([_phrasing(row) for row in rows], what="QnaId"), tables, notes)


def _phrasing(row: FileRow) -> Phrasing:
    number, answer = row.text("qnaid").strip(), _unfolded(row.text("answer"))
    return Phrasing(
        belongs=number or answer,
        text=_unfolded(row.text("question")),
        answer=answer,
        tags=_tags(row.text("metadata")) if "metadata" in row.cells else None,
        number=int(number) if re.fullmatch(r"\d{1,9}", number) else None,
        source=row.source,
    )


def frame(entries: Iterable[Entry]) -> pd.DataFrame:
    """The entries as rows of an import."""
    return pd.DataFrame(
        [
            (text, entry.answer, "Editorial", _metadata(entry.tags), "[]", "False", "[]", str(entry.id))
            for entry in entries
            for text in entry.phrasings
        ],
        columns=list(COLUMNS),
    )


def folded(text: str) -> str:
    r"""A text on one line, as cells of its TSV have it: ``\n`` for a line break, spaces for a tab."""
    return "\\n".join(re.split("\r\n|\r|\n", text.replace("\t", "    ")))


def _unfolded(text: str) -> str:
    return text.replace("\\n", "\n")


def tags_held(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags as they come back: a bar would begin another one."""
    return tuple(dict.fromkeys(one_line(tag.replace("|", "/")) for tag in tags))


def _metadata(tags: Iterable[str]) -> str:
    return "|".join(tag if ":" in tag and not tag.startswith(":") else f"{_PLAIN_TAG}:{tag}" for tag in tags_held(tags))


def _tags(cell: str) -> tuple[str, ...]:
    pairs = _listed(cell)
    if pairs is None:
        pairs = [one_line(part) for part in cell.split("|")]
    return tuple(dict.fromkeys(one_line(pair.removeprefix(f"{_PLAIN_TAG}:")) for pair in pairs if pair.strip(": ")))


def _listed(cell: str) -> list[str] | None:
    """Metadata as newer exports write them: a list of objects with a name and a value."""
    try:
        found = json.loads(cell) if cell.startswith("[") else None
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        return None
    return [f"{one.get('name', one.get('Key', ''))}:{one.get('value', one.get('Value', ''))}" for one in found]


def held_text(text: str) -> str:
    """A text as it comes back from such a file."""
    return _unfolded(folded(text))


def held_phrasing(text: str) -> str:
    """A question as it comes back from such a file."""
    return one_line(held_text(text))
