"""Training data for chat models: whole conversations, whose last question and reply make a test question."""

from dataclasses import replace

from core.datasets.columns import ExpectedKind, recognise
from core.datasets.formats.chats import ASSISTANTS, NO_MESSAGE, USERS, is_chats, messages_of, said_by
from core.datasets.formats.recognised import RecognisedFile, rewritten
from core.files.table import Table

_COLUMNS = ("messages", "conversations", "conversation", "chat", "dialog", "dialogue")
_QUESTION, _EXPECTED = "last question", "last reply"


def read(table: Table) -> RecognisedFile | None:
    """The table if a column of it holds conversations: the last message of the user, and the reply that follows it.

    Source: https://platform.openai.com/docs/guides/supervised-fine-tuning
    """
    by_name = {column.rpartition(".")[2].casefold(): column for column in reversed(table.columns)}
    column = next((by_name[name] for name in _COLUMNS if name in by_name), None)
    if column is None or not is_chats(table.column(column)):
        return None
    questions, replies, problems, longer = [], [], {}, 0
    for place, cell in enumerate(table.column(column)):
        messages = messages_of(cell) or []
        asked = list(said_by(messages, USERS))
        if not asked:
            problems[place] = NO_MESSAGE
        last = asked[-1] if asked else (0, "")
        answers = [text for at, text in said_by(messages, ASSISTANTS) if at > last[0]]
        questions.append(last[1])
        replies.append(answers[-1] if answers else "")
        longer += len(asked) > 1
    columns = {other: table.column(other) for other in table.columns if other != column}
    understood = rewritten(table, {_QUESTION: questions, _EXPECTED: replies, **columns}, problems)
    remark = f"{longer:,} rows are longer conversations: only the last message of the user is asked."
    return RecognisedFile(
        words="training data for a chat model",
        table=understood,
        mapping=replace(recognise(understood), question=_QUESTION, expected=_EXPECTED, expected_kind=ExpectedKind.AUTO),
        remarks=(remark,) if longer else (),
    )
