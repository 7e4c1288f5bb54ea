"""Reads from the probabilities of a reply's tokens how sure the model was of an id."""

import functools
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

WIDEST = 0.1
"""How far a probability may be unsure and still be told."""

_DIGITS = re.compile(r"(?P<digits>[0-9]*)(?P<after>[^0-9].*)?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    logprob: float
    others: tuple[tuple[str, float], ...]


def probability(value: object) -> float | None:
    """A number from 0 to 1 that a server sent, None for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def id_probabilities(
    chosen: str, text: str, start: int, choice: Mapping[str, Any], offered: Collection[str]
) -> dict[str, float]:
    """How likely (0 to 1) the model found the ``chosen`` id, which stands at ``start`` of ``text``, among the offered.

    Others that it considered stand beside it. Servers that hold a model to a grammar tell the probabilities from before
    it was held (measured on llama.cpp): most of them belong to texts that it could not write. So each token's is
    divided by those of all tokens that an offered id can go on with, and the id's is the product over its tokens. Where
    an id is the beginning of another ("1" and "17"), what follows it counts too.

    Servers list only the likeliest tokens. What is not listed may belong to offered ids as well, so that there is a
    least and a most; the least is told, and nothing where they are more than WIDEST apart. Empty also when the server
    sent no log-probabilities, or some that do not belong to this text.
    """
    covering = _covering(chosen, text, start, choice, offered)
    if not covering:
        return {}
    steps = [
        _Step.of(
            token,
            text[position:start] if position < start else "",
            text[start:position] if position < start + len(chosen) else chosen,
            offered,
        )
        for position, token in covering
    ]
    if not all(step.chosen for step in steps):  # less than a computer can hold
        return {}
    least = math.prod(step.chosen / (step.allowed + step.unlisted) for step in steps)
    most = math.prod(step.chosen / step.allowed for step in steps)
    if most - least > WIDEST:
        return {}
    found = {chosen: min(1.0, least)}
    position, first = covering[0]
    if position + len(first.text) >= start + len(chosen):
        share = steps[0].allowed + steps[0].unlisted
        others = _others(first, text[position:start], chosen, offered)
        found |= {other: min(1.0, value / share) for other, value in others.items()}
    return found


def _covering(
    chosen: str, text: str, start: int, choice: Mapping[str, Any], offered: Collection[str]
) -> list[tuple[int, _Token]]:
    """The tokens that write the id, each with its place in the text; none when they cannot be told."""
    tokens = _tokens(choice)
    if not "".join(token.text for token in tokens).startswith(text):
        return []
    goes_on = chosen in _beginnings(tuple(offered))  # after it the model may still write more digits
    covering: list[tuple[int, _Token]] = []
    position, end = 0, start + len(chosen)
    for token in tokens:
        if position >= end and not (position == end and goes_on):
            break
        if position + len(token.text) > start:
            covering.append((position, token))
        position += len(token.text)
    return [] if position <= end and goes_on else covering


@functools.lru_cache(maxsize=8)
def _beginnings(offered: tuple[str, ...]) -> frozenset[str]:
    """What longer ids begin with. The questions on one table offer the same ids again and again."""
    return frozenset(one[:length] for one in offered for length in range(1, len(one)))


@dataclass(frozen=True, slots=True)
class _Step:
    """One token of an id: its probability, that of all listed tokens that were allowed, it among them, and the most
    that allowed tokens have which are not listed."""

    chosen: float
    allowed: float
    unlisted: float

    @classmethod
    def of(cls, token: _Token, before: str, written: str, offered: Collection[str]) -> "_Step":
        """The step of ``token``, in front of whose digits ``before`` stands, when ``written`` was there of the id."""
        listed = {text: math.exp(logprob) for text, logprob in token.others}
        chosen = listed[token.text] = math.exp(token.logprob)
        possible = [one for one in offered if one.startswith(written)]
        left, allowed = set(possible), 0.0
        for text, value in listed.items():
            match = _DIGITS.fullmatch(text[len(before) :]) if text.startswith(before) else None
            if match is None:
                continue
            id_ = written + match["digits"]
            after = {one for one in possible if (one == id_ if match["after"] else one.startswith(id_))}
            if after or text == token.text:
                allowed += value
                left -= after
        least_listed = min((math.exp(logprob) for _, logprob in token.others), default=1.0)
        unlisted = min(max(0.0, 1.0 - sum(listed.values())), len(left) * least_listed)
        return cls(chosen=chosen, allowed=allowed, unlisted=unlisted)


def _others(token: _Token, before: str, chosen: str, offered: Collection[str]) -> dict[str, float]:
    """Other ids that stood to choose in place of a token that holds a whole one."""
    unfinished = _beginnings(tuple(offered))
    found: dict[str, float] = {}
    for text, logprob in token.others:
        match = _DIGITS.fullmatch(text[len(before) :]) if text.startswith(before) else None
        if match is None:
            continue
        other = match["digits"]
        if other != chosen and other in offered and (match["after"] or other not in unfinished):
            found[other] = found.get(other, 0.0) + math.exp(logprob)
    return found


def _tokens(choice: Mapping[str, Any]) -> list[_Token]:
    """The tokens of a choice's ``logprobs``; none when one of them cannot be read."""
    logprobs = choice.get("logprobs")
    content = logprobs.get("content") if isinstance(logprobs, dict) else None
    found = []
    for item in content if isinstance(content, list) else []:
        token = _pair(item)
        if token is None:
            return []
        top = item.get("top_logprobs")
        others = [_pair(other) for other in top] if isinstance(top, list) else []
        found.append(_Token(*token, others=tuple(other for other in others if other is not None)))
    return found


def _pair(item: object) -> tuple[str, float] | None:
    if not isinstance(item, dict):
        return None
    text, logprob = item.get("token"), item.get("logprob")
    if not isinstance(text, str) or isinstance(logprob, bool) or not isinstance(logprob, int | float):
        return None
    if not -1e9 <= logprob <= 1e-6:  # rounding can lift a certain token a little above 0
        return None
    return text, min(0.0, float(logprob))
