import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questions.text import control_character, same_question_key


@pytest.mark.parametrize(
    "other", ["what are your hours", "  What are  your hours? ", "WHAT ARE YOUR HOURS?!", "Ｗhat are your hours？"]
)
def test_case_width_spacing_and_closing_punctuation_do_not_make_another_question(other: str) -> None:
    assert same_question_key(other) == same_question_key("What are your hours?")


@pytest.mark.parametrize(("one", "other"), [("C", "C++"), ("Are you open?", "You are open"), ("v1.0", "v1.1")])
def test_different_words_stay_different(one: str, other: str) -> None:
    assert same_question_key(one) != same_question_key(other)


def test_a_question_of_punctuation_alone_keeps_a_key() -> None:
    assert same_question_key("???") == "???"


@given(st.text())
def test_the_key_of_a_key_is_the_key(text: str) -> None:
    key = same_question_key(text)

    assert same_question_key(key) == key


@pytest.mark.parametrize(("text", "name"), [("a\0b", "U+0000"), ("bell\x07", "U+0007"), ("\ud800", "U+D800")])
def test_a_character_that_cannot_be_stored_is_named(text: str, name: str) -> None:
    assert control_character(text) == name


def test_tabs_line_breaks_and_emoji_are_fine() -> None:
    assert control_character("a\tb\nc\r\n👩‍👩‍👧 é") is None
