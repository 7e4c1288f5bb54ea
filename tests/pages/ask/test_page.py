"""One question, what a visitor would get, and why."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.engines.protocol import Candidate, Decision
from core.engines.semantic import weights
from core.engines.semantic.engine import SemanticEngine
from core.errors import EngineFailed
from core.identity import demo
from core.identity.access import AccessDenied
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.entry import Published
from core.questions.policy import DEFAULT_FALLBACK
from pages.ask.explanation import NEARLY, sureness
from tests.pages.conftest import Browser, everything

NASTY = "$5 or $6 :red[now] **bold** ![x](https://evil.example/x.png) [y](https://evil.example) <b>z</b> :smile:"


@pytest.fixture
def tab(browser: Browser) -> AppTest:
    return browser.open("ask", CLOTHING_ORG, person=MEMBER)


def ask(tab: AppTest, question: str) -> AppTest:
    field = next(field for field in tab.text_input if field.label == "Question")
    field.set_value(question)
    return next(button for button in tab.button if button.label == "Ask").click().run()


def bubbles(tab: AppTest) -> list[str]:
    return [text.value for message in tab.chat_message for text in message.text]


def facts(tab: AppTest) -> str:
    return "".join(html.proto.body for html in tab.main.html if "frontline-facts" in html.proto.body)


def only_texts(tab: AppTest) -> str:
    """What was sent to be shown as Markdown or as HTML."""
    markdown = [found.value for kind in ("markdown", "caption", "title", "subheader") for found in getattr(tab, kind)]
    return "\n".join([*markdown, *(html.proto.body for html in tab.main.html)])


def test_a_stored_question_shows_its_own_answer_and_says_that_it_is_stored(tab: AppTest, frontline: Frontline) -> None:
    entry = frontline.questions.table(OWNER, CLOTHING_ORG).entries[0]

    ask(tab, entry.question)

    assert bubbles(tab) == [entry.answer]
    assert f"No. {entry.id}: {entry.question}" in facts(tab)
    assert "certain: these are the stored words" in facts(tab)
    assert [heading.value for heading in tab.header] == ["Why this answer"]
    assert not tab.error


def test_the_runners_up_are_listed_without_the_given_one(tab: AppTest, frontline: Frontline) -> None:
    entries = frontline.questions.table(OWNER, CLOTHING_ORG).entries

    ask(tab, "Are you hiring in your opening hours?")

    table = tab.dataframe[-1].value
    given = next(entry for entry in entries if entry.answer in bubbles(tab))
    assert 0 < len(table) < len(entries)
    assert given.id not in set(table["No."])
    assert table["Confidence"].between(1, 100).all()
    assert list(table["Confidence"]) == sorted(table["Confidence"], reverse=True)


def test_an_entry_that_has_no_chance_at_all_is_not_said_to_be_near(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, frontline.questions.table(OWNER, CLOTHING_ORG).entries[0].question)

    assert not tab.dataframe
    assert "No other entry came near." in [one.value for one in tab.caption]


def test_a_handover_says_what_was_nearest_and_how_much_was_missing(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, "The quick brown fox jumps over the lazy dog")

    (reply,) = tab.session_state[f"ask.{CLOTHING_ORG}.replies"].values()
    nearest = reply.decision.candidates[0]
    assert bubbles(tab) == [DEFAULT_FALLBACK]
    assert [heading.value for heading in tab.header] == ["Why a person takes over"]
    words = next(text.value for text in tab.main.markdown if "scored" in text.value)
    assert f"{nearest.score:.2f}" in words
    assert f"{reply.decision.threshold:.2f}" in words
    missing = round(reply.decision.threshold, 2) - round(nearest.score, 2)  # so that what is shown adds up
    assert f"{missing:.2f} were missing" in words
    assert reply.decision.threshold - nearest.score > NEARLY
    assert "What would have been answered" not in everything(tab), "it was far below"
    assert reply.published.by_id[nearest.entry_id].answer not in [text.value for text in tab.main.text]


def test_an_answer_that_was_nearly_given_is_shown(browser: Browser, frontline: Frontline) -> None:
    careful = replace(frontline.questions.table(OWNER, CLOTHING_ORG).policy, strictness=0.3)
    frontline.questions.save_settings(OWNER, CLOTHING_ORG, base_revision=1, policy=careful)
    tab = ask(browser.open("ask", CLOTHING_ORG, person=MEMBER), "what kind of things do you have for sale")

    (reply,) = tab.session_state[f"ask.{CLOTHING_ORG}.replies"].values()
    decision = reply.decision
    assert 0 < decision.threshold - decision.candidates[0].score <= NEARLY, decision
    assert "What would have been answered" in everything(tab)


def test_a_message_of_400_words_is_answered(tab: AppTest) -> None:
    ask(tab, " ".join(["We walked along the river for a long while."] * 43 + ["What do you sell?"] + ["Bye now."] * 5))

    assert not tab.error
    assert len(bubbles(tab)) == 1


def test_other_questions_of_a_long_message_are_told(tab: AppTest, frontline: Frontline) -> None:
    entries = frontline.questions.table(OWNER, CLOTHING_ORG).entries
    talk = "My neighbour has known this shop since he was a boy, and he talks about it at the bus stop. " * 2

    ask(tab, f"{talk} {entries[0].question} {talk} {entries[1].question}")

    told = tab.dataframe[0].value
    given = next(entry for entry in entries if entry.answer == bubbles(tab)[0])
    other = next(entry for entry in entries[:2] if entry.id != given.id)
    assert list(told["No."]) == [other.id]
    assert other.question in told["Part of the message"].item()
    assert any("a visitor gets one answer" in caption.value for caption in tab.caption)


def test_a_failed_call_says_so_and_shows_what_a_visitor_reads(tab: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> Decision:
        raise EngineFailed("It broke: $5 :red[x].")

    monkeypatch.setattr(SemanticEngine, "decide", fail)

    ask(tab, "What do you sell?")

    assert bubbles(tab) == [DEFAULT_FALLBACK]
    assert "counts as a failure" in tab.error[0].value
    assert "It broke: $5 :red[x]." in tab.error[0].value.replace("\\", "").replace("\u200b", "")
    assert not tab.header


def test_an_engine_that_is_not_installed_shows_the_command_that_mends_it(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(weights, "PACKAGE", "is-not-installed-anywhere")
    tab = browser.open("ask", CLOTHING_ORG, person=MEMBER)

    ask(tab, "What do you sell?")

    assert weights.INSTALL_COMMAND in tab.error[0].value.replace("\\", "")
    assert bubbles(tab) == [DEFAULT_FALLBACK]
    assert not tab.exception


@pytest.mark.parametrize(("question", "word"), [("", "empty"), ("   ", "empty"), ("a" * 4_001, "limit")])
def test_an_unusable_question_says_why_and_drops_the_earlier_reply(tab: AppTest, question: str, word: str) -> None:
    ask(tab, "What do you sell?")
    ask(tab, question)

    assert word in tab.error[0].value
    assert bubbles(tab) == []


def test_an_org_without_answers_hands_everything_over(tab: AppTest, frontline: Frontline) -> None:
    entries = frontline.questions.table(OWNER, CLOTHING_ORG).entries
    off = Changes(edited={entry.id: {"enabled": False} for entry in entries})
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=off)

    ask(tab, "What do you sell?")

    assert bubbles(tab)[0] == DEFAULT_FALLBACK
    assert any("nothing to choose from" in text.value for text in tab.main.markdown)


def test_a_saved_change_is_answered_at_once(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, "What do you sell?")
    entry = next(e for e in frontline.questions.table(OWNER, CLOTHING_ORG).entries if e.question == "What do you sell?")
    changes = Changes(edited={entry.id: {"answer": "Hats."}})
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=changes)

    ask(tab, "What do you sell?")

    assert bubbles(tab)[0] == "Hats."
    assert any("revision 2" in caption.value for caption in tab.caption)


def test_stored_texts_and_questions_never_reach_markdown_or_html(tab: AppTest, frontline: Frontline) -> None:
    fields = {"question": f"{NASTY} one?", "answer": f"{NASTY} two", "alternates": [f"{NASTY} three"]}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=(fields,)))

    for question in (f"{NASTY} one?", f"{NASTY} three", NASTY):
        ask(tab, question)

        assert bubbles(tab)[0] in {f"{NASTY} two", DEFAULT_FALLBACK}
        sent = only_texts(tab)
        assert ":red[" not in sent.replace(facts(tab), "")
        assert "<b>z" not in sent
        assert "&lt;b&gt;z" in facts(tab)


def test_the_reply_belongs_to_its_org(tab: AppTest) -> None:
    ask(tab, "What do you sell?")

    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()

    assert bubbles(tab) == []
    assert "sell" not in everything(tab)


def test_a_role_that_may_not_ask_is_told_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "ROLE_PERMISSIONS", {"Member": frozenset({demo_permission_view()})})

    tab = browser.open("ask", CLOTHING_ORG, person=MEMBER)

    assert "may not try questions" in tab.info[0].value
    assert [field.label for field in tab.text_input] == ["Organisation id"]


def demo_permission_view() -> object:
    from core.identity.principal import Permission

    return Permission.VIEW


def test_the_page_asks_core_again_and_not_only_its_own_frame(frontline: Frontline) -> None:
    with pytest.raises(AccessDenied):
        frontline.answering.ask(demo.OUTSIDER, CLOTHING_ORG, "What do you sell?")


@pytest.mark.parametrize(
    ("confidence", "words"),
    [
        (1.0, "almost certain (100 %)"),
        (0.95, "almost certain (95 %)"),
        (0.8, "very likely (80 %)"),
        (0.61, "likely (61 %)"),
        (0.4, "uncertain (40 %)"),
        (0.0, "unlikely (0 %)"),
    ],
)
def test_confidence_is_said_in_words_and_as_a_number(confidence: float, words: str) -> None:
    assert sureness(Candidate(entry_id=1, phrasing="a", score=0.0, confidence=confidence)) == words


def test_a_decision_without_its_own_candidate_still_names_the_entry(
    tab: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(_: SemanticEngine, __: str, published: Published) -> Decision:
        return Decision(entry_id=published.entries[0].id, candidates=(), threshold=0.5)

    monkeypatch.setattr(SemanticEngine, "decide", decide)

    ask(tab, "anything")

    assert "No. 1" in facts(tab)
    assert not tab.dataframe


def test_a_model_that_hands_over_by_itself_is_not_said_to_have_missed_a_score(
    tab: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def decide(_: SemanticEngine, __: str, published: Published) -> Decision:
        best = Candidate(entry_id=published.entries[0].id, phrasing="x", score=0.1, confidence=0.1)
        return Decision(
            entry_id=None, candidates=(best,), threshold=0.0, prompt="[system]\nthe $whole$ prompt", raw="{}"
        )

    monkeypatch.setattr(SemanticEngine, "decide", decide)

    ask(tab, "anything")

    assert "The model decided that no stored answer fits." in [text.value for text in tab.markdown]
    assert not any("were missing" in text.value for text in tab.markdown)
    assert [code.value for code in tab.code] == ["[system]\nthe $whole$ prompt", "{}"]


def test_an_empty_page_offers_questions_of_the_table_that_are_asked_at_a_click(
    tab: AppTest, frontline: Frontline
) -> None:
    entry = frontline.questions.table(OWNER, CLOTHING_ORG).entries[0]
    offered = [button for button in tab.button if ".example_" in (button.key or "")]
    assert len(offered) == 3

    offered[0].click().run()

    assert bubbles(tab) == [entry.answer]
    assert next(field for field in tab.text_input if field.label == "Question").value == entry.phrasings[-1]
    assert not [button for button in tab.button if ".example_" in (button.key or "")]
