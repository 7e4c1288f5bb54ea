from hypothesis import given
from hypothesis import strategies as st

from core.questions.changes import one_line
from core.questions.lines import as_lines, from_lines

phrasings = st.lists(
    st.text(min_size=1).map(one_line).filter(lambda text: text and not text.startswith("•")), unique=True
)


@given(phrasings, st.booleans())
def test_what_is_written_one_a_line_is_read_again(texts: list[str], bullets: bool) -> None:
    assert from_lines(as_lines(texts, bullets=bullets)) == tuple(texts)


def test_commas_and_quotes_are_only_text() -> None:
    assert from_lines('Hi, are you "open", please?') == ('Hi, are you "open", please?',)


def test_a_line_that_the_clipboard_broke_is_one_and_a_real_line_break_is_one_too() -> None:
    assert from_lines("a long way to ask whether\r\n  you are open\r\n\r\nare you open") == (
        "a long way to ask whether you are open",
        "are you open",
    )


def test_an_emptied_cell_holds_nothing() -> None:
    assert from_lines(None) == from_lines(" \n• \n") == ()


def test_only_several_texts_are_marked_with_bullets() -> None:
    assert as_lines(["a"], bullets=True) == "a"
    assert as_lines(["a", "b"], bullets=True) == "• a\n• b"
