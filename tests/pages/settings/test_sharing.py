"""Sharing entries as an example, as an owner does it and as the others never see it."""

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.policy import ModelSettings, Policy
from pages.shell import session
from tests.pages.conftest import Browser, everything

ORG = CLOTHING_ORG
SHARING = {"show": "engine"}
SURE = "I have read it. Everybody in every organisation of this installation may see it."


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def tick(tab: AppTest, *positions: int, revision: int = 1) -> AppTest:
    """What the browser reports after rows were ticked."""
    key = session.key("settings", ORG, f"share_rows_{revision}")
    edited = {position: {"share": True} for position in positions}
    tab.session_state[key] = {"edited_rows": edited, "added_rows": [], "deleted_rows": []}
    return tab.run()


def confirm(tab: AppTest) -> AppTest:
    return next(box for box in tab.checkbox if box.label == SURE).check().run()


def choosing(browser: Browser) -> AppTest:
    return press(browser.open("settings", ORG, person=OWNER, query=SHARING), "Choose entries to share")


def can_share(tab: AppTest) -> bool:
    return not next(button for button in tab.button if button.label == "Share").disabled


def shared_names(frontline: Frontline) -> list[str]:
    return [example.name for example in frontline.examples.available(MEMBER, PHONE_ORG)[3:]]


def texts(tab: AppTest) -> list[str]:
    return [text.value for text in tab.text]


def test_an_owner_shares_what_the_preview_showed_after_confirming_it(browser: Browser, frontline: Frontline) -> None:
    tab = tick(choosing(browser), 1)
    next(field for field in tab.text_input if field.label == "Name that the others see").set_value("Shirts & Co").run()
    assert "We're hiring for cashiers" in texts(tab)
    assert any("as **Shirts \\& Co**, 1 entry:" in shown.value for shown in tab.markdown)
    assert not can_share(tab)

    press(confirm(tab), "Share")

    assert [toast.value for toast in tab.toast] == ["Shared as Shirts \\& Co\\: 1 entry"]
    (example,) = frontline.examples.available(MEMBER, PHONE_ORG)[3:]
    assert (example.name, example.whose) == ("Shirts & Co", "shared by Shirts & Co")
    assert [entry.answer for entry in example.entries] == ["We're hiring for cashiers"]
    assert any(shown.value.startswith("Every organisation here can use **Shirts \\& Co**") for shown in tab.markdown)
    assert {"Choose other entries", "Stop sharing"} <= {button.label for button in tab.button}


def test_nothing_is_shared_before_the_owner_confirms(browser: Browser, frontline: Frontline) -> None:
    tab = choosing(browser)
    assert not can_share(tab)
    assert SURE not in [box.label for box in tab.checkbox]

    tick(tab, 0)
    assert not can_share(tab)
    assert shared_names(frontline) == []


def test_another_choice_has_to_be_confirmed_anew(browser: Browser) -> None:
    tab = confirm(tick(choosing(browser), 0))
    assert can_share(tab)

    tick(tab, 0, 1)

    assert not can_share(tab)


def test_a_text_that_changes_meanwhile_is_shown_and_confirmed_anew(browser: Browser, frontline: Frontline) -> None:
    tab = confirm(tick(choosing(browser), 0))
    frontline.questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "Changed"}}))

    tab.run()

    assert "Changed" in texts(tab)
    assert not can_share(tab)
    press(confirm(tab), "Share")
    (example,) = frontline.examples.available(MEMBER, PHONE_ORG)[3:]
    assert [entry.answer for entry in example.entries] == ["Changed"]


def test_ticks_and_name_survive_another_page(browser: Browser, frontline: Frontline) -> None:
    tab = tick(choosing(browser), 1)
    next(field for field in tab.text_input if field.label == "Name that the others see").set_value("Shirts").run()

    browser.go(browser.go(tab, "ask"), "settings")

    assert "We're hiring for cashiers" in texts(tab)
    press(confirm(tab), "Share")
    assert shared_names(frontline) == ["Shirts"]


def test_the_examples_for_a_person_are_shared_only_when_ticked(browser: Browser, frontline: Frontline) -> None:
    policy = Policy(model=ModelSettings(company="Shirts", negatives=("my parcel is broken",)))
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=policy)
    tab = tick(choosing(browser), 0, revision=2)
    assert "my parcel is broken" not in texts(tab)

    next(box for box in tab.checkbox if box.label.startswith("Share our examples")).check().run()
    assert "my parcel is broken" in texts(tab)
    press(confirm(tab), "Share")

    (example,) = frontline.examples.available(MEMBER, PHONE_ORG)[3:]
    assert (example.name, example.negatives) == ("Shirts", ("my parcel is broken",))


def test_choosing_again_begins_with_what_is_shared_now(browser: Browser, frontline: Frontline) -> None:
    frontline.examples.share(OWNER, ORG, name="Shirts", entry_ids=(2,), with_negatives=False)

    tab = press(browser.open("settings", ORG, person=OWNER, query=SHARING), "Choose other entries")

    assert "We're hiring for cashiers" in texts(tab)
    assert next(field for field in tab.text_input if field.label == "Name that the others see").value == "Shirts"
    assert "Choose other entries" in [button.label for button in press(tab, "Cancel").button]


def test_a_name_that_is_taken_is_refused_in_words(browser: Browser, frontline: Frontline) -> None:
    tab = tick(choosing(browser), 0)

    next(f for f in tab.text_input if f.label == "Name that the others see").set_value("Marrow lane bakery").run()

    assert "is the name of another example" in tab.error[0].value
    assert not can_share(tab)


def test_to_stop_asks_first(browser: Browser, frontline: Frontline) -> None:
    frontline.examples.share(OWNER, ORG, name="Shirts", entry_ids=(2,), with_negatives=False)

    tab = press(browser.open("settings", ORG, person=OWNER, query=SHARING), "Stop sharing")

    assert any("**Shirts** is gone for everybody at once" in shown.value for shown in tab.markdown)
    assert shared_names(frontline) == ["Shirts"]


@pytest.mark.parametrize("person", [ADMIN, MEMBER])
def test_who_is_no_owner_sees_nothing_of_it(browser: Browser, frontline: Frontline, person: Principal) -> None:
    frontline.examples.share(OWNER, ORG, name="Shirts", entry_ids=(2,), with_negatives=False)

    seen = everything(browser.open("settings", ORG, person=person, query=SHARING))

    assert "Share as an example" not in seen
    assert "cashiers" not in seen


def test_an_owner_of_another_org_sees_only_their_own(browser: Browser, frontline: Frontline) -> None:
    frontline.examples.share(OWNER, ORG, name="Shirts", entry_ids=(2,), with_negatives=False)

    tab = browser.open("settings", PHONE_ORG, person=OUTSIDER, query=SHARING)

    assert "Choose entries to share" in [button.label for button in tab.button]
    assert "Stop sharing" not in [button.label for button in tab.button]


@pytest.mark.parametrize("text", ["**bold** $x$ :red[x]", "<script>alert(1)</script>", "![x](https://evil.example/a)"])
def test_what_is_shared_is_shown_as_it_is(browser: Browser, frontline: Frontline, text: str) -> None:
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": text}}))

    tab = tick(choosing(browser), 0, revision=2)
    next(field for field in tab.text_input if field.label == "Name that the others see").set_value(text).run()

    assert text in texts(tab)
    assert text not in "\n".join(shown.value for kind in ("markdown", "caption") for shown in getattr(tab, kind))
