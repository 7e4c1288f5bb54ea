"""Turns a whole table, as the 2022 tutorial posts it, into the changes that make the stored one read so."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from core.questions.changes import Changes, one_line
from core.questions.entry import Entry
from core.questions.text import same_question_key

Row = tuple[str, str]
"""A question and its answer."""


def replacing(entries: Iterable[Entry], rows: Sequence[Row]) -> Changes:
    """The changes from ``entries`` to ``rows``.

    An entry that reads as a row is left alone; one that asks the same question gets the row's texts and keeps its
    number, other phrasings and tags; the other entries are deleted and the other rows added.
    """
    wanted = [(one_line(question), answer) for question, answer in rows]
    left = {entry.id: entry for entry in entries}
    same = _matched(wanted, range(len(wanted)), left, whole=True)
    for entry_id in same.values():
        del left[entry_id]
    others = [place for place in range(len(wanted)) if place not in same]
    edited = _matched(wanted, others, left, whole=False)
    return Changes(
        edited={
            entry_id: {"question": wanted[place][0], "answer": wanted[place][1]} for place, entry_id in edited.items()
        },
        added=tuple(
            {"question": wanted[place][0], "answer": wanted[place][1]} for place in others if place not in edited
        ),
        deleted=frozenset(left.keys() - set(edited.values())),
    )


def _matched(rows: Sequence[Row], places: Iterable[int], entries: dict[int, Entry], *, whole: bool) -> dict[int, int]:
    """For each place that has one, the entry with the same texts, or else the same question; each entry once."""
    waiting: dict[object, list[int]] = defaultdict(list)
    for entry in sorted(
        entries.values(), key=lambda entry: (entry.enabled, -entry.id)
    ):  # an enabled one is popped first
        key = (entry.question, entry.answer) if whole else same_question_key(entry.question)
        waiting[key].append(entry.id)
    found = {}
    for place in places:
        key = rows[place] if whole else same_question_key(rows[place][0])
        if waiting[key]:
            found[place] = waiting[key].pop()
    return found
