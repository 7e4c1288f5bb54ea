"""The sentences on what settings would do to the questions of an evaluation."""

from datetime import tzinfo

from core.moments import moment
from core.plurals import counted
from core.runs.consequences import Foreseen
from core.runs.run_threshold import lowest_known
from core.statistics.numbers import percent
from core.statistics.thresholds import LEAST_TOLD, OutcomeShares, a_hundred

OLD = "The questions and answers were changed since, so it may be otherwise now: run your test questions again."

OTHER_YARDSTICK = (
    "These are test questions. Health under Questions & answers asks the stored phrasings instead, so its figures are "
    "others."
)


def parts(found: OutcomeShares) -> tuple[int, ...]:
    """Answered right, answered wrong, with a person: of 100 visitors, or where the questions are too few for that, of
    these."""
    return found.as_met if found.of < LEAST_TOLD else a_hundred(found.as_met)


def in_short(found: OutcomeShares) -> str:
    """How visitors fare, e.g. "66 answered right, 4 wrong, 30 to a person"."""
    right, wrong, with_a_person = parts(found)
    return f"{right:,} answered right, {wrong:,} wrong, {with_a_person:,} to a person"


def source(found: Foreseen, name: str, zone: tzinfo) -> str:
    """Which evaluation tells this, ``name`` being its name as it shall be shown, and when it is old."""
    told = found.wanted or found.saved
    of = f", {counted(told.of, 'question')} that {'says' if told.of == 1 else 'say'} what is expected" if told else ""
    said = f"From the evaluation “{name}” of {moment(found.run.created_at, zone)}, revision {found.run.revision:,}{of}."
    return f"{said} {OLD}" if found.is_old else said


def not_told(found: Foreseen) -> str:
    """Why the evaluation tells nothing of the settings in question."""
    return (
        f"That evaluation asked for {percent(lowest_known(found.run))} itself, so it does not tell what answering more "
        "freely would do."
    )
