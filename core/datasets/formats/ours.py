"""Tables of test questions as people and programs make them: whatever the headings say."""

from dataclasses import replace

from core.datasets.answer_lists import json_texts
from core.datasets.columns import ColumnMapping, ExpectedKind, recognise
from core.datasets.formats.chat_samples import chat_samples
from core.datasets.formats.chats import is_chats
from core.datasets.formats.recognised import RecognisedFile
from core.files.rasa import KEY as RASA
from core.files.table import NO_HEADINGS, Row, Table

_QNABOT_QUESTION, _QNABOT_ANSWER = "q", "a"


def read(table: Table) -> RecognisedFile:
    """The table with its columns recognised as far as their headings tell.

    A list of texts as the question is a row for each of them; of a chat the last message of the user is asked.
    """
    words = "training data of Rasa" if table.key == RASA else "a list of test questions"
    mapping = _mapping(table)
    if mapping.question is None:
        return RecognisedFile(words=words, table=table, mapping=mapping)
    if is_chats(table.column(mapping.question)):
        found = chat_samples(table, words=words, question=mapping.question, expected=mapping.expected)
        return replace(found, mapping=replace(found.mapping, expected_kind=mapping.expected_kind))
    several, remarks = _row_each(table, mapping.question)
    return RecognisedFile(words=words, table=several, mapping=mapping, remarks=remarks)


def _mapping(table: Table) -> ColumnMapping:
    found = recognise(table)
    if found.question is None and {_QNABOT_QUESTION, _QNABOT_ANSWER} <= set(table.columns):
        return replace(found, question=_QNABOT_QUESTION, expected=_QNABOT_ANSWER, expected_kind=ExpectedKind.ANSWER)
    if found.question is None and table.headings.line == NO_HEADINGS and len(table.columns) == 2:
        first, second = table.columns
        if len(set(table.column(second))) > len(set(table.column(first))):
            first, second = second, first  # few labels stand for many questions
        return replace(found, question=first, expected=second)
    return found


def _row_each(table: Table, question: str) -> tuple[Table, tuple[str, ...]]:
    """The table with a row for each question where a cell holds a list of them."""
    place = table.columns.index(question)
    rows: list[Row] = []
    for row in table.rows:
        texts = json_texts(row.cells[place])
        for text in [row.cells[place]] if texts is None else texts:
            rows.append(Row(row.line, (*row.cells[:place], text, *row.cells[place + 1 :])))
    if len(rows) == len(table.rows) and all(a.cells == b.cells for a, b in zip(rows, table.rows, strict=True)):
        return table, ()
    return replace(table, rows=tuple(rows)), ("Where several questions stand in a list, each is a row of its own.",)
