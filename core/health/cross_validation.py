"""Cross-validation of a table: each known phrasing is left out in turn, and asked by the rule of the engine."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from core.engines.semantic.left_out import LeftOutPhrasings
from core.health.findings import LostPhrasing, Outcomes
from core.questions.text import same_question_key


def cross_validation(found: LeftOutPhrasings, strictness: float) -> tuple[Outcomes, Mapping[int, Outcomes]]:
    """What became of all phrasings, and by the id of their entry; ``strictness`` is the org's."""
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for place, outcome in enumerate(_outcomes(found, strictness)):
        counts[found.index.entries[found.entry[place]].id][outcome] += 1
    total = sum(counts.values(), Counter())
    return Outcomes(**total), {entry_id: Outcomes(**each) for entry_id, each in counts.items()}


def lost_phrasings(found: LeftOutPhrasings, strictness: float) -> list[LostPhrasing]:
    """The phrasings that would not find their own entry: first those that another one would win."""
    entries, lost = found.index.entries, []
    for place, outcome in enumerate(_outcomes(found, strictness)):
        if outcome in ("wrong", "to_a_person"):
            given = entries[found.rival[place]].id if outcome == "wrong" else None
            own = entries[found.entry[place]].id
            lost.append(LostPhrasing(entry_id=own, phrasing=found.index.phrasings[place], given_id=given))
    return sorted(lost, key=lambda one: one.given_id is None)


def _outcomes(found: LeftOutPhrasings, strictness: float) -> Iterator[str]:
    """What became of each phrasing: a name of a field of ``Outcomes``."""
    threshold = found.threshold + strictness
    best = np.maximum(found.own, found.rival_score)
    is_own = found.own >= found.rival_score
    place = 0
    for entry in found.index.entries:
        keys = [same_question_key(text) for text in entry.phrasings]
        for key in keys:
            yield _outcome(
                is_alone=len(entry.phrasings) == 1,
                is_stored_again=keys.count(key) > 1,
                is_given=bool(best[place] >= threshold),
                is_own=bool(is_own[place]),
            )
            place += 1


def _outcome(*, is_alone: bool, is_stored_again: bool, is_given: bool, is_own: bool) -> str:
    if is_alone:
        return "untested"
    if is_stored_again:
        return "right"
    if not is_given:
        return "to_a_person"
    return "right" if is_own else "wrong"
