"""The bot as a visitor meets it."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.engines.protocol import Decision
from core.engines.semantic import weights
from core.engines.semantic.engine import SemanticEngine
from core.errors import EngineFailed
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK
from pages.demo.page import MESSAGES_KEPT
from tests.pages.conftest import Browser

NASTY = "$5 or $6 :red[now] **bold** ![x](https://evil.example/x.png) <b>z</b> :smile:"


@pytest.fixture
def tab(browser: Browser, engine_ready: None) -> AppTest:
    return browser.open("demo", CLOTHING_ORG, person=MEMBER)


def say(tab: AppTest, text: str) -> AppTest:
    return tab.chat_input[0].set_value(text).run()


def bubbles(tab: AppTest) -> list[str]:
    return [text.value for message in tab.chat_message for text in message.text]


def labels(tab: AppTest) -> list[str]:
    return [button.label for button in tab.main.button]


def test_a_visitor_gets_stored_answers_or_the_fallback_and_nothing_else(tab: AppTest, frontline: Frontline) -> None:
    entry = frontline.questions.table(OWNER, CLOTHING_ORG).entries[0]

    say(tab, entry.question)
    say(tab, "The quick brown fox jumps over the lazy dog")

    assert bubbles(tab) == [
        entry.question,
        entry.answer,
        "The quick brown fox jumps over the lazy dog",
        DEFAULT_FALLBACK,
    ]
    assert not any((tab.dataframe, tab.header, tab.metric, tab.error, tab.exception))


def test_a_message_of_blanks_is_nothing_said(tab: AppTest) -> None:
    say(tab, " \n ")

    assert bubbles(tab) == []
    assert not any((tab.error, tab.warning, tab.exception))
    assert labels(tab) == []

    said = bubbles(say(tab, "What do you sell?"))
    assert len(said) == 2
    assert bubbles(say(tab, "   ")) == said


def test_starting_again_forgets_the_conversation(tab: AppTest) -> None:
    assert labels(tab) == []
    say(tab, "What do you sell?")
    assert labels(tab) == ["Start again"]

    tab.main.button[0].click().run()

    assert bubbles(tab) == []
    assert labels(tab) == []


def test_the_conversation_lasts_while_other_pages_are_open(tab: AppTest, browser: Browser) -> None:
    say(tab, "What do you sell?")
    said = bubbles(tab)

    browser.go(tab, "ask")
    browser.go(tab, "demo")

    assert bubbles(tab) == said


def test_the_conversation_belongs_to_its_org(tab: AppTest) -> None:
    say(tab, "What do you sell?")

    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()
    assert bubbles(tab) == []

    tab.sidebar.selectbox[0].set_value(CLOTHING_ORG).run()
    assert bubbles(tab) == []


def test_after_a_failed_call_a_visitor_reads_the_fallback_and_the_conversation_goes_on(
    tab: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Decision:
        raise EngineFailed("It broke.")

    with monkeypatch.context() as broken:
        broken.setattr(SemanticEngine, "decide", fail)
        say(tab, "What do you sell?")

    assert bubbles(tab) == ["What do you sell?", DEFAULT_FALLBACK]
    assert not any((tab.error, tab.exception))
    say(tab, "What do you sell?")
    assert len(bubbles(tab)) == 4


def test_an_engine_that_is_not_installed_gives_the_fallback_and_the_banner_says_what_mends_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "is-not-installed-anywhere")
    tab = browser.open("demo", CLOTHING_ORG, person=MEMBER)

    say(tab, "What do you sell?")

    assert bubbles(tab) == ["What do you sell?", DEFAULT_FALLBACK]
    browser.go(tab, "questions")
    assert weights.INSTALL_COMMAND in tab.warning[0].value.replace("\\", "")
    assert not tab.exception


@pytest.mark.parametrize(("text", "why"), [("a" * 4_001, "4,001 characters"), ("a\x07", "U+0007")])
def test_what_is_refused_stays_in_the_conversation_with_the_reason(tab: AppTest, text: str, why: str) -> None:
    say(tab, text)
    assert why in tab.error[0].value.replace("\\", "")

    say(tab, "What do you sell?")

    assert bubbles(tab)[0] == text.strip()
    assert why in tab.error[0].value.replace("\\", "")
    assert len(bubbles(tab)) == 3


def test_what_was_said_shows_as_plain_characters(tab: AppTest, frontline: Frontline) -> None:
    fields = {"question": f"{NASTY} one?", "answer": f"{NASTY}\n  two"}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=(fields,)))

    say(tab, f"{NASTY} one?")

    assert bubbles(tab) == [f"{NASTY} one?", f"{NASTY}\n  two"]
    assert not any(":red" in found.value for found in (*tab.markdown, *tab.caption))


def test_a_long_conversation_keeps_its_newest_messages(tab: AppTest) -> None:
    say(tab, "What do you sell?")
    key = f"demo.{CLOTHING_ORG}.said"
    tab.session_state[key] = tab.session_state[key] * MESSAGES_KEPT

    say(tab, "And what are your hours?")

    assert len(tab.session_state[key]) == MESSAGES_KEPT
    assert tab.session_state[key][-1].question == "And what are your hours?"
