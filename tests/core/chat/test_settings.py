"""What an owner may decide about the chat."""

from dataclasses import replace

import pytest

from core.chat.settings import LOGO_BYTES, ChatSettings, StoredReply, logo_of, require_usable
from core.chat.small_talk import SmallTalk
from core.errors import InvalidInput

PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


def test_settings_are_kept_as_they_are_and_those_of_earlier_have_defaults() -> None:
    replies = {kind: StoredReply(text=f"{kind}\n✓", is_on=kind is not SmallTalk.THANKS) for kind in SmallTalk}
    look = {"name": "Acme", "initials": "A", "logo": logo_of(PNG), "colour": "#ABCDEF", "greeting": "Hi"}
    settings = ChatSettings(**look, suggested=(3, 1, 2), replies=replies)

    assert ChatSettings.from_json(settings.as_json()) == settings
    assert ChatSettings.from_json({"greeting": "Hi", "later": 1}) == ChatSettings(greeting="Hi")


def test_the_defaults_can_be_used() -> None:
    require_usable(ChatSettings())


@pytest.mark.parametrize(
    ("wrong", "field", "words"),
    [
        ({"name": "x" * 61}, "Name", "60 is the limit"),
        ({"initials": "ABCD"}, "Initials", "3 is the limit"),
        ({"greeting": " "}, "Greeting", "is empty"),
        ({"greeting": "a\x00"}, "Greeting", "U+0000"),
        ({"colour": "red"}, "Colour", "six digits"),
        ({"colour": "#0b6b63;}"}, "Colour", "six digits"),
        ({"logo": "https://evil.example/x.png"}, "Logo", "PNG or JPEG"),
        ({"logo": "data:image/svg+xml;base64,AAAA"}, "Logo", "PNG or JPEG"),
        ({"logo": 'data:image/png;base64,AAAA" onerror="x'}, "Logo", "PNG or JPEG"),
        ({"suggested": (1, 2)}, "Suggested questions", "3 to 5"),
        ({"suggested": (1, 2, 2)}, "Suggested questions", "different"),
        ({"suggested": (1, 2, 3, 4, 5, 6)}, "Suggested questions", "3 to 5"),
    ],
)
def test_what_cannot_be_shown_is_refused_with_its_field(wrong: dict[str, object], field: str, words: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        require_usable(replace(ChatSettings(), **wrong))  # type: ignore[arg-type]

    (problem,) = refused.value.problems
    assert problem.field == field
    assert words in problem.reason


def test_a_reply_that_is_on_needs_its_words_unless_the_fallback_stands_for_it() -> None:
    empty = {kind: StoredReply(text=" ") for kind in SmallTalk}

    with pytest.raises(InvalidInput) as refused:
        require_usable(ChatSettings(replies=empty))

    assert [problem.field for problem in refused.value.problems] == ["“Hi”", "“Thanks”"]
    require_usable(ChatSettings(replies={kind: StoredReply(text="", is_on=False) for kind in SmallTalk}))


@pytest.mark.parametrize("picture", [b"<svg onload='x'>", b"", PNG + bytes(LOGO_BYTES)])
def test_a_logo_is_a_small_picture(picture: bytes) -> None:
    with pytest.raises(InvalidInput):
        logo_of(picture)
