"""The bot as a visitor meets it."""

import re
from html.parser import HTMLParser

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button

from core.bootstrap import Frontline
from core.engines.protocol import Decision
from core.engines.semantic import weights
from core.engines.semantic.engine import SemanticEngine
from core.errors import EngineFailed
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK
from pages.chat.beside import Beside
from pages.shell.notices import plain
from tests.pages.conftest import Browser, everything

NASTY = "$5 or $6 :red[now] **bold** ![x](https://evil.example/x.png) <b>z</b> :smile:"


@pytest.fixture
def tab(browser: Browser) -> AppTest:
    return browser.open("chat", CLOTHING_ORG, person=MEMBER)


class Bubbles(HTMLParser):
    """The kinds and texts of a talk's messages, and the addresses that can be opened."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.tags.add(tag)
        if tag == "a":
            self.links.append(values["href"] or "")
        kind = (values.get("class") or "").rpartition("chat-")[2]
        if kind in ("question", "reply", "text", "refused", "takes-over", "waiting"):
            self.found.append([kind, ""])

    def handle_data(self, data: str) -> None:
        if self.found:
            self.found[-1][1] += data


def say(tab: AppTest, text: str) -> AppTest:
    return tab.chat_input[0].set_value(text).run()


def talk(tab: AppTest) -> Bubbles:
    pages = [str(node.proto.body) for node in tab.main.get("html")]
    return Bubbles(next((page for page in pages if "chat-log" in page), ""))


def bubbles(tab: AppTest) -> list[str]:
    """What was said, without the greeting before it."""
    return [text for kind, text in talk(tab).found[1:] if kind != "takes-over"]


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
    assert [kind for kind, _ in talk(tab).found][-3:] == ["question", "takes-over", "text"]

    say(tab, "Sphinx of black quartz, judge my vow")
    assert [kind for kind, _ in talk(tab).found][-2:] == ["question", "text"]  # the title stands once in a talk
    assert not any((tab.dataframe, tab.header, tab.metric, tab.error, tab.exception))


def test_a_message_of_blanks_is_nothing_said(tab: AppTest) -> None:
    say(tab, " \n ")

    assert bubbles(tab) == []
    assert not any((tab.error, tab.warning, tab.exception))
    assert "Start again" not in labels(tab)

    said = bubbles(say(tab, "What do you sell?"))
    assert len(said) == 2
    assert bubbles(say(tab, "   ")) == said


def test_starting_again_forgets_the_conversation(tab: AppTest) -> None:
    assert "Start again" not in labels(tab)
    say(tab, "What do you sell?")

    next(button for button in tab.main.button if button.label == "Start again").click().run()

    assert bubbles(tab) == []
    assert "Start again" not in labels(tab)


def test_the_conversation_lasts_while_other_pages_are_open(tab: AppTest, browser: Browser) -> None:
    say(tab, "What do you sell?")
    said = bubbles(tab)

    browser.go(tab, "ask")
    browser.go(tab, "chat")

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
    tab = browser.open("chat", CLOTHING_ORG, person=MEMBER)

    say(tab, "What do you sell?")

    assert bubbles(tab) == ["What do you sell?", DEFAULT_FALLBACK]
    browser.go(tab, "questions")
    assert weights.INSTALL_COMMAND in tab.warning[0].value.replace("\\", "")
    assert not tab.exception


@pytest.mark.parametrize(
    ("text", "why"),
    [("a" * 4_001, "Your message has 4,001 characters; 4,000 is the limit."), ("a\x07", "control character U+0007")],
)
def test_a_message_that_is_refused_stands_in_the_field_again_with_the_reason_and_not_in_the_conversation(
    tab: AppTest, text: str, why: str
) -> None:
    for _ in range(2):  # also when the very same is sent again
        say(tab, text)
        assert why in everything(tab)
        assert tab.chat_input[0].proto.set_value
        assert tab.chat_input[0].proto.value == text
        assert bubbles(tab) == []

    say(tab, "What do you sell?")

    assert len(bubbles(tab)) == 2
    assert why not in everything(tab)
    assert not tab.chat_input[0].proto.set_value


def test_what_was_said_shows_as_plain_characters(tab: AppTest, frontline: Frontline) -> None:
    fields = {"question": f"{NASTY} one?", "answer": f"{NASTY}\n  two"}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=(fields,)))

    say(tab, f"{NASTY} one?")

    assert bubbles(tab) == [f"{NASTY} one?", f"{NASTY}\n  two"]
    assert not any(":red" in found.value for found in (*tab.markdown, *tab.caption))


def panel_button(tab: AppTest) -> Button:
    return next(button for button in tab.main.button if button.label in ("Presenter", "Hide the panel"))


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.main.button if button.label == label).click().run()


def test_a_suggested_question_is_asked_at_a_click_and_suggestions_go_then(tab: AppTest, frontline: Frontline) -> None:
    entry = frontline.questions.table(OWNER, CLOTHING_ORG).entries[0]

    press(tab, plain(entry.question))

    assert bubbles(tab) == [entry.question, entry.answer]
    assert plain(entry.question) not in labels(tab)


def test_the_presenters_panel_says_what_stands_behind_a_reply_and_folds_away(tab: AppTest) -> None:
    say(tab, "What do you sell?")
    assert "Why this answer" not in everything(tab)

    panel_button(tab).click().run()
    shown = everything(tab)
    assert "Why this answer" in shown
    assert "revision 1 of the table" in shown
    assert shown.count("How sure") == 1
    assert "Score" not in shown
    assert not tab.dataframe  # what is near stands in lines that wrap, in per cent as the first

    panel_button(tab).click().run()
    assert "Why this answer" not in everything(tab)


@pytest.mark.parametrize(("words", "kind"), [("thanks", "“Thanks”"), ("Talk to a human", "“Talk to a human”")])
def test_the_presenters_panel_says_of_small_talk_that_it_got_a_stored_reply_and_no_entry(
    tab: AppTest, words: str, kind: str
) -> None:
    panel_button(tab).click().run()
    say(tab, words)

    assert [header.value for header in tab.main.header] == ["A stored reply to small talk"]
    assert f"The message is nothing but {kind} or the like" in everything(tab)
    assert "no engine was asked" in everything(tab)


def test_after_a_reload_the_presenters_panel_knows_the_replies_and_says_what_it_does_not(
    tab: AppTest, browser: Browser, frontline: Frontline
) -> None:
    for words in ("What do you sell?", "hi", "The quick brown fox jumps over the lazy dog", "What are your hours?"):
        say(tab, words)
    entries = frontline.questions.table(OWNER, CLOTHING_ORG).entries

    again = browser.open("chat", CLOTHING_ORG, query={"talk": tab.query_params["talk"]})
    panel_button(again).click().run()

    shown = everything(again)
    (hours,) = [entry for entry in entries if entry.question == "What are your hours?"]
    assert f"No. {hours.id}: What are your hours?" in shown
    assert "certain: these are the stored words" in shown
    assert "is known only until the page is loaded again" in shown
    lines = re.findall(r"<li><span>([^<]*)</span><b>([^<]*)</b>", shown)[-3:]
    assert [left for left, _ in lines] == ["The quick brown fox jumps over the lazy dog", "hi", "What do you sell?"]
    assert [right for _, right in lines][:2] == ["to a person", "small talk"]
    assert lines[2][1].startswith("No. ")


def test_the_saved_table_answers_beside_the_live_one(browser: Browser, frontline: Frontline) -> None:
    frontline.publishing.publish_by_hand(OWNER, CLOTHING_ORG)
    entry = frontline.questions.table(OWNER, CLOTHING_ORG).entries[0]
    edit = {entry.id: {"answer": "Only on Mondays."}}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(edited=edit))
    tab = browser.open("chat", CLOTHING_ORG, person=OWNER)
    panel_button(tab).click().run()
    beside = next(box for box in tab.main.selectbox if box.label == "Side by side with")

    beside.select(Beside.SAVED).run()
    say(tab, entry.question)

    assert bubbles(tab) == [entry.question, entry.answer]
    assert [one.value for one in tab.caption if one.value.startswith("**")] == [
        "**What visitors get**",
        "**Saved, not published**",
    ]
    assert "Only on Mondays." in everything(tab)


def test_a_reload_goes_on_with_the_talk_of_its_address_and_another_person_does_not(
    tab: AppTest, browser: Browser
) -> None:
    say(tab, "What do you sell?")
    said, talk_id = bubbles(tab), tab.query_params["talk"]

    assert bubbles(browser.open("chat", CLOTHING_ORG, query={"talk": talk_id})) == said
    assert bubbles(browser.open("chat", CLOTHING_ORG, person=OWNER, query={"talk": talk_id})) == []


def test_addresses_of_an_answer_can_be_opened_and_nothing_else_of_it_is_more_than_text(
    tab: AppTest, frontline: Frontline
) -> None:
    answer = "<script>alert(1)</script> javascript:alert(2) See https://shop.example/a?b=1&c=2. [x](http://y.example)"
    fields = {"question": "What is odd?", "answer": answer}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=(fields,)))

    say(tab, "What is odd?")

    assert bubbles(tab) == ["What is odd?", answer]
    assert talk(tab).links == ["https://shop.example/a?b=1&c=2", "http://y.example"]
    assert talk(tab).tags == {"div", "a"}
