"""Files of Rasa: the examples of its intents (``nlu.yml``), its responses (``domain.yml``), and which answers which.

Sources: https://rasa.com/docs/rasa/nlu-training-data/, https://rasa.com/docs/rasa/domain/,
https://rasa.com/docs/rasa/rules/
"""

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

KEY = "nlu"
"""The list that a table of such examples was read from."""
RESPONSES = "responses"
"""The list of what a bot says: the columns ``response`` (its name) and ``text``."""
RULES = "rules"
"""The list of which response follows which intent: the columns ``intent`` and ``action``."""
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
                items.append({"text": without_marks(text), "intent": group["intent"]})
                lines.append(line)
    others = sum(not _is_intent(group) for group in groups)
    left_out = f"Synonyms, look-up tables and patterns are no questions, and are left out ({others:,})."
    if 0 in lines:
        lines = []  # then the examples are counted
    return RasaExamples(items, lines, (left_out,) if others else ())


def parts(tree: object) -> dict[str, RasaExamples]:
    """Everything of Rasa in a file: its examples, responses and rules, by ``KEY``, ``RESPONSES`` and ``RULES``."""
    found = {KEY: examples(tree), RESPONSES: responses(tree), RULES: _rules(tree)}
    return {key: part for key, part in found.items() if part is not None}


def responses(tree: object) -> RasaExamples | None:
    """The first text of each response of a domain; None when there are none.

    Rasa picks one of several variations by chance; a fixed answer is one, so the others are left out.
    """
    named = tree.get(RESPONSES) if isinstance(tree, dict) else None
    if not isinstance(named, dict):
        return None
    items, more = [], 0
    for name, given in named.items():
        texts = (
            [one["text"] for one in given if isinstance(one, dict) and isinstance(one.get("text"), str)]
            if (isinstance(given, list))
            else []
        )
        if texts:
            items.append({"response": name, "text": texts[0]})
            more += len(texts) > 1
    note = f"Of responses with several variations the first is taken ({more:,})."
    return RasaExamples(items, [], (note,) if more else ()) if items else None


def _rules(tree: object) -> RasaExamples | None:
    """Which action follows an intent at once, by the rules and stories of a file."""
    items = []
    for kind in (RULES, "stories"):
        paths = tree.get(kind) if isinstance(tree, dict) else None
        for path in paths if isinstance(paths, list) else []:
            steps = path.get("steps") if isinstance(path, dict) else None
            known = [step for step in steps if isinstance(step, dict)] if isinstance(steps, list) else []
            for one, following in itertools.pairwise(known):
                intent, action = one.get("intent"), following.get("action")
                if isinstance(intent, str) and isinstance(action, str):
                    items.append({"intent": intent, "action": action})
    return RasaExamples(items, [], ()) if items else None


def without_marks(text: str) -> str:
    """An example without the marks of its entities: "to [Oslo](city)" is "to Oslo"."""
    return _ENTITY.sub(r"\1", text)


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
