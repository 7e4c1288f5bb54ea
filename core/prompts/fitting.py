"""Chooses what of the nearest entries a prompt offers when they do not all fit into it."""

import itertools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.prompts.sizes import EntrySize, Layout, entry_size
from core.questions.entry import Entry

PhrasingsOf = Callable[[Collection[int]], Mapping[int, Sequence[str]]]
"""By the ids of entries, all phrasings of each, the nearest to the question first."""


def fitting(entries: Sequence[Entry], room: int, layout: Layout, phrasings_of: PhrasingsOf) -> tuple[Entry, ...]:
    """Those of the ``entries``, the nearest first, that fit into so many bytes, in the order given.

    An entry that does not fit even without alternates is passed over for the next; the first is kept in any case.
    Then alternates are added as far as they fit, the nearest of each entry before the second nearest of any: more
    entries hold the right one more often than more alternates tell it apart. Only the first entry has its nearest
    alternate before all, because that may be the very question. ``phrasings_of`` is asked only when not all fits.
    """
    sizes = [entry_size(entry) for entry in entries]
    if sum(each.whole(layout) for each in sizes) <= room:
        return tuple(entries)
    phrasings = phrasings_of([entry.id for entry in entries])
    space = _Space(room, layout)
    kept: list[_Part] = []
    for entry, size in zip(entries, sizes, strict=True):
        part = _Part(entry, size, _alternates(entry, phrasings[entry.id]))
        if space.take(size.bare(layout), whatever=not kept):
            kept.append(part)
            if len(kept) == 1 and phrasings[entry.id][0] in entry.alternates:
                space.add(part, part.nearest[0])
    for places in itertools.zip_longest(*(part.nearest for part in kept)):
        for part, place in zip(kept, places, strict=True):
            if place is not None:
                space.add(part, place)
    return tuple(part.cut for part in kept)


@dataclass(slots=True)
class _Part:
    """An entry with the alternates ``chosen`` so far, by their places; ``nearest`` has the places nearest first."""

    entry: Entry
    size: EntrySize
    nearest: list[int]
    chosen: set[int] = field(default_factory=set)

    @property
    def cut(self) -> Entry:
        return replace(self.entry, alternates=tuple(self.entry.alternates[place] for place in sorted(self.chosen)))


@dataclass(slots=True)
class _Space:
    """The bytes that are left."""

    left: int
    layout: Layout

    def take(self, size: int, *, whatever: bool = False) -> bool:
        fits = whatever or size <= self.left
        if fits:
            self.left -= size
        return fits

    def add(self, part: _Part, place: int) -> None:
        if place not in part.chosen and self.take(part.size.alternate(place, self.layout)):
            part.chosen.add(place)


def _alternates(entry: Entry, nearest: Sequence[str]) -> list[int]:
    """The places of the alternates, each text once, the nearest first."""
    places = {text: place for place, text in enumerate(entry.alternates)}
    return [places[text] for text in dict.fromkeys(nearest) if text in places]
