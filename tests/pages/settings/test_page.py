"""The settings of an org, as owners change them and the others read them."""

from typing import Any

import pytest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK, EngineKind, ModelSettings, Policy, Style
from pages.settings.tabs import FIELDS, SettingsTab
from tests.pages.conftest import Browser, everything
from tests.pages.settings.fields import (
    ENGINE,
    buttons,
    enter,
    every_field,
    fields,
    policy,
    press,
    save,
    show,
    toasts,
    unsaved,
)

ORG = CLOTHING_ORG
SERVER = {"engine": EngineKind.SERVER, "base_url": "http://127.0.0.1:9/v1", "model": "small"}


def test_an_owner_changes_the_text_and_how_careful_the_bot_is(browser: Browser, frontline: Frontline) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="We will call you.", strictness=0.1)
    assert unsaved(tab) == "**Not saved yet:** text when a person takes over, how careful the bot is"

    press(tab, "Save")

    assert toasts(tab) == ["Saved as revision 2"]
    assert unsaved(tab) == "All saved"
    assert policy(frontline) == Policy(fallback="We will call you.", strictness=0.1)
    assert policy(frontline, PHONE_ORG) == Policy()
    assert frontline.answering.ask(MEMBER, ORG, "the quick brown fox").text == "We will call you."
    assert frontline.answering.ask(MEMBER, PHONE_ORG, "the quick brown fox").text == DEFAULT_FALLBACK


def test_a_stricter_bot_needs_a_higher_score(browser: Browser, frontline: Frontline) -> None:
    before = frontline.answering.ask(MEMBER, ORG, "when are you there").decision

    press(enter(browser.open("settings", ORG, person=OWNER), strictness=0.1), "Save")

    after = frontline.answering.ask(MEMBER, ORG, "when are you there").decision
    assert before is not None
    assert after is not None
    assert after.threshold == pytest.approx(before.threshold + 0.1)
    assert after.candidates[0].score == before.candidates[0].score


@pytest.mark.parametrize("text", ["", "  ", "x" * 501, "a\x07b"])
def test_a_text_that_no_visitor_should_get_is_refused_and_stays_in_its_field(
    browser: Browser, frontline: Frontline, text: str
) -> None:
    tab = press(enter(browser.open("settings", ORG, person=OWNER), fallback=text), "Save")

    assert "Text when a person takes over" in tab.error[0].value
    assert fields(tab)["Text when a person takes over"].value == text
    assert policy(frontline) == Policy()


def test_a_save_says_what_changed_when_the_person_wrote_no_note(browser: Browser, frontline: Frontline) -> None:
    tab = press(enter(browser.open("settings", ORG, person=OWNER), **SERVER, usd_a_month=5.0), "Save")
    press(tab, "Save anyway")  # nothing answers at this address
    assert frontline.questions.history(OWNER, ORG)[0].note == "Settings: engine, server address, model, dollars a month"

    enter(tab, usd_a_month=4.0)
    next(field for field in tab.text_input if field.label == "Note").set_value("Cheaper")
    press(tab, "Save")

    assert frontline.questions.history(OWNER, ORG)[0].note == "Cheaper"
    enter(tab, usd_a_month=3.0)
    assert next(field for field in tab.text_input if field.label == "Note").value == ""


