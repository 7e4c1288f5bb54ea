"""Small talk: messages of a closed short list that are no question, each kind with a fixed reply of its own."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import product
from types import MappingProxyType

from core.questions.entry import Entry


class SmallTalk(StrEnum):
    """What a message can be that is no question; the values are kept, and must not change."""

    GREETING = "greeting"
    THANKS = "thanks"
    PERSON = "person"
    """The visitor wants to talk to a person."""


def folded(text: str) -> str:
    """The text without case, punctuation, symbols and repeated blanks.

    >>> folded("  Thank   you!! 🙂")
    'thank you'
    """
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join("".join(c for c in plain if unicodedata.category(c)[0] not in "PSMC" or c.isspace()).split())


def kind_of(message: str, entries: Iterable[Entry]) -> SmallTalk | None:
    """The kind of small talk that a message is, None for any other; a phrasing of the table is a question of it."""
    text = folded(message)
    kind = PHRASINGS.get(text)
    if kind is None or any(folded(phrasing) == text for entry in entries for phrasing in entry.phrasings):
        return None
    return kind


def _of(kind: SmallTalk, *phrasings: str) -> dict[str, SmallTalk]:
    return dict.fromkeys(phrasings, kind)


_BEFORE = (
    *("", "i want to ", "i would like to ", "id like to ", "i need to ", "i wanna "),
    *("can i ", "could i ", "may i ", "let me ", "please let me ", "please "),
)
_WHOM = (
    *("a human", "a person", "a real person", "a human being", "human", "someone", "somebody", "an agent"),
    *("a live agent", "agent", "a representative", "an operator", "a member of staff", "your team"),
)
_VERBS = ("talk to ", "talk with ", "speak to ", "speak with ", "chat with ", "chat to ")
_PASSED_ON = ("connect me to ", "connect me with ", "transfer me to ")


def _for_a_person() -> Iterator[str]:
    """Such as "can i talk to a human please"."""
    yield from map("".join, product(_BEFORE, _VERBS, _WHOM, ("", " please")))
    yield from map("".join, product(("", "please "), _PASSED_ON, _WHOM))


PHRASINGS: Mapping[str, SmallTalk] = MappingProxyType(
    _of(SmallTalk.PERSON, *_for_a_person())
    | _of(SmallTalk.PERSON, "human", "human please", "agent", "agent please", "live agent", "real person", "operator")
    | _of(SmallTalk.GREETING, "hi", "hello", "hey", "hi there", "hello there", "hey there", "hi all", "hiya", "howdy")
    | _of(SmallTalk.GREETING, "good morning", "good afternoon", "good evening", "good day", "greetings", "morning")
    | _of(SmallTalk.THANKS, "thanks", "thank you", "thanks a lot", "thank you very much", "thank you so much", "thx")
    | _of(SmallTalk.THANKS, "many thanks", "thanks so much", "thanks very much", "ty", "cheers", "much appreciated")
    | _of(SmallTalk.THANKS, "ok thanks", "okay thanks", "great thanks", "perfect thanks", "ok thank you", "thanks bye")
    | _of(SmallTalk.THANKS, "great thank you", "perfect thank you", "okay thank you", "thanks for your help")
    | _of(SmallTalk.THANKS, "thank you for your help", "thanks for the help", "thank you bye")
)
"""Every message that is small talk, folded."""
