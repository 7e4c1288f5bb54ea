"""Evaluations of an org with a model server: what a run will take, whether it asks anew, and what it took."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.questions.policy import EngineKind
from core.spending.service import Estimate
from pages.evaluations import cost_estimate
from tests.model_server import ModelServer
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import finished, metrics, press, upload
from tests.tutorial import QUESTIONS

ORG = CLOTHING_ORG


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer().running() as server:
        yield server


@pytest.fixture
def tab(browser: Browser, frontline: Frontline, server: ModelServer) -> AppTest:
    table = frontline.questions.table(OWNER, ORG)
    model = replace(table.policy.model, engine=EngineKind.SERVER, base_url=server.base_url, model="m")
    frontline.questions.save_settings(
        OWNER, ORG, base_revision=table.revision, policy=replace(table.policy, model=model)
    )
    tab = browser.open("evaluations", ORG, person=ADMIN)
    return upload(tab, QUESTIONS.read_bytes())


def test_a_run_is_estimated_before_it_begins(tab: AppTest, server: ModelServer) -> None:
    words = tab.info[0].value.replace("\\", "")

    assert words.startswith("An estimate: about ")
    assert "price unknown" in words
    assert "This month so far: $0.00." in words
    assert server.requests == []


def test_a_second_run_takes_kept_replies_unless_asked_anew(
    tab: AppTest, browser: Browser, frontline: Frontline, server: ModelServer
) -> None:
    total = int(metrics(tab)["Good rows"])
    first = press(tab, f"Run {total} questions")
    finished(frontline)
    first.run()
    asked = len(server.questions)
    again = upload(browser.open("evaluations", ORG, person=ADMIN), QUESTIONS.read_bytes())
    second = press(again, f"Run {total} questions")
    finished(frontline)
    second.run()
    assert len(server.questions) == asked
    bypass_cache = upload(browser.open("evaluations", ORG, person=ADMIN), QUESTIONS.read_bytes())
    bypass_cache.toggle[0].set_value(True).run()
    press(bypass_cache, f"Run {total} questions")
    finished(frontline)

    assert len(server.questions) == 2 * asked
    assert "Took " in everything(first)
    assert "replies were kept ones" in everything(second)


def test_the_built_in_engine_takes_nothing_so_nothing_is_said(browser: Browser) -> None:
    tab = upload(browser.open("evaluations", ORG, person=ADMIN), QUESTIONS.read_bytes())

    assert [info.value for info in tab.info] == []
    assert [toggle.label for toggle in tab.toggle] == []


def test_an_estimate_is_a_sentence() -> None:
    known = Estimate(tokens=12_300, nano_usd=420_000_000, seconds=90, free=False)

    assert (
        cost_estimate.in_words(known)
        == "An estimate: about 12,300 tokens, $0.42, 2 minutes. Kept replies make it less."
    )
