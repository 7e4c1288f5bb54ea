"""The Ask page of an org with a model server of its own: why, what it took, and what was offered."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK, EngineKind
from tests.model_server import ModelServer
from tests.pages.ask.test_page import ask, bubbles
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer({"are you open?": "1", "is it cold?": "0"}, sure=0.6).running() as server:
        yield server


def use(frontline: Frontline, server: ModelServer, **changes: object) -> None:
    table = frontline.questions.table(OWNER, ORG)
    wanted = {"engine": EngineKind.SERVER, "base_url": server.base_url, "model": "m", **changes}
    model = replace(table.policy.model, **wanted)
    frontline.questions.save_settings(
        OWNER, ORG, base_revision=table.revision, policy=replace(table.policy, model=model)
    )


@pytest.fixture
def tab(browser: Browser, frontline: Frontline, server: ModelServer) -> AppTest:
    use(frontline, server)
    return browser.open("ask", ORG, person=MEMBER)


def took(tab: AppTest) -> str:
    return next(caption.value.replace("\\", "") for caption in tab.caption if "of the table" in caption.value)


def test_an_answer_says_who_chose_it_and_what_that_took(tab: AppTest, frontline: Frontline) -> None:
    ask(tab, "are you open?")

    entry = frontline.questions.table(OWNER, ORG).entries[0]
    assert bubbles(tab) == [entry.answer]
    line = took(tab)
    assert "m (127.0.0.1:" in line
    assert "1,207 tokens (1,024 from the server’s cache), price unknown" in line
    assert "Closest phrasing" not in everything(tab)


def test_the_second_asking_takes_the_kept_reply_until_the_model_is_asked_again(
    tab: AppTest, server: ModelServer
) -> None:
    ask(tab, "are you open?")
    ask(tab, "are you open?")

    assert len(server.questions) == 1
    assert "a kept reply, so nothing was paid" in took(tab)
    next(button for button in tab.button if button.label == "Ask the model again").click().run()
    assert len(server.questions) == 2
    assert "1,207 tokens" in took(tab)


def test_a_handoff_says_whether_the_model_chose_it_or_was_not_sure_enough(
    browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    use(frontline, server, min_confidence=0.9)
    tab = browser.open("ask", ORG, person=MEMBER)

    ask(tab, "is it cold?")
    assert "The model decided that no stored answer fits." in everything(tab)
    ask(tab, "are you open?")
    assert "The model was 60 % sure of the entry below, and the settings ask for 90 %." in everything(tab)


def test_a_large_table_says_how_many_entries_were_offered(
    browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    table = frontline.questions.table(OWNER, ORG)
    added = tuple({"question": f"What about part {i}?", "answer": f"Part {i}."} for i in range(300))
    frontline.questions.save(OWNER, ORG, base_revision=table.revision, changes=Changes(added=added))
    use(frontline, server)
    tab = browser.open("ask", ORG, person=MEMBER)

    ask(tab, "What are your hours?")

    assert f"the model was offered the 20 of {len(table.entries) + 300} entries nearest" in everything(tab)
    assert [expander.label for expander in tab.expander][-1] == "The 20 entries that were offered"
    assert len(server.questions[0].offered) == 21


def test_a_month_without_room_says_so_and_gives_no_answer(
    browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    use(frontline, server, tokens_a_month=10)
    tab = browser.open("ask", ORG, person=MEMBER)

    ask(tab, "are you open?")

    assert "left of this month’s limit of 10 tokens" in tab.error[0].value.replace("\\", "")
    assert bubbles(tab) == []
    assert server.questions == []


def test_a_server_that_refuses_the_key_says_so(browser: Browser, frontline: Frontline, server: ModelServer) -> None:
    server.key = "another"
    use(frontline, server)
    tab = browser.open("ask", ORG, person=MEMBER)

    ask(tab, "are you open?")

    assert "refused the key" in tab.error[0].value
    assert "It says: “Incorrect API key provided.”" in tab.error[0].value.replace("\\", "")
    assert bubbles(tab) == [DEFAULT_FALLBACK]


def test_while_the_server_fails_every_page_but_the_chat_says_so_until_it_answers(
    browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    use(frontline, server)
    tab = browser.open("ask", ORG, person=MEMBER)
    assert not tab.warning
    server.key = "another"

    ask(tab, "are you open?")

    assert "refused the key" in tab.warning[0].value
    for page in ("questions", "evaluations", "settings"):
        assert "No answer when last asked" in browser.go(tab, page).warning[0].value
    assert not browser.go(tab, "chat").warning  # visitors are not told
    browser.go(tab, "settings")
    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()
    assert not tab.warning
    tab.sidebar.selectbox[0].set_value(ORG).run()
    server.key = None
    ask(browser.go(tab, "ask"), "are you open now?")
    assert not tab.warning


def test_a_failing_run_is_heard_of_too(frontline: Frontline, server: ModelServer) -> None:
    server.key = "another"
    use(frontline, server)
    found = frontline.intake.read(OWNER, ORG, b"question,expected_id\nopen?,1\n", "x.csv")
    ready = frontline.intake.check(OWNER, ORG, found)
    preview, revision = ready.preview, ready.revision
    run = frontline.runs.start(OWNER, ORG, name="x", preview=preview, revision=revision)
    for _ in range(200):
        if not frontline.runs.run(OWNER, ORG, run.run_id).active:
            break
        time.sleep(0.05)

    ended = frontline.runs.run(OWNER, ORG, run.run_id)
    trouble = frontline.answering.trouble(OWNER, ORG)
    assert "It says: “Incorrect API key provided.”" in ended.reason
    assert trouble is not None
    assert trouble.reason == ended.reason


def test_where_the_model_decides_doubtful_questions_ask_says_who_decided(
    browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    use(frontline, server, engine=EngineKind.CASCADE)
    entries = frontline.questions.table(OWNER, ORG).entries
    tab = browser.open("ask", ORG, person=MEMBER)

    ask(tab, entries[0].question)
    assert "The built-in engine decided: it was sure, so the model was not asked." in everything(tab)
    assert server.questions == []
    ask(tab, "are you around at night")

    assert [request.asked for request in server.questions] == ["are you around at night"]
    assert "The model decided: the built-in engine was not sure enough. It found entry No. 1 " in everything(tab)
