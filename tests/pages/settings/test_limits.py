"""What bounds a month, and what was used of it."""

import pytest

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.policy import EngineKind
from core.spending.ledger import Amount, Month
from pages.settings.limits import used
from tests.model_server import ModelServer
from tests.pages.conftest import Browser
from tests.pages.settings.fields import TOKENS, enter, fields, policy, press, save, unsaved

ORG = CLOTHING_ORG
LIMITS = {"show": "limits"}
SERVER = {"engine": EngineKind.SERVER, "base_url": "http://127.0.0.1:9/v1", "model": "small"}


@pytest.mark.parametrize(
    ("month", "words"),
    [
        (Month(month="2026-11"), "Used in November 2026: $0.00 in 0 calls."),
        (Month(month="2026-01", calls=1, nano_usd=1), "Used in January 2026: less than $0.01 in 1 call."),
        (
            Month(month="2026-12", calls=1_200, nano_usd=420_000_000, unpriced_tokens=12_300),
            "Used in December 2026: $0.42 and 12,300 tokens (price unknown) in 1,200 calls.",
        ),
        (
            Month(month="2026-12", calls=2, nano_usd=10**9, reserved=Amount(nano_usd=3 * 10**9)),
            "Used in December 2026: $1.00 in 2 calls. Set aside for what is under way: $3.00.",
        ),
    ],
)
def test_what_was_used_is_said_in_words(month: Month, words: str) -> None:
    assert used(month) == words


def test_limits_as_they_are_stored_are_no_change(browser: Browser, frontline: Frontline) -> None:
    save(frontline, **SERVER, usd_a_month=7, tokens_a_month=12_345_678, min_confidence=0.333, shortlist=100)

    tab = browser.open("settings", ORG, person=OWNER, query=LIMITS)

    assert not tab.exception
    assert fields(tab)["Dollars a month"].value == 7.0
    assert fields(tab)[TOKENS].value == 12.345678
    assert fields(tab)["How sure the model must be"].value == 33.3
    assert fields(tab)["How sure the model must be"].proto.format == "%g %%"  # "33.3 %", as everywhere
    assert unsaved(tab) == "All saved"


def test_an_empty_limit_is_none(browser: Browser, frontline: Frontline) -> None:
    save(frontline, **SERVER)

    press(
        enter(browser.open("settings", ORG, person=OWNER, query=LIMITS), usd_a_month=None, tokens_a_month=None), "Save"
    )

    assert policy(frontline).model.usd_a_month is None
    assert policy(frontline).model.tokens_a_month is None
    tab = browser.open("settings", ORG, person=OWNER, query=LIMITS)
    assert fields(tab)["Dollars a month"].value is None
    press(enter(tab, usd_a_month=0.0, tokens_a_month=10.0**6), "Save")
    assert policy(frontline).model.usd_a_month == 0
    assert policy(frontline).model.tokens_a_month == 10**12


def test_the_page_tells_what_questions_took_this_month(browser: Browser, frontline: Frontline) -> None:
    with ModelServer(modes=(RequestMode.SCHEMA,)).running() as server:
        save(frontline, engine=EngineKind.SERVER, base_url=server.base_url, model="small")
        frontline.answering.ask(MEMBER, ORG, "when can i come")

    tab = browser.open("settings", ORG, person=MEMBER, query=LIMITS)

    (words,) = [caption.value.replace("\\", "") for caption in tab.caption if "Used in" in caption.value]
    assert words.endswith("1,207 tokens (price unknown) in 1 call.")


def test_where_there_is_nothing_to_limit_there_is_nothing_to_save(browser: Browser) -> None:
    tab = browser.open("settings", ORG, person=OWNER, query=LIMITS)

    assert "Nothing to limit" in [header.value for header in tab.header]
    assert "Save" not in [button.label for button in tab.button]
