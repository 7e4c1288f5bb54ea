"""Which entry of a table an item tells of, and which rows of a file are one entry."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property

from core.questions.entry import Entry
from core.questions.text import same_question_key
from core.transfer.item import Item
from core.transfer.options import MatchBy


class Matcher:
    """Finds entries by number or by question. Made once for a table."""

    def __init__(self, entries: Sequence[Entry], by: MatchBy, items: Sequence[Item] = ()) -> None:
        self._by_id = {entry.id: entry for entry in entries}
        self.by = self._likely(items) if by is MatchBy.AUTO else by

    @cached_property
    def _by_key(self) -> dict[str, list[Entry]]:
        """The entries that are asked so; made when the first is looked for, since it costs the most."""
        found: dict[str, list[Entry]] = defaultdict(list)
        for entry in self._by_id.values():
            for key in dict.fromkeys(map(same_question_key, entry.phrasings)):
                found[key].append(entry)
        return found

    def find(self, item: Item, taken: Iterable[int] = ()) -> Entry | None:
        """The entry that an item tells of; of several that are asked so one that is on when the item is.

        An item that lists all phrasings is found by its question: that one of the others is asked elsewhere is a
        mistake to tell. Entries in ``taken`` are found only when there is no other.
        """
        if item.number is not None and self.is_named(item):
            return self._by_id[item.number]
        for text in (item.question,) if item.all_phrasings else item.phrasings:
            if found := self._by_key.get(same_question_key(text)):
                return min(found, key=lambda entry: (entry.id in taken, entry.enabled != item.is_on, entry.id))
        return None

    def is_named(self, item: Item) -> bool:
        """Whether its entry is the one of its number, whatever that is asked."""
        return self.by is MatchBy.NUMBER and item.number in self._by_id

    def sureness(self, item: Item) -> int:
        """The surer a match, the smaller: by the number, by the main question, by another phrasing."""
        if self.is_named(item):
            return 0
        key = same_question_key(item.question)
        return 1 if any(same_question_key(entry.question) == key for entry in self._by_key.get(key, ())) else 2

    def _likely(self, items: Sequence[Item]) -> MatchBy:
        """By number when half of the numbers that are known here stand for the same question or answer."""
        known = [(item, self._by_id[item.number]) for item in items if item.number in self._by_id]
        same = sum(
            item.fields.get("answer") == entry.answer
            or same_question_key(item.question) in map(same_question_key, entry.phrasings)
            for item, entry in known
        )
        return MatchBy.NUMBER if known and 2 * same >= len(known) else MatchBy.QUESTION


def joined(items: Sequence[Item], matcher: Matcher, *, by_answer: bool) -> list[Item]:
    """The items, where those of one entry with the same answer are one with several phrasings.

    With ``by_answer`` one of no entry goes with the first of its answer, too. Items of different entries stay apart,
    and so do those without an answer, or of which one is off.
    """
    owners = [entry.id if (entry := matcher.find(item)) else None for item in items]
    answers = [(str(item.fields.get("answer", "")), item.is_on) for item in items]
    groups: dict[object, list[int]] = {}
    first: dict[tuple[str, bool], object] = {}
    for place, owner in enumerate(owners):
        if owner is not None:
            first.setdefault(answers[place], (answers[place], owner))
            groups.setdefault((answers[place], owner), []).append(place)
    for place, owner in enumerate(owners):
        if owner is None:
            answer = answers[place]
            key = first.setdefault(answer, answer) if by_answer and answer[0].strip() else place
            groups.setdefault(key, []).append(place)
    return [_one([items[place] for place in places]) for places in sorted(map(sorted, groups.values()))]


def _one(items: Sequence[Item]) -> Item:
    if len(items) == 1:
        return items[0]
    first = items[0]
    others = [text for text in dict.fromkeys(text for item in items for text in item.phrasings) if text]
    sources = tuple(source for item in items for source in item.sources)
    tags = tuple(dict.fromkeys(tag for item in items for tag in item.fields.get("tags", ())))
    fields = {**first.fields, "alternates": tuple(text for text in others if text != first.question)}
    if "tags" in first.fields:
        fields["tags"] = tags
    return replace(first, fields=fields, sources=sources)
