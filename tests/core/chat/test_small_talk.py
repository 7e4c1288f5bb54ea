"""Only a message that is nothing but small talk gets its reply."""

import pytest

from core.chat.small_talk import PHRASINGS, SmallTalk, folded, kind_of
from core.questions.entry import Entry


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("hi", SmallTalk.GREETING),
        ("  HELLO there!! 👋", SmallTalk.GREETING),
        ("Thank\nyou.", SmallTalk.THANKS),
        ("ＴＨＸ", SmallTalk.THANKS),
        ("I'd like to talk to a human, please!", SmallTalk.PERSON),
        ("talk to a human", SmallTalk.PERSON),
        ("hi, where is my order?", None),
        ("thanks for nothing", None),
        ("human resources", None),
        ("👍", None),
        ("", None),
    ],
)
def test_a_message_is_small_talk_when_it_is_of_the_list(message: str, kind: SmallTalk | None) -> None:
    assert kind_of(message, ()) == kind


def test_a_phrasing_of_the_table_is_a_question_of_it() -> None:
    entry = Entry(id=1, question="How do I greet you?", answer="Like this", alternates=("Hello!",))

    assert kind_of("hello", [entry]) is None
    assert kind_of("hi", [entry]) is SmallTalk.GREETING


def test_the_list_is_folded_already() -> None:
    assert [phrasing for phrasing in PHRASINGS if folded(phrasing) != phrasing] == []
