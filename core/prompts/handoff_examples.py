"""Which examples show a model that a person has to take over."""

from collections.abc import Iterable, Sequence

from core.questions.entry import Entry
from core.questions.text import same_question_key

STANDARD_NEGATIVES = ("help me", "I am so angry right now")
"""What no table of answers can settle, whatever the company."""


def negative_examples(entries: Iterable[Entry], own: Sequence[str]) -> tuple[str, ...]:
    """The standard examples and an org's ``own``, each once.

    Blank ones are left out, and so are those that the table answers (same_question_key): an example must not
    contradict the table.
    """
    taken = {same_question_key(phrasing) for entry in entries for phrasing in entry.phrasings} | {""}
    found = []
    for example in (*STANDARD_NEGATIVES, *own):
        key = same_question_key(example)
        if key not in taken:
            taken.add(key)
            found.append(example)
    return tuple(found)
