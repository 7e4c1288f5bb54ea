"""QnABot on AWS: a list of objects in JSON, or a workbook whose questions stand in columns with numbers.

Source: https://github.com/aws-solutions/qnabot-on-aws (docs/excel_import), import and export of the content designer.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from core.datasets.answer_lists import json_texts
from core.files.table import Table, heading_key
from core.questions.changes import one_line
from core.questions.entry import Entry
from core.transfer.formats.names import name_of, number_in
from core.transfer.formats.rows import FileRow, rows_of, unreadable
from core.transfer.item import Item, Items, Rejected

_NUMBERED = re.compile(r"(?:question|q)(\d{1,3})")
_ANSWERS = ("answer", "a")
_QUESTIONS = ("question", "questions", "q")
_TOPICS = re.compile(r"\s*;\s*")
_RICH = ("altmarkdown", "altssml", "markdown", "ssml", "rtitle", "cardtitle", "rimageurl", "imageurl")


def fits(table: Table) -> bool:
    """Whether a table has the ids of QnABot, or the short names of its JSON."""
    keys = {heading_key(column) for column in table.columns}
    has_question = any(name in keys for name in _QUESTIONS) or any(_NUMBERED.fullmatch(key) for key in keys)
    return "qid" in keys and has_question and any(name in keys for name in _ANSWERS)


def read(tables: Sequence[Table]) -> Items:
    """The items of an export or a workbook; the topic becomes a tag. What is no question with an answer is rejected."""
    items: list[Item] = []
    rejected: list[Rejected] = []
    rows = list(rows_of(tables))
    for row in rows:
        kind = row.text("type").strip().casefold()
        if kind not in ("", "qna"):
            rejected.append(Rejected(row.source, f"It is of the type “{kind[:40]}”, not a question with an answer."))
        else:
            items.append(_item(row))
    rich = sum(any(row.text(name).strip() not in ("", "{}") for name in _RICH) for row in rows)
    notes = (f"Only the plain answer is read, no Markdown, speech or cards ({rich:,} rows have some).",) if rich else ()
    return Items(items=tuple(items), rejected=(*unreadable(tables), *rejected), notes=notes)


def _item(row: FileRow) -> Item:
    texts = [text for text in map(one_line, _questions(row)) if text]
    fields: dict[str, Any] = {
        "question": texts[0] if texts else "",
        "answer": next((row.text(name) for name in _ANSWERS if row.text(name)), ""),
        "alternates": tuple(text for text in dict.fromkeys(texts[1:]) if text != texts[0]),
    }
    topic = next((name for name in ("t", "topic") if name in row.cells), None)
    if topic:
        fields["tags"] = tuple(tag for tag in map(one_line, _TOPICS.split(row.text(topic))) if tag)
    number = number_in(row.text("qid").strip())
    return Item(fields=fields, sources=(row.source,), number=number, all_phrasings=True)


def _questions(row: FileRow) -> list[str]:
    """Every question of a row, also those behind a gap in the numbers."""
    found = [text for name in _QUESTIONS if name in row.cells for text in _texts(row.text(name))]
    numbered = sorted((int(match[1]), key) for key in row.cells if (match := _NUMBERED.fullmatch(key)))
    return [*found, *(row.text(key) for _, key in numbered)]


def _texts(cell: str) -> list[str]:
    listed = json_texts(cell)
    return [cell] if listed is None else listed


def topics_held(tags: Iterable[str]) -> tuple[str, ...]:
    """The tags as they come back from one topic."""
    return tuple(dict.fromkeys(tag for tag in map(one_line, _TOPICS.split("; ".join(tags))) if tag))


def as_json(entries: Iterable[Entry]) -> bytes:
    """The entries in the shape of an export."""
    qna = [_object(entry) for entry in entries]
    return json.dumps({"qna": qna}, ensure_ascii=False, indent=1).encode("utf-8")


def _object(entry: Entry) -> Mapping[str, Any]:
    made: dict[str, Any] = {
        "qid": name_of(entry),
        "type": "qna",
        "q": list(entry.phrasings),
        "a": entry.answer,
        "t": "; ".join(entry.tags),
    }
    return made


def frame(entries: Sequence[Entry]) -> pd.DataFrame:
    """The entries as rows of its workbook."""
    width = max((len(entry.phrasings) for entry in entries), default=1)
    columns = ["qid", *(f"question{i}" for i in range(1, width + 1)), "answer", "topic"]
    rows = [
        (
            name_of(entry),
            *entry.phrasings,
            *[""] * (width - len(entry.phrasings)),
            entry.answer,
            "; ".join(entry.tags),
        )
        for entry in entries
    ]
    return pd.DataFrame(rows, columns=columns)
