"""Training data of Rasa (``nlu.yml``): its examples, each with the intent it stands for.

Source: https://rasa.com/docs/rasa/nlu-training-data/
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

KEY = "nlu"
"""The list that a table of such examples was read from."""
_ENTITY = re.compile(r"\[([^\[\]]+)\](?:\([^()]*\)|\{[^{}]*\})")


@dataclass(frozen=True, slots=True)
class RasaExamples:
    """Each example as an object, with its line where all are known, and what was left out."""

    items: list[dict[str, str]]
    lines: list[int]
    notes: tuple[str, ...]


def examples(tree: object) -> RasaExamples | None:
    """The examples of the intents of a file; None when it is no training data of Rasa.

    Marks of entities are taken out of the texts: "to [Oslo](city)" is asked as "to Oslo". Synonyms, look-up tables and
    regular expressions are no questions.
    """
    groups = tree.get(KEY) if isinstance(tree, dict) else None
    if not isinstance(groups, list) or not any(_is_intent(group) for group in groups):
        return None
    items: list[dict[str, str]] = []
    lines: list[int] = []
    for group in groups:
        if _is_intent(group):
            for line, text in _texts(group["examples"]):
                items.append({"text": _ENTITY.sub(r"\1", text), "intent": group["intent"]})
                lines.append(line)
    others = sum(not _is_intent(group) for group in groups)
    left_out = f"Synonyms, look-up tables and patterns are no questions, and are left out ({others:,})."
    if 0 in lines:
        lines = []  # then the examples are counted
    return RasaExamples(items, lines, (left_out,) if others else ())


def _is_intent(group: object) -> bool:
    return isinstance(group, dict) and isinstance(group.get("intent"), str) and "examples" in group


def _texts(given: object) -> Sequence[tuple[int, str]]:
    """The texts of one intent, with their lines: a block with a dash before each, or a list of objects."""
    if isinstance(given, str):
        first = getattr(given, "line", None)
        stripped = [(first + i if first else 0, line.strip()) for i, line in enumerate(given.split("\n"))]
        return [(line, text[1:].strip()) for line, text in stripped if text.startswith("-") and text[1:].strip()]
    if isinstance(given, list):
        texts = [one.get("text") if isinstance(one, dict) else one for one in given]
        return [(0, " ".join(text.split())) for text in texts if isinstance(text, str) and text.strip()]
    return []
