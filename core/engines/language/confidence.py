"""Reads from the probabilities of a reply's tokens how sure the model was of an id."""

import functools
import math
import re
from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from typing import Any


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
    """The probability (0 to 1) of the ``chosen`` id, which stands at ``start`` of ``text``, and of others considered.

    It is the product over the tokens that write the id: with OpenAI's vocabularies a single one. Where an id is the
    beginning of another ("1" and "17"), what follows counts too, because the first token alone could become either.
    Empty when the server sent no log-probabilities, or some that do not belong to this text.
    """
    tokens = _tokens(choice)
    if not "".join(token.text for token in tokens).startswith(text):
        return {}
    # What longer ids begin with: after these the model may still go on.
    unfinished = _beginnings(tuple(offered))
    covering: list[_Token] = []
    first = position = 0
    end = start + len(chosen)
    for token in tokens:
        if position >= end and not (position == end and chosen in unfinished):
            break
        if position + len(token.text) > start:
            first = first if covering else position
            covering.append(token)
        position += len(token.text)
    if not covering or (position <= end and chosen in unfinished):
        return {}
    found = {chosen: min(1.0, math.exp(sum(token.logprob for token in covering)))}
    if first + len(covering[0].text) >= end:
        found |= _others(covering[0], text[first:start], chosen, offered, unfinished)
    return found


@functools.lru_cache(maxsize=8)
def _beginnings(offered: tuple[str, ...]) -> frozenset[str]:
    """What longer ids begin with. The questions on one table offer the same ids again and again."""
    return frozenset(one[:length] for one in offered for length in range(1, len(one)))


def _others(
    token: _Token, before: str, chosen: str, offered: Collection[str], unfinished: Set[str]
) -> dict[str, float]:
    """Other ids that stood to choose in place of a token that holds a whole one."""
    found: dict[str, float] = {}
    for text, logprob in token.others:
        match = re.fullmatch(r"([0-9]+)([^0-9]*)", text[len(before) :]) if text.startswith(before) else None
        if match is None:
            continue
        other, after = match.groups()
        if other != chosen and other in offered and (after or other not in unfinished):
            found[other] = min(1.0, found.get(other, 0.0) + math.exp(logprob))
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
