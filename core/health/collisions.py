"""Collisions: phrasings that another entry would win if they were not stored, and entries easily taken for each other.

The constants were chosen by tests/benchmarks/planted_collisions.py on banking77 and clinc150; what they find in hwu64
and stackfaq, which had no part in it, stands in .docs/measurements.md.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.left_out import NOBODY, NOT_STORED, LeftOutPhrasings
from core.health.findings import AlikePair, Collision
from core.health.same_answers import same_text

RIVAL_WEIGHT = 0.7
LEAST_SEVERITY = 0.36
"""A phrasing collides where what its own entry lacks to the threshold, and 0.7 times what the other entry has above
it, come to this. That the other one fits better is not enough: on one subject that is so for one phrasing in ten."""

LEAST_PAIR = -0.19
MARGIN_WEIGHT = 0.5
MOST_APART = -0.4
"""Two entries are easily taken for each other where their phrasings are about as near to each other's as to their own
(the difference is the energy distance, with the sign changed), and each fits the other one about as well as its own."""

STANDS_OUT = 0.1
"""By so much (of a cosine) an entry's only phrasing is nearer to the other entry than to any third one. In tables that
are written by a pattern ("Was kostet …?" of forty goods) many are as near, and that says nothing of two of them."""

_ROWS_AT_ONCE = 256

_Floats = NDArray[np.float64]


def collisions(found: LeftOutPhrasings, paired: frozenset[frozenset[int]], strictness: float = 0.0) -> list[Collision]:
    """The worst first, without those between two entries of a pair in ``paired``, which tells them itself.

    ``strictness`` is the org's.
    """
    severity = severities(found)
    result = []
    for place in np.argsort(-severity, kind="stable"):
        if severity[place] < LEAST_SEVERITY:
            break
        one = _collision(found, int(place), float(severity[place]), strictness)
        if frozenset((one.entry_id, one.rival_id)) not in paired:
            result.append(one)
    return result


def _collision(found: LeftOutPhrasings, place: int, severity: float, strictness: float) -> Collision:
    own, rival = found.index.entries[found.entry[place]], found.index.entries[found.rival[place]]
    return Collision(
        entry_id=own.id,
        phrasing=found.index.phrasings[place],
        rival_id=rival.id,
        rival_phrasing=found.index.phrasings[found.rival_phrasing[place]],
        rival_question=rival.question,
        severity=severity,
        is_given=bool(found.rival_score[place] >= found.threshold + strictness),
    )


def severities(found: LeftOutPhrasings) -> _Floats:
    """By phrasing. Below all bounds where there is no rival, or no second phrasing: that entry is judged in pairs."""
    own, rival = found.own - found.threshold, found.rival_score - found.threshold
    severity: _Floats = RIVAL_WEIGHT * rival - own
    severity[(found.rival == NOBODY) | (found.own == NOT_STORED)] = -np.inf
    return severity


def pairs(found: LeftOutPhrasings, strictness: float = 0.0) -> list[AlikePair]:
    """The worst first, each with the phrasings that one would lose to the other; ``strictness`` is the org's."""
    severity = severities(found)
    lost: dict[tuple[int, int], list[int]] = defaultdict(list)
    for place in np.flatnonzero(_is_lost(found)):
        lost[_both(found, int(place))].append(int(place))
    result = []
    for first, second, how in pair_severities(found):
        if how >= LEAST_PAIR:
            one, other = found.index.entries[first], found.index.entries[second]
            places = sorted(lost[first, second], key=lambda place: -severity[place])
            result.append(
                AlikePair(
                    entry_ids=(one.id, other.id),
                    questions=(one.question, other.question),
                    severity=how,
                    same_answer=same_text(one.answer, other.answer),
                    lost=tuple(_collision(found, place, float(severity[place]), strictness) for place in places),
                )
            )
    return sorted(result, key=lambda pair: -pair.severity)


def pair_severities(found: LeftOutPhrasings) -> Iterator[tuple[int, int, float]]:
    """For each two places of entries that there is something against: how alike they are.

    That is a phrasing of one that the other fits better once it is left out; or, where the one has no second phrasing,
    that the other one would be given for it, and is much nearer to it than any third.
    """
    margins: dict[tuple[int, int], list[float]] = defaultdict(list)
    lone: dict[tuple[int, int], list[float]] = defaultdict(list)
    is_lost, stands_out = _is_lost(found), _stands_out(found)
    lost = set()
    for place in np.flatnonzero(found.rival != NOBODY):
        key = _both(found, int(place))
        if found.own[place] != NOT_STORED:
            margins[key].append(max(float(found.rival_score[place] - found.own[place]), MOST_APART))
            if is_lost[place]:
                lost.add(key)
        elif stands_out[place]:
            lone[key].append(float(found.rival_score[place]) - found.threshold)
    for key in sorted(lost | lone.keys()):
        severity = max(lone[key], default=-np.inf) + LEAST_PAIR
        if margins[key]:
            sizes = [len(found.index.entries[place].phrasings) for place in key]
            of_both = sum(size for size in sizes if size > 1)
            margin = (sum(margins[key]) + MOST_APART * (of_both - len(margins[key]))) / of_both
            severity = max(severity, _nearness(found, *key) + MARGIN_WEIGHT * margin)
        yield *key, float(severity)


def _both(found: LeftOutPhrasings, place: int) -> tuple[int, int]:
    entry, rival = int(found.entry[place]), int(found.rival[place])
    return min(entry, rival), max(entry, rival)


def _is_lost(found: LeftOutPhrasings) -> NDArray[np.bool_]:
    """By phrasing that is not the only one of its entry: whether another one fits it better without it."""
    is_known = (found.rival != NOBODY) & (found.own != NOT_STORED)
    is_lost: NDArray[np.bool_] = is_known & (found.rival_score > found.own)
    return is_lost


def _stands_out(found: LeftOutPhrasings) -> NDArray[np.bool_]:
    """By phrasing that is the only one: whether its rival would be given, and is by far the nearest."""
    result = np.zeros(len(found.entry), dtype=np.bool_)
    given = (found.rival != NOBODY) & (found.own == NOT_STORED) & (found.rival_score >= found.threshold)
    layout, read = found.index.layout(), found.index.read
    starts, of_entry = layout.starts, {int(place): number for number, place in enumerate(read)}
    rows = np.flatnonzero(given[layout.places])
    for begin in range(0, len(rows), _ROWS_AT_ONCE):
        these = rows[begin : begin + _ROWS_AT_ONCE]
        nearest = np.maximum.reduceat(layout.phrasings[these] @ layout.phrasings.T, starts, axis=1)
        places, each = layout.places[these], np.arange(len(these))
        rivals = [of_entry[int(rival)] for rival in found.rival[places]]
        nearness = nearest[each, rivals]
        nearest[each, rivals] = nearest[each, layout.owners[these]] = -1.0
        result[places] = nearness - nearest.max(axis=1) >= STANDS_OUT
    return result


def _nearness(found: LeftOutPhrasings, first: int, second: int) -> float:
    one, other = found.index.vectors_at(first), found.index.vectors_at(second)
    own = [mean for vectors in (one, other) if (mean := _within(vectors)) is not None]
    return float((one @ other.T).mean()) - (sum(own) / len(own))


def _within(vectors: NDArray[np.float32]) -> float | None:
    count = len(vectors)
    if count == 1:
        return None
    return float((vectors @ vectors.T).sum() - (vectors * vectors).sum()) / (count * (count - 1))
