"""Addresses in a text are found, and the text stays byte for byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.chat.links import parts


def addresses(text: str) -> list[str]:
    return [part.text for part in parts(text) if part.is_address]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("See https://shop.example/help.", ["https://shop.example/help"]),
        ("(http://shop.example/a_(b))", ["http://shop.example/a_(b)"]),
        ("HTTPS://SHOP.EXAMPLE, or http://b.example:8080/?q=1&r=2#x!", ["HTTPS://SHOP.EXAMPLE", "http://b.example:8080/?q=1&r=2#x"]),
        ("[here](https://shop.example/x)", ["https://shop.example/x"]),
        ('<a href="https://shop.example">', ["https://shop.example"]),
        ("https://münchen.example/grüße", ["https://münchen.example/grüße"]),
    ],
)  # fmt: skip
def test_addresses_of_http_and_https_are_found_without_what_ends_the_sentence(text: str, found: list[str]) -> None:
    assert addresses(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "javascript:alert(1)",
        "data:text/html,<script>alert(1)</script>",
        "ftp://shop.example mailto:a@b.example www.shop.example",
        "https://",
        "https://bank.example@evil.example/",
        "https://bank.example:secret@evil.example/",
        "https://evil.example\\@bank.example/",
        "https://shop.example/\u202egnp.exe",
        "https://shop.example:99999/",
        "https://[::1",
        "xhttps://shop.example",
    ],
)
def test_what_could_mislead_or_leads_nowhere_stays_text(text: str) -> None:
    assert addresses(text) == []


@given(st.text() | st.lists(st.sampled_from([*"()[].,<>\"' \n@:/", "https://", "a.example", "\x00"])).map("".join))
def test_the_parts_together_are_the_text(text: str) -> None:
    assert "".join(part.text for part in parts(text)) == text
