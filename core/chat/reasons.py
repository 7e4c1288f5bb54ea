"""What stands behind a reply of the chat, for who shows it to others: which entry, how sure, what else was near."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.answering import Answered, AskResult, Failed
from core.engines.protocol import Candidate, Decision
from core.engines.semantic.reach import why_unread
from core.questions.entry import Entry, Published
from core.questions.text import shortened
from core.runs.recalibrations import recalibrated
from core.statistics.recalibration import Recalibration

QUESTION_KEPT = 200
"""Characters of an entry's question that are kept."""
_NONE_FITS = "The model decided that no stored answer fits."


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsideredEntry:
    """An entry that might be meant; ``confidence`` (0 to 1) is None where a model told none."""

    entry_id: int
    question: str
    confidence: float | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reasons:
    """Why a visitor got a reply, kept with it.

    ``why_not`` says why no entry was given, "" where one was. ``nearest`` is the entry that was given, or else the one
    that was nearest, and None where there is none; with ``exact`` the message is one of its phrasings. ``near`` are the
    others, the nearest first.
    """

    revision: int
    engine: str
    why_not: str = ""
    nearest: ConsideredEntry | None = None
    exact: bool = False
    near: tuple[ConsideredEntry, ...] = ()

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Reasons":
        """As they were kept."""
        nearest, near = kept["nearest"], kept["near"]
        entries = {
            "nearest": ConsideredEntry(**nearest) if nearest else None,
            "near": tuple(ConsideredEntry(**one) for one in near),
        }
        return cls(**{**kept, **entries})


def reasons_of(result: AskResult, scale: Recalibration | None = None) -> Reasons:
    """Those of an answer; ``scale`` says what the engine's confidence is worth, None where nobody knows."""
    published, outcome = result.published, result.outcome
    begun = Reasons(revision=published.revision, engine=result.engine)
    if isinstance(outcome, Failed):
        return _with(begun, "The call failed. That counts as a failure, not as a question for a person.")
    if result.decision is None:
        return _with(begun, "", _entry(outcome.entry, None)) if isinstance(outcome, Answered) else begun
    decision = recalibrated(result.decision, scale)
    given = outcome.entry if isinstance(outcome, Answered) else None
    found = [_near(one, published) for one in decision.candidates]
    if given is None:
        return _with(begun, _why_not(decision, published), *found)
    first = next((one for one in found if one.entry_id == given.id), _entry(given, None))
    others = [one for one in found if one.entry_id != given.id]
    return _with(begun, "", first, *others, exact=decision.exact)


def _with(begun: Reasons, why_not: str, *found: ConsideredEntry, exact: bool = False) -> Reasons:
    nearest, near = (found[0], found[1:]) if found else (None, ())
    return Reasons(
        revision=begun.revision, engine=begun.engine, why_not=why_not, nearest=nearest, exact=exact, near=near
    )


def _near(candidate: Candidate, published: Published) -> ConsideredEntry:
    return _entry(published.by_id[candidate.entry_id], candidate.confidence)


def _entry(entry: Entry, confidence: float | None) -> ConsideredEntry:
    return ConsideredEntry(entry_id=entry.id, question=shortened(entry.question, QUESTION_KEPT), confidence=confidence)


def _why_not(decision: Decision, published: Published) -> str:
    if decision.unread is not None:
        return why_unread(decision.unread)
    if not decision.candidates:
        none_on = "No answer of the table is on, so there is nothing to choose from."
        return _NONE_FITS if published.entries else none_on
    if decision.prompt:
        return "The model was not sure enough of the nearest entry." if decision.unsure else _NONE_FITS
    if decision.candidates[0].score < decision.threshold:
        return "No stored question is close enough to be sure that it is meant."
    return _NONE_FITS
