"""The prompt for servers that hold a model to a JSON schema or a grammar, and the schema and the grammar for it."""

from collections.abc import Callable, Sequence

from core.errors import InvalidInput, Problem
from core.prompts.chat_parts import choosing_prompts
from core.prompts.prompt import FALLBACK_CHOICE, ChatPrompt
from core.questions.entry import Published

MOST_IDS = 1_000
MANY_IDS = 250
MOST_CHARACTERS = 15_000
"""OpenAI's limits for an enum: its values, and, when they are more than MANY_IDS, their characters together."""

_REPLY = f'Reply with a JSON object that holds the id as a string, such as {{"id": "{FALLBACK_CHOICE}"}}.'


def structured_prompts(
    published: Published, *, company: str = "", negatives: Sequence[str] = (), description: str = ""
) -> Callable[[str], ChatPrompt]:
    """As ``chat_prompts``, for a reply of the form ``{"id": "17"}`` that ``answer_schema`` describes."""
    return choosing_prompts(published, company=company, negatives=negatives, description=description, reply=_REPLY)


def answer_schema(prompt: ChatPrompt) -> dict[str, object]:
    """The ``json_schema`` of a ``response_format``, strict: an object with an ``id`` out of those that were offered.

    Raises InvalidInput when the ids are more than servers take: 1,000, or 15,000 characters together when they are more
    than 250 (OpenAI's guide to structured outputs).
    """
    ids = list(prompt.choices)
    characters = sum(map(len, ids))
    if len(ids) > MOST_IDS or (len(ids) > MANY_IDS and characters > MOST_CHARACTERS):
        reason = (
            f"would offer the model {len(ids):,} ids of together {characters:,} characters. Servers take {MOST_IDS:,} "
            f"ids, and {MOST_CHARACTERS:,} characters when there are more than {MANY_IDS}. Offer fewer entries at once."
        )
        raise InvalidInput([Problem(row="The table", field="size", reason=reason)])
    schema = {
        "type": "object",
        "properties": {"id": {"type": "string", "enum": ids}},
        "required": ["id"],
        "additionalProperties": False,
    }
    return {"name": "choice", "strict": True, "schema": schema}


def gbnf(prompt: ChatPrompt) -> str:
    """The grammar for llama.cpp that allows one of the offered ids and nothing else: the reply to ``chat_prompts``.

    Ids are digits, which need no escape in a grammar.
    """
    return "root ::= " + " | ".join(f'"{choice}"' for choice in prompt.choices) + "\n"
