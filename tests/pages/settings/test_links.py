"""Links for people without an account, as an owner makes and revokes them."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.identity.principal import Principal
from core.share_links.share_link import LinkOver
from pages.shell import session
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import press

ORG = CLOTHING_ORG
SHARING = {"show": "chat"}
HEADING = "Links for people without an account"


def making(browser: Browser) -> AppTest:
    return press(browser.open("settings", ORG, person=OWNER, query=SHARING), "Make a link")


def named(tab: AppTest, name: str) -> AppTest:
    next(field for field in tab.text_input if field.label == "Name of the link").set_value(name)
    return press(tab, "Make the link")


def token_in(tab: AppTest) -> str:
    (shown,) = tab.code
    found = re.fullmatch(r"http://localhost:8501/chat\?link=([\w-]{32})", shown.value)
    assert found, shown.value
    return found[1]


def test_an_owner_makes_a_link_and_sees_its_address_once(browser: Browser, frontline: Frontline) -> None:
    tab = named(making(browser), "Fair in *Oslo*")
    token = token_in(tab)
    tab.session_state[session.key("shell", "", "visit")] = (frozenset(), 5)  # as when the person was elsewhere
    tab.run()

    assert token not in everything(tab)
    assert "**Fair in \\*Oslo\\***" in [shown.value for shown in tab.markdown]
    assert any("not used yet · made by Olivia" in caption.value for caption in tab.caption)
    assert frontline.share_links.open(token, "").org_name == "Northwind Clothing"


def test_a_link_without_a_name_is_not_made_and_the_page_says_why(browser: Browser, frontline: Frontline) -> None:
    tab = named(making(browser), "  ")

    assert not tab.code
    assert "Name\\: is empty" in tab.error[0].value
    assert frontline.share_links.listed(OWNER, ORG) == []
    assert token_in(named(tab, "Fair"))


def test_to_revoke_asks_first_and_what_is_over_is_listed_apart(browser: Browser, frontline: Frontline) -> None:
    token = frontline.share_links.make(OWNER, ORG, name="Fair", days=7).token
    frontline.share_links.open(token, "")
    tab = press(browser.open("settings", ORG, person=OWNER, query=SHARING), "Revoke")
    assert any("stops working at once" in shown.value for shown in tab.markdown)
    assert frontline.share_links.open(token, "")
    frontline.share_links.revoke(OWNER, ORG, frontline.share_links.listed(OWNER, ORG)[0].link_id)
    tab.run()

    assert "Revoke" not in [button.label for button in tab.button]
    assert [box.label for box in tab.expander if "any more" in box.label] == ["Links that do not work any more (1)"]
    with pytest.raises(LinkOver):
        frontline.share_links.open(token, "")


def test_the_address_of_a_link_goes_as_soon_as_it_is_revoked(browser: Browser, frontline: Frontline) -> None:
    tab = named(making(browser), "Fair")
    assert tab.code

    frontline.share_links.revoke(OWNER, ORG, frontline.share_links.listed(OWNER, ORG)[0].link_id)
    tab.run()

    assert not tab.code
    assert "Make a link" in [button.label for button in tab.button]


@pytest.mark.parametrize("person", [ADMIN, MEMBER])
def test_nobody_else_sees_the_links(browser: Browser, frontline: Frontline, person: Principal) -> None:
    frontline.share_links.make(OWNER, ORG, name="Fair in Oslo", days=7)
    shown = everything(browser.open("settings", ORG, person=person, query=SHARING))

    assert HEADING not in shown
    assert "Fair in Oslo" not in shown


def test_done_and_cancel_lead_back_to_the_button(browser: Browser, frontline: Frontline) -> None:
    cancelled = press(making(browser), "Cancel")
    assert "Make a link" in [button.label for button in cancelled.button]
    done = press(named(press(cancelled, "Make a link"), "Fair"), "Done")

    assert "Make a link" in [button.label for button in done.button]
    assert not done.code
    assert [link.name for link in frontline.share_links.listed(OWNER, ORG)] == ["Fair"]
