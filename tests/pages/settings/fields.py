"""Finds the fields of the Settings page by their words, and presses its buttons."""

from typing import Any

from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.policy import ModelSettings, Policy
from core.questions.policy_fields import POLICY_LABELS
from pages.settings.tabs import FIELDS, SettingsTab

KINDS = ("text_area", "text_input", "number_input", "radio", "selectbox", "select_slider", "slider", "multiselect")
ENGINE = "Who decides which answer is meant"
OURS = "Our own model server"
NEGATIVES = f"{POLICY_LABELS['negatives']}, one a line"
TOKENS = f"{POLICY_LABELS['tokens_a_month']}, in millions"


def fields(tab: AppTest) -> dict[str, Any]:
    """The fields of the settings by label, without the note and those of other sections of the page."""
    found = [field for kind in KINDS for field in getattr(tab.main, kind)]
    others = ("note", "share", "activity", "org")
    return {field.label: field for field in found if not field.key.rpartition(".")[2].startswith(others)}


def show(tab: AppTest, wanted: SettingsTab) -> AppTest:
    """Open a tab of the Settings page, if another one is open."""
    (choice,) = [control for control in tab.segmented_control if control.label == "Settings"]
    return tab if choice.value == wanted else choice.set_value(wanted).run()


def enter(tab: AppTest, **values: Any) -> AppTest:
    """Fill in fields by the names of POLICY_LABELS, each on its tab, one run of the script for each, as a browser does
    it."""
    labels = {**POLICY_LABELS, "engine": ENGINE, "negatives": NEGATIVES, "tokens_a_month": TOKENS, "key": "Key"}
    for name, value in values.items():
        show(tab, next(one for one, names in FIELDS.items() if name in names))
        fields(tab)[labels[name]].set_value(value).run()
    return tab


def every_field(tab: AppTest) -> dict[str, Any]:
    """The fields of all tabs by label; each as it was while its tab was open."""
    return {label: field for one in FIELDS for label, field in fields(show(tab, one)).items()}


def press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def buttons(tab: AppTest) -> list[str]:
    return [button.label for button in tab.button]


def unsaved(tab: AppTest) -> str:
    """What the bar says; it is on the tabs with settings."""
    return next(text.value for text in tab.markdown if text.value.startswith(("**Not saved", "All saved")))


def toasts(tab: AppTest) -> list[str]:
    return [toast.value for toast in tab.toast]


def policy(frontline: Frontline, org: str = CLOTHING_ORG) -> Policy:
    return frontline.questions.table(OWNER, org).policy


def save(frontline: Frontline, org: str = CLOTHING_ORG, **model: Any) -> None:
    """Save model settings past the page."""
    base = frontline.questions.newest_revision(OWNER, org)
    frontline.questions.save_settings(OWNER, org, base_revision=base, policy=Policy(model=ModelSettings(**model)))
