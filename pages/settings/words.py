"""The values of an org's settings in words: the same on the Settings page, in the history, and for two who disagree."""

from collections.abc import Callable, Mapping
from typing import Any

from core.engines.language.memory import Finding, Way
from core.examples.example import SHIPPED_BY_ID
from core.questions.policy import EngineKind, Style
from core.spending.words import money, tokens
from pages.settings.careful import careful

NO_LIMIT = "no limit"

ENGINES: Mapping[EngineKind, str] = {
    EngineKind.DEPLOYMENT: "This installation’s engine",
    EngineKind.BUILT_IN: "The built-in engine",
    EngineKind.SERVER: "Our own model server",
}

STYLES: Mapping[Style, str] = {
    Style.BEST: "In the best way that the server knows",
    Style.DECISIONS: "As a choice between the answers",
    Style.SCHEMA: "As a chat with a form to fill in",
    Style.CHOICE: "As a chat that may only name an answer",
    Style.COMPLETION: "As a text to go on with",
    Style.COMPANIES: "As a text to go on with, after example companies",
}

ABOUT_STYLES: Mapping[Style, str] = {
    Style.BEST: "Right for nearly everybody. Frontline finds out what the server can do.",
    Style.DECISIONS: "OpenAI’s newest models. Tells best how sure the model is.",
    Style.SCHEMA: "Nearly every server. The model fills in the number of an answer.",
    Style.CHOICE: "vLLM and llama.cpp. The model writes the number of an answer and nothing else.",
    Style.COMPLETION: "Older models on your own servers. The model copies an answer; anything but an exact copy fails.",
    Style.COMPANIES: "The model first sees how other companies answer, then copies an answer. Costs more a question.",
}

WAYS: Mapping[Way, str] = {
    Way.DECISIONS: STYLES[Style.DECISIONS],
    Way.SCHEMA: STYLES[Style.SCHEMA],
    Way.CHOICE: STYLES[Style.CHOICE],
    Way.COMPLETION: STYLES[Style.COMPLETION],
}

FINDINGS: Mapping[Finding, str] = {
    Finding.HELD: "held to your answers",
    Finding.FREE: "answered freely",
    Finding.MISSING: "not known",
}


def way_of(style: Style, best: Way | None) -> Way | None:
    """The way in which a server is asked in a style; ``best`` is the best one that it knows."""
    if style is Style.BEST:
        return best
    return Way.COMPLETION if style is Style.COMPANIES else Way(style.value)


def dollars(usd: float | None) -> str:
    """A limit in dollars.

    >>> dollars(25.0), dollars(None)
    ('$25.00', 'no limit')
    """
    return NO_LIMIT if usd is None else money(round(usd * 10**9))


def percent(share: float) -> str:
    """A probability, 0 to 1.

    >>> percent(0.55), percent(0.333)
    ('55%', '33.3%')
    """
    return f"{round(share * 100, 2):g}%"


def said(name: str, value: Any, example_names: Mapping[str, str] = {}) -> str:  # noqa: ANN401 - never changed
    """A setting's value as people read it; ``name`` is the field's, as in ``POLICY_LABELS``.

    ``example_names`` are the names of the example companies that the reader may see, by id.
    """
    if name == "examples":
        return " · ".join(example_name(example_id, example_names) for example_id in value)
    return _SAID.get(name, str)(value)


def example_name(example_id: str, names: Mapping[str, str]) -> str:
    """The name of an example company, also of one that is shared no longer."""
    shipped = SHIPPED_BY_ID.get(example_id)
    return names.get(example_id) or (shipped.name if shipped else "(no longer shared)")


_SAID: Mapping[str, Callable[[Any], str]] = {
    "strictness": careful,
    "engine": ENGINES.__getitem__,
    "style": STYLES.__getitem__,
    "negatives": " · ".join,
    "least_confidence": percent,
    "usd_a_month": dollars,
    "tokens_a_month": lambda count: NO_LIMIT if count is None else tokens(count),
}
