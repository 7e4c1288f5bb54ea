"""The settings of an org by name: what each is called for people, and in which of them two policies differ."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from core.questions.policy import ModelSettings, Policy

POLICY_LABELS: Mapping[str, str] = {
    "fallback": "Text when a person takes over",
    "strictness": "How careful the bot is",
    "promise": "Promise to visitors",
    "engine": "Engine",
    "base_url": "Server address",
    "model": "Model",
    "style": "How the model is asked",
    "company": "Company name",
    "description": "What the company does",
    "negatives": "Questions for a person",
    "examples": "Example companies",
    "min_confidence": "How sure the model must be",
    "shortlist": "Answers offered from a large table",
    "calls_in_flight": "Calls at once",
    "usd_a_month": "Dollars a month",
    "tokens_a_month": "Tokens a month",
}
"""Every field of Policy and of its ModelSettings; the same words on the page, in problems, notes and the history."""

_OF_THE_MODEL = frozenset(field.name for field in fields(ModelSettings))
_NAMED = 4


def value(policy: Policy, name: str) -> Any:  # noqa: ANN401 - each field has its own type
    """The value of a field of the policy or of its model settings."""
    return getattr(policy.model if name in _OF_THE_MODEL else policy, name)


def with_values(policy: Policy, values: Mapping[str, Any]) -> Policy:
    """The policy with these fields changed."""
    of_the_model = {name: new for name, new in values.items() if name in _OF_THE_MODEL}
    others = {name: new for name, new in values.items() if name not in _OF_THE_MODEL}
    return replace(policy, **others, model=replace(policy.model, **of_the_model))


def changed(old: Policy, new: Policy) -> list[str]:
    """The names of the fields in which two policies differ, in the order of ``POLICY_LABELS``."""
    return [name for name in POLICY_LABELS if value(old, name) != value(new, name)]


def note(old: Policy, new: Policy) -> str:
    """What a save of settings changed, where nobody wrote a note, e.g. "Settings: model, dollars a month"."""
    return f"Settings: {listed([in_a_sentence(name) for name in changed(old, new)])}"


def listed(words: Sequence[str]) -> str:
    """The first of many words, and how many more there are.

    >>> listed(["model", "key"]), listed(["a", "b", "c", "d", "e", "f"])
    ('model, key', 'a, b, c, d and 2 more')
    """
    more = len(words) - _NAMED
    named = ", ".join(words[:_NAMED])
    return f"{named} and {more} more" if more > 0 else named


def in_a_sentence(name: str) -> str:
    """The field's words within a sentence.

    >>> in_a_sentence("usd_a_month")
    'dollars a month'
    """
    label = POLICY_LABELS[name]
    return label[0].lower() + label[1:]
