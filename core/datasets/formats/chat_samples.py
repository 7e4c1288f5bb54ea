"""What samples for chat models share: a question that may be a list of messages, and one or several right replies."""

from dataclasses import replace

from core.datasets.answer_lists import joined, json_texts
from core.datasets.columns import ExpectedKind, recognise
from core.datasets.formats.chats import NO_MESSAGE, USERS, messages_of, said_by
from core.datasets.formats.recognised import RecognisedFile, rewritten
from core.files.table import Table

ALSO_ACCEPT = "also_accept"


def chat_samples(table: Table, *, words: str, question: str, expected: str | None) -> RecognisedFile:
    """The table with the last message of the user as the question.

    The first of several replies is what is expected, the others are accepted too. Rows of messages without one of a
    user cannot be used.
    """
    columns = {column: table.column(column) for column in table.columns}
    problems: dict[int, str] = {}
    longer = 0
    for place, cell in enumerate(columns[question]):
        messages = messages_of(cell)
        if messages is None:
            continue
        said = [text for _, text in said_by(messages, USERS)]
        if not said:
            problems[place] = NO_MESSAGE
        else:
            columns[question][place] = said[-1]
            longer += len(said) > 1
    replies = [_replies(cell) for cell in columns[expected]] if expected else []
    if expected:
        columns[expected] = [found[0] if found else "" for found in replies]
    if ALSO_ACCEPT not in columns and any(len(found) > 1 for found in replies):
        columns[ALSO_ACCEPT] = [joined(found[1:]) for found in replies]
    remark = f"{longer:,} rows are conversations: only the last message of the user is asked."
    understood = rewritten(table, columns, problems)
    return RecognisedFile(
        words=words,
        table=understood,
        mapping=replace(recognise(understood), question=question, expected=expected, expected_kind=ExpectedKind.AUTO),
        remarks=(remark,) if longer else (),
    )


def _replies(cell: str) -> list[str]:
    listed = json_texts(cell)
    return [text for text in (listed if listed is not None else [cell]) if text.strip()]
