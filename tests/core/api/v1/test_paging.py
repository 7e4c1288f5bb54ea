"""Cursors."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.api.v1.limits import LARGEST_NUMBER
from core.api.v1.paging import cursor_at, numbers
from core.errors import InvalidInput


@given(st.lists(st.integers(0, LARGEST_NUMBER), min_size=1, max_size=3))
def test_a_cursor_is_read_as_it_was_made(places: list[int]) -> None:
    assert numbers(cursor_at(*places), len(places)) == places


@given(st.text(max_size=50))
def test_any_other_text_is_refused_or_holds_sound_numbers(text: str) -> None:
    try:
        found = numbers(text, 2)
    except InvalidInput:
        found = [0, 0]

    assert len(found) == 2
    assert all(0 <= place <= LARGEST_NUMBER for place in found)


def test_a_number_that_no_database_holds_is_refused() -> None:
    with pytest.raises(InvalidInput):
        numbers(cursor_at(LARGEST_NUMBER + 1), 1)
