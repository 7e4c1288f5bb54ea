import math
from dataclasses import fields
from typing import Any

import pytest

from core.engines.language.server import ServerKey, ServerSettings
from core.errors import InvalidInput
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.questions.policy_checks import (
    COMPANY_LIMIT,
    DESCRIPTION_LIMIT,
    FALLBACK_LIMIT,
    MODEL_LIMIT,
    NEGATIVE_LIMIT,
    policy_problems,
)
from core.questions.policy_fields import POLICY_LABELS, with_values
from core.web_address import ADDRESS_LIMIT

SERVER = {"engine": EngineKind.SERVER, "base_url": "https://api.openai.com/v1", "model": "gpt-6-luna"}


def problems(**values: Any) -> list[str]:
    return [str(problem) for problem in policy_problems(with_values(Policy(), values))]


@pytest.mark.parametrize(
    "values",
    [
        {},
        SERVER,
        {"strictness": -0.5},
        {"fallback": "x" * FALLBACK_LIMIT},
        {"company": "Bücher & Söhne 👩\u200d💻", "description": "We sell books.\n\nAnd tea."},
        {"negatives": ("Where is my order?",) * 50, "examples": ("shipped:marrow-lane-bakery",) * 10},
        {"min_confidence": 1.0, "shortlist": 5, "calls_in_flight": 1, "usd_a_month": 0.0, "tokens_a_month": 0},
        {"shortlist": 100, "calls_in_flight": 100, "usd_a_month": 1_000_000.0, "tokens_a_month": 10**12},
        {"usd_a_month": None, "tokens_a_month": None},
        {**SERVER, "engine": EngineKind.BUILT_IN},
    ],
)
def test_settings_within_their_bounds_have_no_problems(values: dict[str, Any]) -> None:
    assert problems(**values) == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (
            {"fallback": " "},
            "Text when a person takes over: is empty: say what a visitor reads when a person takes over.",
        ),
        ({"fallback": "x" * 501}, "Text when a person takes over: has 501 characters; 500 is the limit."),
        (
            {"fallback": "a\x07b"},
            "Text when a person takes over: holds the control character U+0007: delete it and type the text again.",
        ),
        ({"strictness": 0.61}, "How careful the bot is: must be between -0.6 and 0.6."),
        ({**SERVER, "base_url": ""}, "Server address: is empty: write it like https://api.openai.com/v1"),
        (
            {**SERVER, "base_url": "api.openai.com"},
            "Server address: is no web address: write it like https://api.openai.com/v1",
        ),
        (
            {**SERVER, "base_url": "https://a/" + "x" * ADDRESS_LIMIT},
            "Server address: has 510 characters; 500 is the limit.",
        ),
        (
            {**SERVER, "base_url": "https://me:secret@api.openai.com/v1"},
            "Server address: holds a user name or a password: write the key into its own field.",
        ),
        (
            {**SERVER, "base_url": "https://api.openai.com/v1?key=secret"},
            "Server address: holds a key behind the ?: write the key into its own field.",
        ),
        ({**SERVER, "model": ""}, "Model: is empty: write the name of one that the server has."),
        ({**SERVER, "model": "x" * (MODEL_LIMIT + 1)}, "Model: has 201 characters; 200 is the limit."),
        (
            {**SERVER, "model": "gpt\u200b"},
            "Model: holds a sign that does not show: delete it and type the name again.",
        ),
        ({**SERVER, "model": "gpt "}, "Model: begins or ends with a space: delete it."),
        ({"company": "x" * (COMPANY_LIMIT + 1)}, "Company name: has 101 characters; 100 is the limit."),
        ({"company": "a\nb"}, "Company name: holds a line break: write it on one line."),
        (
            {"description": "x" * (DESCRIPTION_LIMIT + 1)},
            "What the company does: has 2,001 characters; 2,000 is the limit.",
        ),
        ({"negatives": ("x?",) * 51}, "Questions for a person: has 51 questions; 50 is the limit."),
        ({"negatives": (" ",)}, "Questions for a person: holds an empty question: delete it."),
        (
            {"negatives": ("y" * (NEGATIVE_LIMIT + 1),)},
            f"Questions for a person: “{'y' * 57}…” has 301 characters; 300 is the limit.",
        ),
        ({"negatives": ("a\nb",)}, "Questions for a person: “a�b” holds a line break: write it on one line."),
        ({"examples": ("x",) * 11}, "Example companies: has 11 companies; 10 is the limit."),
        ({"examples": ("",)}, "Example companies: holds something that is no example: choose from the list."),
        ({"min_confidence": 1.01}, "How sure the model must be: must be between 0 % and 100 %."),
        ({"min_confidence": math.nan}, "How sure the model must be: must be between 0 % and 100 %."),
        ({"shortlist": 4}, "Answers offered from a large table: must be between 5 and 100."),
        ({"shortlist": 101}, "Answers offered from a large table: must be between 5 and 100."),
        ({"calls_in_flight": 0}, "Calls at once: must be between 1 and 100."),
        ({"calls_in_flight": 101}, "Calls at once: must be between 1 and 100."),
        ({"usd_a_month": -0.01}, "Dollars a month: must be between 0 and 1,000,000, or empty for no limit."),
        ({"usd_a_month": math.nan}, "Dollars a month: must be between 0 and 1,000,000, or empty for no limit."),
        ({"usd_a_month": math.inf}, "Dollars a month: must be between 0 and 1,000,000, or empty for no limit."),
        ({"tokens_a_month": -1}, "Tokens a month: must be between 0 and 1,000,000,000,000, or empty for no limit."),
        (
            {"tokens_a_month": 10**12 + 1},
            "Tokens a month: must be between 0 and 1,000,000,000,000, or empty for no limit.",
        ),
    ],
)
def test_a_broken_setting_is_named_as_on_the_page_with_a_reason(values: dict[str, Any], expected: str) -> None:
    assert problems(**values) == [f"Settings, {expected}"]


