"""Questions that come as a chat: the messages of a user and of an assistant, as models are trained and tested on."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

USERS, ASSISTANTS = ("user", "human"), ("assistant", "gpt", "bot", "model")
NO_MESSAGE = "There is no message of a user in it."


def messages_of(cell: str) -> list[dict[str, Any]] | None:
    """The messages of a chat; None when the cell is a text of its own."""
    if not cell.startswith("["):
        return None
    try:
        found = json.loads(cell)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, list) or not found:
        return None
    if not all(isinstance(one, dict) and ("content" in one or "value" in one) for one in found):
        return None
    return found


def is_chats(cells: Sequence[str]) -> bool:
    """Whether the first cell that is not blank is a chat."""
    first = next((cell for cell in cells if cell.strip()), "")
    return messages_of(first) is not None


def said_by(messages: Sequence[dict[str, Any]], roles: Sequence[str]) -> Iterator[tuple[int, str]]:
    """The texts of the messages of these roles, with their places. A message without a role is a user's."""
    for place, message in enumerate(messages):
        content = message.get("content", message.get("value"))
        if isinstance(content, list):
            parts = [part.get("text") for part in content if isinstance(part, dict)]
            content = "\n".join(part for part in parts if isinstance(part, str))
        role = message.get("role", message.get("from", USERS[0]))
        if role in roles and isinstance(content, str) and content.strip():
            yield place, content.strip()
