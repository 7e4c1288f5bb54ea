"""What a model is told besides the table: the company, questions for a person, example companies."""

from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.policy import EngineKind, Style
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import NEGATIVES, enter, fields, policy, press, save, unsaved

ORG = CLOTHING_ORG
BAKERY, POOL = "shipped:marrow-lane-bakery", "shipped:tidewater-swimming-pool"
SERVER = {"engine": EngineKind.SERVER, "base_url": "http://127.0.0.1:9/v1", "model": "small"}


def opened(browser: Browser) -> AppTest:
    return browser.open("settings", ORG, person=OWNER, query={"show": "engine"})


def test_example_companies_are_chosen_in_their_order_for_the_one_style_that_shows_them(
    browser: Browser, frontline: Frontline
) -> None:
    save(frontline, **SERVER)
    tab = opened(browser)
    assert "Example companies" not in fields(tab)

    enter(tab, style=Style.COMPANIES, examples=[POOL, BAKERY])
    assert fields(tab)["Example companies"].options[0] == "Marrow Lane Bakery (ships with Frontline)"
    press(press(tab, "Save"), "Save anyway")

    assert policy(frontline).model.examples == (POOL, BAKERY)


def test_a_company_that_is_shared_no_longer_is_said_so_and_can_be_taken_out(
    browser: Browser, frontline: Frontline
) -> None:
    shared = frontline.examples.share(OWNER, PHONE_ORG, name="Beacon", entry_ids=[1], with_negatives=False)
    save(frontline, **SERVER, style=Style.COMPANIES, examples=(shared.example_id, BAKERY))
    assert "Beacon (shared by Beacon)" in fields(opened(browser))["Example companies"].options
    frontline.examples.unshare(OWNER, PHONE_ORG)

    tab = opened(browser)

    assert "(no longer shared)" in fields(tab)["Example companies"].options
    assert unsaved(tab) == "All saved"
    assert "Beacon (" not in everything(tab)
    press(enter(tab, examples=[BAKERY]), "Save")
    assert policy(frontline).model.examples == (BAKERY,)


def test_questions_for_a_person_come_back_one_a_line(browser: Browser, frontline: Frontline) -> None:
    save(frontline, **SERVER, negatives=("where is my order", "i was charged twice"))

    tab = opened(browser)

    assert fields(tab)[NEGATIVES].value == "where is my order\ni was charged twice"
    assert unsaved(tab) == "All saved"


def test_too_many_questions_for_a_person_are_refused_in_words(browser: Browser, frontline: Frontline) -> None:
    save(frontline, **SERVER)

    tab = press(enter(opened(browser), negatives="\n".join(f"question {i}" for i in range(51))), "Save")

    assert "Questions for a person\\: has 51 questions" in tab.error[0].value
    assert policy(frontline).model.negatives == ()


def test_each_style_says_what_it_is_for(browser: Browser, frontline: Frontline) -> None:
    save(frontline, **SERVER)
    tab = opened(browser)

    said = {style: [caption.value for caption in enter(tab, style=style).caption] for style in Style}

    assert any("Right for nearly everybody" in text for text in said[Style.BEST])
    assert any("vLLM and llama.cpp" in text for text in said[Style.CHOICE])
    assert len({tuple(texts) for texts in said.values()}) == len(Style)


def test_those_who_may_only_read_see_no_example_texts_that_look_like_settings(
    browser: Browser, frontline: Frontline
) -> None:
    save(frontline, **SERVER)

    tab = browser.open("settings", ORG, person=MEMBER, query={"show": "engine"})

    assert fields(tab)["Company name"].placeholder == ""
    assert fields(opened(browser))["Company name"].placeholder == "For example: Northwind Clothing"