def test_everything_is_saved_at_once(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    enter(tab, fallback="We will call.", **SERVER, style=Style.CHOICE, company=" North  wind ", description="Coats.")
    enter(tab, negatives="where is my order\n\n  i was   charged twice\nwhere is my order", min_confidence=55.0)
    enter(tab, shortlist=30, calls_in_flight=4, usd_a_month=None, tokens_a_month=1.5)
    assert unsaved(tab).endswith("server address, model and 9 more")

    press(press(tab, "Save"), "Save anyway")

    assert not tab.exception
    assert policy(frontline) == Policy(
        fallback="We will call.",
        model=ModelSettings(
            **SERVER,
            style=Style.CHOICE,
            company="North wind",
            description="Coats.",
            negatives=("where is my order", "i was charged twice"),
            min_confidence=0.55,
            shortlist=30,
            calls_in_flight=4,
            usd_a_month=None,
            tokens_a_month=1_500_000,
        ),
    )
    assert frontline.questions.newest_revision(OWNER, ORG) == 2
    reopened = browser.open("settings", ORG, person=OWNER)
    assert unsaved(reopened) == "All saved"
    assert press(reopened, "Save").toast[0].value == "Nothing to save: the settings are the same already".replace(
        ":", "\\:"
    )


def test_saving_what_holds_already_makes_no_revision(browser: Browser, frontline: Frontline) -> None:
    press(browser.open("settings", ORG, person=OWNER), "Save")

    assert frontline.questions.newest_revision(OWNER, ORG) == 1


def test_what_is_not_saved_yet_survives_another_page_and_a_hidden_section(browser: Browser) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine", **SERVER, usd_a_month=None)

    browser.go(browser.go(tab, "ask"), "settings")

    expected = "**Not saved yet:** text when a person takes over, engine, server address, model and 1 more"
    assert unsaved(tab) == expected
    assert every_field(tab)["Text when a person takes over"].value == "mine"
    enter(tab, engine=EngineKind.DEPLOYMENT)
    assert unsaved(tab) == "**Not saved yet:** text when a person takes over"
    enter(tab, engine=EngineKind.SERVER)
    assert unsaved(tab) == expected
    assert every_field(tab)["Dollars a month"].value is None


def test_what_was_not_saved_is_never_shown_in_another_org_and_is_back_in_its_own(browser: Browser) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine")

    tab.sidebar.selectbox[0].set_value(PHONE_ORG).run()
    assert "mine" not in everything(tab)
    tab.sidebar.selectbox[0].set_value(ORG).run()

    assert unsaved(tab) == "**Not saved yet:** text when a person takes over"
    assert fields(tab)["Text when a person takes over"].value == "mine"


def test_discarding_asks_first(browser: Browser) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine")

    press(tab, "Discard")
    assert any("will be lost: text when a person takes over" in text.value for text in tab.markdown)
    assert unsaved(tab) == "**Not saved yet:** text when a person takes over"
    assert fields(tab)["Text when a person takes over"].value == "mine"


def test_two_owners_who_change_the_settings_see_both_and_one_takes_the_newest(
    browser: Browser, frontline: Frontline
) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine")
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="theirs", strictness=0.1))

    press(tab, "Save")

    assert "The settings were changed after you opened them" in tab.error[0].value
    assert {"theirs", "mine"} <= {text.value for text in tab.text}
    assert any("kept: how careful the bot is" in caption.value for caption in tab.caption)
    assert policy(frontline).fallback == "theirs"
    press(tab, "Show the newest settings")
    assert fields(tab)["Text when a person takes over"].value == "theirs"
    assert unsaved(tab) == "All saved"


def test_after_a_conflict_ones_own_changes_can_be_put_on_top(browser: Browser, frontline: Frontline) -> None:
    tab = enter(browser.open("settings", ORG, person=OWNER), fallback="mine")
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="theirs", strictness=0.1))

    press(press(tab, "Save"), "Put my changes on top")
    assert unsaved(tab) == "**Not saved yet:** text when a person takes over"
    assert policy(frontline).fallback == "theirs"
    press(tab, "Save")

    assert policy(frontline) == Policy(fallback="mine", strictness=0.1)
    assert not tab.error


def test_newer_settings_are_shown_at_once_when_nothing_is_unsaved(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    frontline.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="theirs"))

    tab.run()

    assert fields(tab)["Text when a person takes over"].value == "theirs"


def test_a_newer_table_alone_changes_nothing_on_the_page(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    before = fields(tab)["Text when a person takes over"].key
    frontline.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({1})))

    assert fields(tab.run())["Text when a person takes over"].key == before

    press(enter(tab, fallback="mine"), "Save")
    assert toasts(tab) == ["Saved as revision 3"]


def test_only_what_the_chosen_engine_uses_is_shown(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("settings", ORG, person=OWNER)
    always = {"Text when a person takes over", "How careful the bot is", ENGINE}
    assert every_field(tab).keys() == always
    assert "Now" not in buttons(tab)

    enter(tab, engine=EngineKind.BUILT_IN)
    assert every_field(tab).keys() == always

    enter(tab, engine=EngineKind.SERVER)
    assert {"Server address", "Key", "Model", "How the model is asked", "Calls at once"} <= every_field(tab).keys()
    assert "Example companies" not in every_field(tab)


@pytest.mark.parametrize("person", [ADMIN, MEMBER])
def test_others_read_the_settings_and_cannot_change_them(
    browser: Browser, frontline: Frontline, person: Principal
) -> None:
    save(frontline, **SERVER, style=Style.COMPANIES, examples=("shipped:marrow-lane-bakery",))
    frontline.servers.keep_key(OWNER, ORG, SERVER["base_url"], "sk-test-4711")

    tab = browser.open("settings", ORG, person=person)

    assert not tab.exception
    assert not tab.error
    assert any("An owner can change them" in info.value for info in tab.info)
    seen: dict[str, Any] = {}
    for one in FIELDS:
        seen |= fields(show(tab, one))
        assert {"Save", "Test connection", "List models", "Remove it"}.isdisjoint(buttons(tab))
        assert "A key is stored" not in everything(tab)
    assert [label for label, field in seen.items() if not field.disabled] == []
    assert {"Server address", "Model", "Example companies", "Dollars a month"} <= seen.keys()
    assert "Key" not in seen

    show(tab, SettingsTab.ANSWERS)

    tab.session_state[fields(tab)["Text when a person takes over"].key] = "mine"  # as a browser that does not obey
    tab.run()
    assert policy(frontline).fallback == DEFAULT_FALLBACK
