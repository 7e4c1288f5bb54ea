"""Rows of a file that say the same as an earlier one, or something else of the same question."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from core.questions.text import same_question_key
from core.transfer.item import Item

_SAME = "It says the same as {}."
_OTHER_ANSWER = "The question has another answer in {}. Keep one of the two rows."


@dataclass(frozen=True, slots=True)
class Repetition:
    """An item that is not used: it says the ``same`` as another, or contradicts one."""

    item: Item
    same: bool
    why: str


def without_duplicates(items: Sequence[Item]) -> tuple[list[Item], list[Repetition]]:
    """The items with a question of their own, and the others.

    Of equal ones the first stays; of those that differ none does, for nobody can know which is meant. Those that are
    off, or without a question, are not looked at: an entry that is off may be asked as another is.
    """
    groups: dict[str, list[Item]] = {}
    for item in items:
        key = same_question_key(item.question)
        if item.is_on and key:
            groups.setdefault(key, []).append(item)
    left_out: dict[int, Repetition] = {}
    for group in groups.values():
        if len(group) > 1:
            left_out |= {id(one.item): one for one in _left_out(group)}
    kept = [item for item in items if id(item) not in left_out]
    return kept, [left_out[id(item)] for item in items if id(item) in left_out]


def _left_out(group: Sequence[Item]) -> Iterable[Repetition]:
    first = group[0]
    if all(_says_the_same(first, item) for item in group[1:]):
        return [Repetition(item, True, _SAME.format(first.place)) for item in group[1:]]
    others = [next(other for other in group if other is not item) for item in group]
    return [
        Repetition(item, False, _OTHER_ANSWER.format(other.place)) for item, other in zip(group, others, strict=True)
    ]


def _says_the_same(first: Item, item: Item) -> bool:
    mine, others = {**first.fields}, {**item.fields}
    if mine.get("answer") != others.get("answer"):
        return False
    return set(map(same_question_key, item.phrasings)) <= set(map(same_question_key, first.phrasings))
