"""A presenter sets the built-in engine beside the org's model server: both get the question, visitors see one reply."""

import html
from collections.abc import Iterator
from dataclasses import replace

import pytest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.policy import EngineKind
from pages.chat.beside import Beside
from tests.model_server import ModelServer
from tests.pages.chat.test_page import bubbles, panel_button, say
from tests.pages.conftest import Browser, everything

QUESTION = "are you hiring people"


@pytest.fixture
def server(frontline: Frontline) -> Iterator[ModelServer]:
    """A model that takes the question for the first entry, which is not the nearest one."""
    with ModelServer({QUESTION: "1"}).running() as server:
        table = frontline.questions.table(OWNER, CLOTHING_ORG)
        model = replace(table.policy.model, engine=EngineKind.SERVER, base_url=server.base_url, model="m")
        policy = replace(table.policy, model=model)
        frontline.questions.save_settings(OWNER, CLOTHING_ORG, base_revision=table.revision, policy=policy)
        yield server


@pytest.mark.parametrize("fails", [False, True])
def test_the_built_in_engine_answers_beside_a_model_server_also_while_that_fails(
    browser: Browser, frontline: Frontline, server: ModelServer, fails: bool
) -> None:
    hours, hiring, _ = frontline.questions.table(OWNER, CLOTHING_ORG).entries
    tab = browser.open("chat", CLOTHING_ORG, person=MEMBER)
    panel_button(tab).click().run()
    (choice,) = [box for box in tab.main.selectbox if box.label == "Side by side with"]
    assert choice.options == [Beside.BUILT_IN]
    server.key = "another" if fails else None

    choice.select(Beside.BUILT_IN).run()
    say(tab, QUESTION)

    visitors = frontline.questions.table(OWNER, CLOTHING_ORG).policy.fallback if fails else hours.answer
    assert bubbles(tab) == [QUESTION, visitors]
    assert html.escape(hiring.answer) in everything(tab)
    assert ("refused the key" in everything(tab)) == fails
    assert not tab.exception
