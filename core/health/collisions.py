"""Collisions: phrasings that another entry would win if they were not stored, and entries that cannot be told apart.

The constants were chosen by tests/benchmarks/planted_collisions.py on banking77 and clinc150; what they find in hwu64
and stackfaq, which had no part in it, stands in .docs/measurements.md.
"""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.left_out import NOBODY, NOT_STORED, LeftOutPhrasings
from core.health.findings import AlikePair, Collision

RIVAL_WEIGHT = 0.7
LEAST_SEVERITY = 0.36
"""A phrasing collides where what its own entry lacks to the threshold, and 0.7 times what the other entry has above
it, come to this. That the other one fits better is not enough: on one subject that is so for one phrasing in ten."""

LEAST_PAIR = -0.19
MARGIN_WEIGHT = 0.5
MOST_APART = -0.4
"""Two entries cannot be told apart where their phrasings are about as near to each other's as to their own (the
difference is the energy distance, with the sign changed), and each fits the other one about as well as its own."""

_Floats = NDArray[np.float64]


def collisions(found: LeftOutPhrasings, paired: frozenset[frozenset[int]]) -> list[Collision]:
    """The worst first, without those between two entries of a pair in ``paired``, which say the same."""
    entries, phrasings = found.index.entries, found.index.phrasings
    severity = severities(found)
    result = []
    for place in np.argsort(-severity, kind="stable"):
        if severity[place] < LEAST_SEVERITY:
            break
        own, rival = entries[found.entry[place]], entries[found.rival[place]]
        if frozenset((own.id, rival.id)) not in paired:
            result.append(
                Collision(
                    entry_id=own.id,
                    phrasing=phrasings[place],
                    rival_id=rival.id,
                    rival_phrasing=phrasings[found.rival_phrasing[place]],
                    rival_question=rival.question,
                    severity=float(severity[place]),
                )
            )
    return result


def severities(found: LeftOutPhrasings) -> _Floats:
    """By phrasing. Below all bounds where there is no rival, or no second phrasing: that entry is judged in pairs."""
    own, rival = found.own - found.threshold, found.rival_score - found.threshold
    severity: _Floats = RIVAL_WEIGHT * rival - own
    severity[(found.rival == NOBODY) | (found.own == NOT_STORED)] = -np.inf
    return severity


def pairs(found: LeftOutPhrasings) -> list[AlikePair]:
    """The worst first."""
    result = []
    for first, second, severity in pair_severities(found):
        if severity >= LEAST_PAIR:
            one, other = found.index.entries[first], found.index.entries[second]
            result.append(
                AlikePair(
                    entry_ids=(one.id, other.id),
                    questions=(one.question, other.question),
                    severity=severity,
                    same_answer=one.answer.strip() == other.answer.strip(),
                )
            )
    return sorted(result, key=lambda pair: -pair.severity)


def pair_severities(found: LeftOutPhrasings) -> Iterator[tuple[int, int, float]]:
    """For each two places of entries of which one would win a phrasing of the other, or come next: how alike they are.

    For an entry with a single phrasing it counts as well whether the other entry would be given for that.
    """
    margins: dict[tuple[int, int], list[float]] = defaultdict(list)
    lone: dict[tuple[int, int], list[float]] = defaultdict(list)
    for place in np.flatnonzero(found.rival != NOBODY):
        entry, rival = int(found.entry[place]), int(found.rival[place])
        key = (min(entry, rival), max(entry, rival))
        if found.own[place] == NOT_STORED:
            lone[key].append(float(found.rival_score[place]) - found.threshold)
        else:
            margins[key].append(max(float(found.rival_score[place] - found.own[place]), MOST_APART))
    for key in sorted(margins.keys() | lone.keys()):
        severity = max(lone[key], default=-np.inf) + LEAST_PAIR
        if margins[key]:
            sizes = [len(found.index.entries[place].phrasings) for place in key]
            of_both = sum(size for size in sizes if size > 1)
            margin = (sum(margins[key]) + MOST_APART * (of_both - len(margins[key]))) / of_both
            severity = max(severity, _nearness(found, *key) + MARGIN_WEIGHT * margin)
        yield *key, float(severity)


def _nearness(found: LeftOutPhrasings, first: int, second: int) -> float:
    one, other = found.index.vectors_at(first), found.index.vectors_at(second)
    own = [mean for vectors in (one, other) if (mean := _within(vectors)) is not None]
    return float((one @ other.T).mean()) - (sum(own) / len(own))


def _within(vectors: NDArray[np.float32]) -> float | None:
    count = len(vectors)
    if count == 1:
        return None
    return float((vectors @ vectors.T).sum() - (vectors * vectors).sum()) / (count * (count - 1))
