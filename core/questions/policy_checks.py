"""The rules that an org's settings keep, and the words for each field that breaks one."""

from collections.abc import Iterator

from core.errors import Problem
from core.questions.policy import ModelSettings, Policy
from core.questions.policy_fields import POLICY_LABELS
from core.questions.promise import MOST_WRONG
from core.questions.text import shortened, unusable
from core.web_address import wrong_address

FALLBACK_LIMIT = 500
MODEL_LIMIT = 200
COMPANY_LIMIT = 100
DESCRIPTION_LIMIT = 2_000
NEGATIVE_LIMIT = 300
"""Characters of a text."""

NEGATIVES_LIMIT = 50
EXAMPLES_LIMIT = 10
"""Items of a list."""

STRICTNESS_LIMIT = 0.6
SHORTLIST = (5, 100)
CALLS_IN_FLIGHT = (1, 100)
MOST_USD = 1_000_000
MOST_TOKENS = 10**12
"""Bounds of the numbers, themselves included."""

_EXAMPLE_ID_LIMIT = 200


def policy_problems(policy: Policy) -> list[Problem]:
    """What is wrong with an org's settings, in the order of the page. Nothing is looked up and no server is asked."""
    found = [*_answer_problems(policy), *_server_problems(policy.model)]
    found += [*_prompt_problems(policy.model), *_number_problems(policy.model)]
    return [Problem(row="Settings", field=POLICY_LABELS[name], reason=reason) for name, reason in found]


def _answer_problems(policy: Policy) -> Iterator[tuple[str, str]]:
    if not policy.fallback.strip():
        yield "fallback", "is empty: say what a visitor reads when a person takes over."
    elif reason := unusable(policy.fallback, FALLBACK_LIMIT):
        yield "fallback", reason
    if not -STRICTNESS_LIMIT <= policy.strictness <= STRICTNESS_LIMIT:
        yield "strictness", f"must be between {-STRICTNESS_LIMIT} and {STRICTNESS_LIMIT}."
    least, most = MOST_WRONG
    if policy.promise is not None and not least <= policy.promise.most_wrong <= most:
        yield "promise", f"must be about {least} to {most} of 100 visitors."


def _server_problems(model: ModelSettings) -> Iterator[tuple[str, str]]:
    # Another engine needs neither, but what is there must be fit to be used, and must not hold a password.
    needed = model.has_own_server
    if (needed or model.base_url) and (reason := wrong_address(model.base_url)):
        yield "base_url", reason
    if needed and not model.model:
        yield "model", "is empty: write the name of one that the server has."
    elif reason := _wrong_line(model.model, MODEL_LIMIT):
        yield "model", reason
    elif not model.model.isprintable():  # what a joiner is in other texts is a slip in a name
        yield "model", "holds a sign that does not show: delete it and type the name again."


def _prompt_problems(model: ModelSettings) -> Iterator[tuple[str, str]]:
    if reason := _wrong_line(model.company, COMPANY_LIMIT):
        yield "company", reason
    if reason := unusable(model.description, DESCRIPTION_LIMIT):
        yield "description", reason
    if len(model.negatives) > NEGATIVES_LIMIT:
        yield "negatives", f"has {len(model.negatives):,} questions; {NEGATIVES_LIMIT} is the limit."
    for negative in model.negatives:
        if not negative.strip():
            yield "negatives", "holds an empty question: delete it."
        elif reason := _wrong_line(negative, NEGATIVE_LIMIT):
            yield "negatives", f"“{shortened(negative)}” {reason}"
    if len(model.examples) > EXAMPLES_LIMIT:
        yield "examples", f"has {len(model.examples):,} companies; {EXAMPLES_LIMIT} is the limit."
    if any(not example or _wrong_line(example, _EXAMPLE_ID_LIMIT) for example in model.examples):
        yield "examples", "holds something that is no example: choose from the list."


def _number_problems(model: ModelSettings) -> Iterator[tuple[str, str]]:
    # "Not within" and never "beyond": NaN is neither.
    if not 0 <= model.min_confidence <= 1:
        yield "min_confidence", "must be between 0 % and 100 %."
    for name, number, (least, most) in (
        ("shortlist", model.shortlist, SHORTLIST),
        ("calls_in_flight", model.calls_in_flight, CALLS_IN_FLIGHT),
    ):
        if not least <= number <= most:
            yield name, f"must be between {least} and {most}."
    if model.usd_a_month is not None and not 0 <= model.usd_a_month <= MOST_USD:
        yield "usd_a_month", f"must be between 0 and {MOST_USD:,}, or empty for no limit."
    if model.tokens_a_month is not None and not 0 <= model.tokens_a_month <= MOST_TOKENS:
        yield "tokens_a_month", f"must be between 0 and {MOST_TOKENS:,}, or empty for no limit."


def _wrong_line(text: str, limit: int) -> str | None:
    """Why this is no usable text of one line; an empty one is."""
    if reason := unusable(text, limit):
        return reason
    if len(text.splitlines()) > 1:
        return "holds a line break: write it on one line."
    return "begins or ends with a space: delete it." if text != text.strip() else None
