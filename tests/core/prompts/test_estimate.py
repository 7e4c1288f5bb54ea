import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.estimate import byte_size, estimated_tokens, tokens_of_bytes


@pytest.mark.parametrize(
    ("text", "tokens"),
    [("", 0), ("a", 1), ("What are your hours?", 5), ("营业时间", 3), ("größe", 2), ("\ud800", 1)],
)
def test_about_four_bytes_are_a_token(text: str, tokens: int) -> None:
    assert estimated_tokens(text) == tokens


@given(st.text(), st.text())
def test_a_longer_text_never_has_fewer_tokens(text: str, more: str) -> None:
    assert estimated_tokens(text) <= estimated_tokens(text + more) <= estimated_tokens(text) + estimated_tokens(more)


@given(st.text(), st.text())
def test_sizes_of_parts_add_up_to_the_whole(text: str, more: str) -> None:
    assert tokens_of_bytes(byte_size(text) + byte_size(more)) == estimated_tokens(text + more)
