"""Errors and moments in words."""

import logging
from datetime import UTC, datetime

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from streamlit.testing.v1 import AppTest

from core.errors import AccessDenied, FrontlineError, InvalidInput, NotFound, Problem
from pages.shell import notices


def shown(error: Exception) -> AppTest:
    def script(error: Exception) -> None:
        from pages.shell import notices

        with notices.shown():
            raise error

    return AppTest.from_function(script, kwargs={"error": error}).run()


@pytest.mark.parametrize("error", [FrontlineError("Not now."), AccessDenied("Not you."), NotFound("Not here.")])
def test_an_error_shows_its_own_words_as_they_are(error: FrontlineError) -> None:
    tab = shown(error)

    assert [found.value for found in tab.error] == [str(error).replace(".", r"\.")]
    assert not tab.exception


def test_invalid_input_lists_its_problems_and_counts_the_rest() -> None:
    problems = [Problem(row=f"No. {i}", field="Answer", reason="is empty.") for i in range(25)]

    text = shown(InvalidInput(problems)).error[0].value

    assert r"- No\. 0\, Answer\: is empty\." in text
    assert text.count("\n- ") == notices.PROBLEMS_SHOWN + 1
    assert text.endswith("- and 5 more")


def test_an_error_that_nobody_foresaw_is_logged_by_the_number_that_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        tab = shown(KeyError("inner words"))

    text = tab.error[0].value
    assert "inner words" not in text
    assert f"Unexpected error {text.split('**')[1]}" in caplog.text
    assert "KeyError: 'inner words'" in caplog.text
    assert not tab.exception


@pytest.mark.parametrize("error", [FrontlineError("Not now."), RuntimeError("inner words")])
def test_an_error_of_a_callback_is_shown_in_place_of_streamlits_own_words(error: Exception) -> None:
    def script(error: Exception) -> None:
        import streamlit as st

        from pages.shell import notices

        st.text(str(notices.script_error(error)))

    tab = AppTest.from_function(script, kwargs={"error": error}).run()

    assert [text.value for text in tab.text] == ["True"]
    assert len(tab.error) == 1
    assert "inner words" not in tab.error[0].value


def test_the_scripts_own_control_flow_is_no_error() -> None:
    def script() -> None:
        import streamlit as st

        from pages.shell import notices

        with notices.shown():
            if "second" not in st.session_state:
                st.session_state["second"] = True
                st.rerun()
            st.text("second run")
            st.stop()
        st.text("never")

    tab = AppTest.from_function(script).run()

    assert [text.value for text in tab.text] == ["second run"]
    assert not tab.error


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("plain words", "plain words"),
        ("$5 and $6", r"\$5 and \$6"),
        ("[a](https://b.example)", r"\[a\]\(https\:\/\/b\.example\)"),
        ("<b>", r"\<b\>"),
        (":red[x]", r"\:red\[x\]"),
        ("two\nlines", "two  \nlines"),
    ],
)
def test_text_for_markdown_is_escaped(text: str, escaped: str) -> None:
    assert notices.plain(text) == escaped


@pytest.mark.parametrize("text", [":smile:", ":material/home:", "12:30:45:", "::::"])
def test_a_short_code_is_parted_so_that_it_stays_text(text: str) -> None:
    assert "\u200b" in notices.plain(text) or not any(c.isalnum() for c in text)


@given(some.text(max_size=50))
def test_nothing_but_backslashes_and_spaces_is_added(text: str) -> None:
    escaped = notices.plain(text)

    unescaped = escaped.replace("\u200b", "").replace("  \n", "\n")
    assert unescaped.replace("\\", "") == text.replace("\u200b", "").replace("  \n", "\n").replace("\\", "")


@pytest.mark.parametrize(
    ("zone", "words"),
    [
        ("Europe/Berlin", "3 Mar 2026, 15:05 CET"),
        ("America/New_York", "3 Mar 2026, 09:05 EST"),
        (None, "3 Mar 2026, 14:05 UTC"),
        ("", "3 Mar 2026, 14:05 UTC"),
        ("No/Where", "3 Mar 2026, 14:05 UTC"),
        ("../etc/passwd", "3 Mar 2026, 14:05 UTC"),
    ],
)
def test_a_moment_is_on_the_browsers_clock(zone: str | None, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(st.context), "timezone", property(lambda _: zone))

    assert notices.moment(datetime(2026, 3, 3, 14, 5, tzinfo=UTC)) == words
