"""What a browser tab remembers, and for whom."""

import pytest
import streamlit as st

from pages.shell import session


@pytest.fixture(autouse=True)
def state(monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """A session without a browser: what matters here is what stays in it."""
    kept: dict[str, object] = {}
    monkeypatch.setattr(st, "session_state", kept)
    return kept


def test_a_value_belongs_to_its_page_and_org() -> None:
    session.put("ask", "a", "draft", 1)

    assert session.get("ask", "a", "draft") == 1
    assert session.get("ask", "b", "draft") is None
    assert session.get("demo", "a", "draft") is None


def test_a_dropped_value_is_gone_and_dropping_nothing_is_no_error() -> None:
    session.put("ask", "a", "draft", 1)

    session.drop("ask", "a", "draft")
    session.drop("ask", "a", "draft")

    assert session.get("ask", "a", "draft") is None


def test_a_key_names_page_org_and_value() -> None:
    assert session.key("ask", "a", "draft.2") == "ask.a.draft.2"


def test_what_is_said_is_heard_once_and_in_order() -> None:
    session.say("first")
    session.say("second")

    assert session.heard() == ["first", "second"]
    assert session.heard() == []


def test_opening_an_org_drops_what_others_left_and_keeps_its_own_and_the_shells(state: dict[str, object]) -> None:
    session.say("hello")
    session.put("ask", "a", "draft", 1)
    session.put("ask", "b", "draft.with.dots", 2)
    state["org"] = "b"

    session.open_org("a")

    assert session.get("ask", "a", "draft") == 1
    assert session.get("ask", "b", "draft.with.dots") is None
    assert session.heard() == ["hello"]
    assert state["org"] == "b"
    assert session.last_org() == "a"


def test_another_person_finds_nothing_of_the_one_before(state: dict[str, object]) -> None:
    session.belongs_to("olivia")
    session.put("ask", "a", "draft", 1)
    session.open_org("a")

    session.belongs_to("olivia")
    assert session.get("ask", "a", "draft") == 1

    session.belongs_to("otto")
    assert session.get("ask", "a", "draft") is None
    assert session.last_org() is None
