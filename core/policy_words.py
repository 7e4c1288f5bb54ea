"""The values of an org's settings in words: the same on every page and in every file that people take away."""

from collections.abc import Callable, Mapping
from typing import Any

from core.examples.example import SHIPPED_BY_ID
from core.questions.policy import EngineKind, Style
from core.questions.promise import Promise
from core.spending.words import money, tokens
from core.statistics.numbers import as_set

NO_LIMIT = "no limit"
NO_PROMISE = "none"

CAREFUL = {
    -0.25: "Answers nearly always",
    -0.1: "Answers much more",
    -0.05: "Answers more",
    0.0: "Balanced",
    0.05: "More careful",
    0.1: "Very careful",
}
"""What is added to the engine's threshold, in words."""

ENGINES: Mapping[EngineKind, str] = {
    EngineKind.DEPLOYMENT: "The default engine",
    EngineKind.BUILT_IN: "Always the built-in engine",
    EngineKind.SERVER: "Our own model server",
    EngineKind.CASCADE: "Both: the built-in engine first, our model server when it is unsure",
}

STYLES: Mapping[Style, str] = {
    Style.BEST: "In the best way that the server knows",
    Style.DECISIONS: "As a choice between the answers",
    Style.SCHEMA: "As a chat with a form to fill in",
    Style.CHOICE: "As a chat that may only name an answer",
    Style.COMPLETION: "As a text to go on with",
    Style.COMPANIES: "As a text to go on with, after example companies",
}


def careful(strictness: float) -> str:
    """The words for a strictness; one between two of those that can be chosen has its number beside them.

    >>> careful(0.05), careful(0.04), careful(0.07)
    ('More careful', 'A little more careful (+0.04)', 'More careful (+0.07)')
    >>> careful(-0.02), careful(-0.3)
    ('Answers a little more (-0.02)', 'Answers nearly always (-0.30)')
    """
    if strictness in CAREFUL:
        return CAREFUL[strictness]
    passed = [step for step in CAREFUL if step * strictness > 0 and abs(step) < abs(strictness)]
    little = "A little more careful" if strictness > 0 else "Answers a little more"
    words = CAREFUL[max(passed, key=abs)] if passed else little
    return f"{words} ({strictness:+.2f})"


def promised(promise: Promise | None) -> str:
    """What visitors are promised, in words; the words for none where there is no promise."""
    return NO_PROMISE if promise is None else at_most(promise.most_wrong)


def at_most(most_wrong: int) -> str:
    """The words of a promise.

    >>> at_most(2), at_most(1)
    ('at most 2 of 100 visitors get a wrong answer', 'at most 1 of 100 visitors gets a wrong answer')
    """
    return f"at most {most_wrong} of 100 visitors {'gets' if most_wrong == 1 else 'get'} a wrong answer"


def dollars(usd: float | None) -> str:
    """A limit in dollars.

    >>> dollars(25.0), dollars(None)
    ('$25.00', 'no limit')
    """
    return NO_LIMIT if usd is None else money(round(usd * 10**9))


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
    "promise": promised,
    "engine": ENGINES.__getitem__,
    "style": STYLES.__getitem__,
    "negatives": " · ".join,
    "min_confidence": as_set,
    "usd_a_month": dollars,
    "tokens_a_month": lambda count: NO_LIMIT if count is None else tokens(count),
}
