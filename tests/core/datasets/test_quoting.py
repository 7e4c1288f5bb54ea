import pytest

from core.datasets.quoting import quoted


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("hours?", "“hours?”"),
        ("a\n b\tc", "“a b c”"),
        ("a\x07b\u202ec", "“a�b�c”"),
        ("x" * 20, "“xxxxxxxxxxxxxxxxxxxx”"),
        ("x" * 21, "“xxxxxxxxxxxxxxxxxxx…”"),
        (" " * 200 + "x", "“…”"),
    ],
)
def test_a_text_is_quoted_short_and_on_one_line(text: str, words: str) -> None:
    assert quoted(text, 20) == words
