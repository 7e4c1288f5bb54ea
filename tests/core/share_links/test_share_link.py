from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.share_links.share_link import (
    QUESTIONS_AN_HOUR,
    NewLink,
    ShareLink,
    TooManyQuestions,
    looks_like_token,
    new_token,
    token_hash,
)

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
LINK = ShareLink(
    org_id="org",
    link_id="link",
    org_name="Acme",
    name="Fair",
    author_id="1",
    author="Olivia",
    at=NOON,
    ends_at=NOON + timedelta(days=7),
)


def test_tokens_have_at_least_128_random_bits_and_never_repeat() -> None:
    tokens = {new_token() for _ in range(100)}

    assert len(tokens) == 100
    assert all(len(token) * 6 >= 128 and looks_like_token(token) for token in tokens)


def test_a_token_stands_in_no_representation_and_cannot_be_read_from_what_is_kept() -> None:
    token = new_token()

    assert token not in repr(NewLink(link=LINK, token=token))
    assert token not in token_hash(token)
    assert len(token_hash(token)) == 64


@pytest.mark.parametrize(
    "text", ["", "x" * 31, "x" * 33, "x" * 31 + "é", "x" * 31 + "\n", "x" * 1_000_000, "x" * 30 + "%2"]
)
def test_what_has_not_the_form_of_a_token_is_none(text: str) -> None:
    assert not looks_like_token(text)


def test_a_link_works_until_it_ends_or_is_revoked() -> None:
    assert LINK.works(NOON)
    assert LINK.works(NOON + timedelta(days=7, microseconds=-1))
    assert not LINK.works(NOON + timedelta(days=7))
    assert not replace(LINK, revoked_at=NOON).works(NOON)


def test_an_hour_has_room_for_so_many_questions_and_says_when_the_next_one_begins() -> None:
    link = LINK
    for _ in range(QUESTIONS_AN_HOUR):
        link = link.asked_once_more(NOON)
    with pytest.raises(TooManyQuestions, match=r"^Too many messages just now; try again in 20 minutes\.$"):
        link.asked_once_more(NOON + timedelta(minutes=40, seconds=20))
    with pytest.raises(TooManyQuestions, match=r"try again in 1 minute\."):
        link.asked_once_more(NOON + timedelta(minutes=59, seconds=59))
    later = link.asked_once_more(NOON + timedelta(hours=1))

    assert (later.asked, later.asked_in_hour) == (QUESTIONS_AN_HOUR + 1, 1)
