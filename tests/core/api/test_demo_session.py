"""The cookie of the demo sign-in."""

from pathlib import Path

import pytest
from itsdangerous import URLSafeTimedSerializer

from core.api import demo_sign_in
from core.api.demo_sign_in import DemoSessions, demo_sessions
from core.identity.demo import MEMBER, OWNER

SESSIONS = DemoSessions(b"a" * 32)


def test_a_cookie_names_its_person() -> None:
    assert SESSIONS.user_id(SESSIONS.cookie_for(OWNER.user_id)) == OWNER.user_id


@pytest.mark.parametrize("cookie", [None, "", "x", OWNER.user_id, 7, b"x", "a.b.c"])
def test_what_was_not_signed_is_nobody(cookie: object) -> None:
    assert SESSIONS.user_id(cookie) is None


def test_a_cookie_of_another_installation_is_nobody() -> None:
    foreign = DemoSessions(b"b" * 32)

    assert SESSIONS.user_id(foreign.cookie_for(OWNER.user_id)) is None
    assert foreign.cookie_name != SESSIONS.cookie_name


def test_a_cookie_cannot_be_turned_into_another_persons() -> None:
    mine, _, signature = SESSIONS.cookie_for(MEMBER.user_id).partition(".")
    theirs = SESSIONS.cookie_for(OWNER.user_id).partition(".")[0]

    assert SESSIONS.user_id(f"{mine}.{signature}") == MEMBER.user_id
    assert SESSIONS.user_id(f"{theirs}.{signature}") is None


def test_every_changed_character_of_a_cookie_makes_it_nobodys() -> None:
    cookie = SESSIONS.cookie_for(OWNER.user_id)
    changed = [cookie[:i] + ("A" if cookie[i] != "A" else "B") + cookie[i + 1 :] for i in range(len(cookie))]

    assert {SESSIONS.user_id(text) for text in changed[:-1]} == {None}


def test_a_value_that_the_same_secret_signed_for_something_else_is_nobody() -> None:
    other_use = URLSafeTimedSerializer(b"a" * 32, salt="another use")

    assert SESSIONS.user_id(other_use.dumps([OWNER.user_id, "session"])) is None


def test_a_cookie_ends_after_its_lifetime(monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = SESSIONS.cookie_for(OWNER.user_id)
    monkeypatch.setattr(demo_sign_in, "LIFETIME_SECONDS", -1)

    assert SESSIONS.user_id(cookie) is None


def test_signing_out_ends_one_cookie_and_no_other() -> None:
    first, second = SESSIONS.cookie_for(OWNER.user_id), SESSIONS.cookie_for(OWNER.user_id)

    SESSIONS.sign_out(first)
    SESSIONS.sign_out("forged")

    assert SESSIONS.user_id(first) is None
    assert SESSIONS.user_id(second) == OWNER.user_id


def test_a_restart_keeps_people_signed_in(tmp_path: Path) -> None:
    cookie = demo_sessions(tmp_path).cookie_for(OWNER.user_id)
    demo_sessions.cache_clear()

    assert demo_sessions(tmp_path).user_id(cookie) == OWNER.user_id
