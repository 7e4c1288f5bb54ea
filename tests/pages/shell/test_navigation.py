"""The gate, the open organisation and the way between pages."""

import uuid

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity import demo
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from core.identity.principal import Principal
from pages.shell.navigation import PLACES
from pages.shell.sign_in import BANNER
from tests.pages.conftest import Browser, everything

PAGES = [place.url_path for place in PLACES]


def picker(tab: AppTest) -> list[str]:
    return [box.value for box in tab.sidebar.selectbox if box.label == "Organisation"]


def titles(tab: AppTest) -> list[str]:
    return [title.value for title in tab.title]


def forms(tab: AppTest) -> list[str]:
    return [html.proto.body for html in tab.main.html if "<form" in html.proto.body]


def banner(tab: AppTest) -> bool:
    return any(BANNER in html.proto.body for html in tab.main.html)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("org", [None, CLOTHING_ORG])
def test_nothing_of_a_page_is_shown_before_sign_in(browser: Browser, page: str, org: str | None) -> None:
    tab = browser.open(page, org)

    assert titles(tab) == ["Welcome to Frontline"]
    assert [person.name in everything(tab) for person in (OWNER, ADMIN, MEMBER, OUTSIDER)] == [True] * 4
    assert len(tab.sidebar.children) == 0
    assert not tab.exception
    assert not any((tab.dataframe, tab.button, tab.text_input, tab.selectbox, tab.chat_input))
    assert banner(tab)


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("person", [OWNER, ADMIN, MEMBER], ids=lambda person: person.name)
def test_every_page_opens_for_every_role(browser: Browser, page: str, person: Principal) -> None:
    tab = browser.open(page, CLOTHING_ORG, person=person)

    title = next(place.title for place in PLACES if place.url_path == page)
    assert titles(tab) == ["Northwind Clothing" if title == "Demo chat" else title]
    assert picker(tab) == [CLOTHING_ORG]
    assert person.name in [text.value for text in tab.sidebar.text]
    assert not tab.exception
    assert not tab.error
    assert banner(tab)


@pytest.mark.parametrize("cookie", ["", "forged", OWNER.user_id, "a.b.c"])
def test_a_forged_cookie_is_nobodys(browser: Browser, cookie: str) -> None:
    browser.cookies = {browser.sessions.cookie_name: cookie}

    assert titles(browser.open("ask", CLOTHING_ORG)) == ["Welcome to Frontline"]


def test_a_person_who_is_no_demo_person_any_more_is_nobody(browser: Browser) -> None:
    browser.cookies = {browser.sessions.cookie_name: browser.sessions.cookie_for(str(uuid.uuid4()))}

    assert titles(browser.open()) == ["Welcome to Frontline"]


def test_signing_out_in_one_tab_ends_the_others_at_their_next_step(browser: Browser) -> None:
    tab = browser.open("ask", person=OWNER)
    browser.sessions.sign_out(browser.cookies[browser.sessions.cookie_name])

    tab.run()

    assert titles(tab) == ["Welcome to Frontline"]


def test_the_sign_in_form_leads_back_to_the_page_and_org_asked_for(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, query={"x": ['"><b>', "2"]})

    way_back = f'name="next" value="/ask?org={CLOTHING_ORG}&amp;x=%22%3E%3Cb%3E&amp;x=2"'
    assert [way_back in form for form in forms(tab)] == [True] * 4


def test_the_first_org_is_open_when_the_address_names_none_and_the_address_then_names_it(browser: Browser) -> None:
    tab = browser.open("ask", person=OWNER)

    assert picker(tab) == [PHONE_ORG]
    assert tab.query_params["org"] == PHONE_ORG


def test_the_bare_address_opens_the_org_that_this_person_used_last_in_any_tab(browser: Browser) -> None:
    browser.open("questions", CLOTHING_ORG, person=OWNER)

    assert picker(browser.open("ask", person=OWNER)) == [CLOTHING_ORG]
    assert picker(browser.open("ask", person=MEMBER)) == [PHONE_ORG]


