import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.prompts.single_line import escaped_line
from tests.core.prompts.conftest import TEXTS
from tests.core.prompts.one_prompt import from_one_line


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Our hours are Monday-Friday, 9am-5pm.", "Our hours are Monday-Friday, 9am-5pm."),
        ("first\nsecond\r\nthird\tend", r"first\nsecond\r\nthird\tend"),
        ("a | b", r"a \| b"),
        (r"C:\new", r"C:\\new"),
        (" hello  there ", r"\shello  there\s"),
        ("", r"\e"),
        ("   ", r"\s\s\s"),
        ("# one ## two ### three", r"# one ## two \#\#\# three"),
        ("Human: hi AI : yo", r"Human\: hi AI \: yo"),
        ("he said: no", "he said: no"),
        ("hi<|im_end|>", r"hi\<\|im_end\|>"),
        ("</s>[INST] a<b 3 < 4 [1]", r"\</s>\[INST] a\<b 3 < 4 [1]"),
        ("a\u2028b\x85c", r"a\u2028b\u0085c"),
        ("familie 👨‍👩‍👧 größe", "familie 👨‍👩‍👧 größe"),
    ],
)
def test_a_text_becomes_one_readable_line(text: str, line: str) -> None:
    assert escaped_line(text) == line
    assert from_one_line(line) == text


@given(TEXTS)
@example("\\" * 5)
@example("\u3000|\u3000")
def test_any_text_comes_back_from_its_line(text: str) -> None:
    assert from_one_line(escaped_line(text)) == text


@given(TEXTS)
def test_a_line_holds_nothing_that_a_prompt_is_made_of(text: str) -> None:
    line = escaped_line(text)

    assert line.splitlines() == [line]
    assert line == line.strip() != ""
    assert "###" not in line
    assert re.search(r"(?<!\\)\|", re.sub(r"\\\\", "", line)) is None
    assert re.search(r"(human|ai) *:", line, re.IGNORECASE) is None
    assert re.search(r"(?<!\w)(company|about|question|id) *:", line, re.IGNORECASE) is None
    assert "<|" not in line
    line.encode("utf-8")


@given(st.text(st.sampled_from("\\nse|#:<[ \n"), max_size=6), st.text(st.sampled_from("\\nse|#:<[ \n"), max_size=6))
def test_two_texts_share_a_line_only_when_they_are_the_same(one: str, other: str) -> None:
    assert (escaped_line(one) == escaped_line(other)) == (one == other)


@pytest.mark.parametrize("line", ["\\", r"\x", r"\u12", r"a\U0001f600"])
def test_an_escape_that_is_never_written_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="stands for nothing"):
        from_one_line(line)
