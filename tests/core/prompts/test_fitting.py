from collections.abc import Collection, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.fitting import fitting
from core.prompts.sizes import Layout, entry_size
from core.questions.entry import Entry

HOURS = Entry(id=1, question="Hours?", answer="9 to 5.", alternates=("closing time", "open today", "until when"))
PARKING = Entry(id=2, question="Parking?", answer="Behind the shop.", alternates=("car", "garage"))
LONG = Entry(id=3, question="Returns?", answer="Within 30 days. " * 100)
TABLE = (HOURS, LONG, PARKING)


def backwards(entries: Sequence[Entry]) -> Mapping[int, Sequence[str]]:
    """The last alternate is the nearest phrasing, the question the farthest."""
    return {entry.id: entry.phrasings[::-1] for entry in entries}


def fit(entries: Sequence[Entry], room: int, layout: Layout = Layout.CHOOSING) -> tuple[Entry, ...]:
    return fitting(entries, room, layout, lambda _ids: backwards(entries))


def room_for(*entries: Entry, layout: Layout = Layout.CHOOSING) -> int:
    return sum(entry_size(entry).whole(layout) for entry in entries)


@pytest.mark.parametrize("layout", Layout)
def test_what_fits_is_left_as_it_is_and_nobody_is_asked_for_nearness(layout: Layout) -> None:
    def never(_ids: Collection[int]) -> Mapping[int, Sequence[str]]:
        raise AssertionError("not needed")

    assert fitting(TABLE, room_for(*TABLE, layout=layout), layout, never) == TABLE


def test_an_entry_that_does_not_fit_is_passed_over_for_the_next() -> None:
    assert [entry.id for entry in fit(TABLE, room_for(HOURS, PARKING))] == [1, 2]


def test_the_first_entry_is_kept_whole_even_when_it_alone_is_too_long() -> None:
    kept = fit((LONG, HOURS), 100)

    assert kept == (LONG,)


def test_of_the_alternates_the_nearest_of_each_entry_come_first() -> None:
    bare = [entry_size(entry).bare(Layout.CHOOSING) for entry in (HOURS, PARKING)]
    nearest = [entry_size(HOURS).alternate(2, Layout.CHOOSING), entry_size(PARKING).alternate(1, Layout.CHOOSING)]
    room = sum(bare) + sum(nearest)

    assert [entry.alternates for entry in fit((HOURS, PARKING), room - 1)] == [("until when",), ("car",)]
    assert [entry.alternates for entry in fit((HOURS, PARKING), room)] == [("until when",), ("garage",)]


def test_alternates_that_are_kept_stay_in_their_order() -> None:
    room = room_for(HOURS, PARKING) - 1

    kept = fit((HOURS, PARKING), room)

    assert [entry.alternates for entry in kept] == [("open today", "until when"), ("car", "garage")]


def test_the_nearest_alternate_of_the_first_entry_comes_before_another_entry() -> None:
    room = entry_size(HOURS).bare(Layout.CHOOSING) + entry_size(HOURS).alternate(2, Layout.CHOOSING)

    assert [(entry.id, entry.alternates) for entry in fit((HOURS, PARKING), room + 10)] == [(1, ("until when",))]


ROWS = st.lists(
    st.tuples(st.integers(1, 300), st.lists(st.text("ab \n|", max_size=12), max_size=5)), min_size=1, max_size=8
)


@given(ROWS, st.integers(0, 3_000), st.sampled_from(Layout))
def test_whatever_is_kept_fits_and_no_text_of_it_is_altered(
    rows: list[tuple[int, list[str]]], room: int, layout: Layout
) -> None:
    entries = [
        Entry(id=number, question="Q?", answer="a" * length, alternates=tuple(alternates))
        for number, (length, alternates) in enumerate(rows, 1)
    ]

    kept = fit(entries, room, layout)

    by_id = {entry.id: entry for entry in entries}
    assert kept[0].id == 1
    assert [entry.id for entry in kept] == sorted(entry.id for entry in kept)
    assert len(kept) == 1 or room_for(*kept, layout=layout) <= room
    for entry in kept:
        stored = by_id[entry.id]
        assert (entry.question, entry.answer, entry.tags) == (stored.question, stored.answer, stored.tags)
        left = iter(stored.alternates)
        assert all(text in left for text in entry.alternates), "in stored order"
