import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.files.escaping import escape, needs_escape, unescape

TRICKY = st.text(alphabet="'=+-@\t\r\0＝＋－＠ab\n", max_size=12) | st.text(max_size=20)


@pytest.mark.parametrize("start", list("=+-@\t\r\0＝＋－＠"))
def test_what_starts_a_formula_gets_an_apostrophe(start: str) -> None:
    assert escape(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["", "'", "it's", "'quoted'", "a=b", " =1", "é"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert (escape(text), unescape(text)) == (text, text)


@given(text=TRICKY)
def test_unescape_undoes_escape(text: str) -> None:
    assert unescape(escape(text)) == text


@given(text=TRICKY)
def test_an_escaped_text_starts_no_formula(text: str) -> None:
    assert not escape(text).startswith(tuple("=+-@\t\r\0＝＋－＠"))


@given(one=TRICKY, other=TRICKY)
def test_two_texts_never_look_the_same_once_escaped(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


def test_an_apostrophe_before_a_formula_is_escaped_too() -> None:
    assert needs_escape("'=1")
    assert escape("'=1") == "''=1"