def test_every_problem_is_told_at_once_in_the_order_of_the_page() -> None:
    found = problems(tokens_a_month=-1, company="x" * 101, fallback="", shortlist=0, negatives=("", "a\0b"))

    assert [problem.split(": ")[0].removeprefix("Settings, ") for problem in found] == [
        "Text when a person takes over",
        "Company name",
        "Questions for a person",
        "Questions for a person",
        "Answers offered from a large table",
        "Tokens a month",
    ]


@pytest.mark.parametrize("kind", [EngineKind.DEPLOYMENT, EngineKind.BUILT_IN])
def test_another_engine_needs_no_server_and_still_no_password_is_kept_in_an_address(kind: EngineKind) -> None:
    assert problems(engine=kind, base_url="", model="") == []
    assert len(problems(engine=kind, base_url="https://:secret@x/v1")) == 1


@pytest.mark.parametrize(
    "address",
    [
        "https://api.openai.com/v1",
        "http://127.0.0.1:11434/v1/",
        "http://[::1]:8080",
        "HTTPS://API.OPENAI.COM",
        "https://[broken",
        "https://x:0/v1",
        "https://x:99999/v1",
        "https:///v1",
        "ftp://x/v1",
        "x",
        "https://ö.example/v1",
        "https://x/a b",
        "https://a@x",
        "https://x#y",
        "https://x?",
        "https://x/openai/deployments/bot?api-version=2024-10-21",
        "https://good.example\\.evil.example/v1",
        "https://x/" + "y" * 490,
        "https://x/" + "y" * 491,
        "javascript:alert(1)",
    ],
)
@pytest.mark.parametrize("model", ["gpt-6-luna", " gpt", "g" * 200, "g" * 201, "a\tb", "a\u200bb", "ö/名"])
def test_what_may_be_saved_is_what_the_engine_takes(address: str, model: str) -> None:
    try:
        ServerSettings(base_url=address, api_key=ServerKey(""), model=model)
        refused = False
    except InvalidInput:
        refused = True

    assert bool(problems(engine=EngineKind.SERVER, base_url=address, model=model)) is refused


def test_every_setting_has_words() -> None:
    names = [field.name for kind in (Policy, ModelSettings) for field in fields(kind) if field.name != "model"]

    assert set(names) | {"model"} == set(POLICY_LABELS)
    assert len(set(POLICY_LABELS.values())) == len(POLICY_LABELS)