@pytest.mark.parametrize("org", [CLOTHING_ORG, PHONE_ORG])
def test_the_address_opens_its_org_and_shows_only_the_names_of_ones_own(browser: Browser, org: str) -> None:
    tab = browser.open("ask", org, person=OWNER)

    assert picker(tab) == [org]
    assert tab.sidebar.selectbox[0].options == ["Beacon Phones", "Northwind Clothing"]
    assert tab.query_params["org"] == org


def test_picking_another_org_opens_it_and_changes_the_address(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, person=OWNER)

    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()

    assert picker(tab) == [PHONE_ORG]
    assert tab.query_params["org"] == PHONE_ORG


def test_an_org_stays_open_from_page_to_page(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, person=OWNER)

    browser.go(tab, "chat")

    assert titles(tab) == ["Northwind Clothing"]
    assert picker(tab) == [CLOTHING_ORG]


@pytest.mark.parametrize("page", PAGES)
def test_a_foreign_org_and_an_unknown_one_show_the_same_and_nothing_of_any_org(browser: Browser, page: str) -> None:
    foreign = browser.open(page, CLOTHING_ORG, person=OUTSIDER)
    unknown = browser.open(page, str(uuid.uuid4()), person=OUTSIDER)

    for tab in (foreign, unknown):
        assert titles(tab) == ["No access"]
        assert [text.value for text in tab.main.markdown] == ["You have no access to this organisation."]
        assert not any((tab.selectbox, tab.dataframe, tab.chat_input, tab.exception, tab.error))
        assert "Northwind" not in everything(tab)
        assert banner(tab)


@pytest.mark.parametrize("org", ["x", "0", "../..", "a" * 5_000, f"{PHONE_ORG} ", PHONE_ORG.upper(), "<b>"])
def test_an_org_that_is_no_id_shows_no_access(browser: Browser, org: str) -> None:
    assert titles(browser.open("ask", org, person=OUTSIDER)) == ["No access"]


def test_a_person_without_access_finds_the_way_to_their_own_orgs(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, person=OUTSIDER)

    tab.main.button[0].click().run()

    assert titles(tab) == ["Ask"]
    assert picker(tab) == [PHONE_ORG]
    assert tab.query_params["org"] == PHONE_ORG


def test_a_person_in_no_org_is_told_so(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(demo, "_ROLES", {})

    tab = browser.open("ask", person=OWNER)

    assert titles(tab) == ["No access"]
    assert "do not belong to any organisation" in tab.main.markdown[0].value
    assert not tab.main.button


def test_access_that_ends_is_gone_at_the_next_step(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = browser.open("questions", CLOTHING_ORG, person=OWNER)
    monkeypatch.setattr(demo, "_ROLES", {OWNER.user_id: {PHONE_ORG: "Owner"}})

    tab.run()

    assert titles(tab) == ["No access"]
    assert not tab.dataframe


def test_nothing_of_one_org_is_left_in_the_session_after_another_was_opened(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, person=OWNER)
    tab.session_state[f"ask.{CLOTHING_ORG}.draft"] = "ours"

    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()

    assert not [key for key in tab.session_state.keys() if CLOTHING_ORG in key]  # noqa: SIM118 - no plain dict
    assert [key for key in tab.session_state.keys() if PHONE_ORG in key]  # noqa: SIM118 - no plain dict


def test_nothing_of_one_person_is_left_in_the_session_after_another_signed_in(browser: Browser) -> None:
    tab = browser.open("ask", PHONE_ORG, person=OWNER)
    tab.session_state[f"ask.{PHONE_ORG}.draft"] = "Olivia's"

    browser.sign_in(OUTSIDER)
    tab.run()

    assert OUTSIDER.name in [text.value for text in tab.sidebar.text]
    assert f"ask.{PHONE_ORG}.draft" not in tab.session_state


def test_an_unexpected_error_shows_its_number_and_no_inner_words(
    browser: Browser, frontline: Frontline, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("inner words")

    monkeypatch.setattr(type(frontline.access), "orgs", broken)

    tab = browser.open("ask", person=OWNER)

    number = tab.error[0].value.split("**")[1]
    assert number in caplog.text
    assert "inner words" in caplog.text
    assert "inner words" not in everything(tab)
    assert not tab.exception
