"""What samples for chat models share: a question that may be a list of messages, and one or several right replies."""

import json
from dataclasses import replace
from typing import Any

from core.evaluation.columns import ExpectedKind, recognise
from core.evaluation.formats.recognised import Recognised, rewritten
from core.evaluation.several import joined, json_texts
from core.files.table import Table

ALSO_ACCEPT = "also_accept"
_NO_MESSAGE = "There is no message of a user in it."


def chat_samples(table: Table, *, words: str, question: str, expected: str) -> Recognised:
    """The table with the last message of the user as the question.

    The first of several replies is what is expected, the others are accepted too. Rows of messages without one of a
    user cannot be used.
    """
    columns = {column: table.column(column) for column in table.columns}
    problems: dict[int, str] = {}
    longer = 0
    for place, cell in enumerate(columns[question]):
        messages = _messages(cell)
        if messages is None:
            continue
        said = [text for message in messages if (text := _of_user(message))]
        if not said:
            problems[place] = _NO_MESSAGE
        else:
            columns[question][place] = said[-1]
            longer += len(said) > 1
    replies = [_replies(cell) for cell in columns[expected]]
    columns[expected] = [found[0] if found else "" for found in replies]
    if ALSO_ACCEPT not in columns and any(len(found) > 1 for found in replies):
        columns[ALSO_ACCEPT] = [joined(found[1:]) for found in replies]
    remark = f"{longer:,} rows are conversations: only the last message of the user is asked."
    understood = rewritten(table, columns, problems)
    return Recognised(
        words=words,
        table=understood,
        mapping=replace(recognise(understood), question=question, expected=expected, expected_kind=ExpectedKind.AUTO),
        remarks=(remark,) if longer else (),
    )


def _messages(cell: str) -> list[dict[str, Any]] | None:
    """The messages of a chat; None when the cell is a text of its own."""
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not all(isinstance(one, dict) and "content" in one for one in found):
        return None
    return found


def _of_user(message: dict[str, Any]) -> str:
    """What the user says in a message, whose content may come in parts; empty for messages of others."""
    content = message["content"]
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        content = "\n".join(part for part in parts if isinstance(part, str))
    return content.strip() if message.get("role", "user") == "user" and isinstance(content, str) else ""


def _replies(cell: str) -> list[str]:
    listed = json_texts(cell)
    return [text for text in (listed if listed is not None else [cell]) if text.strip()]
