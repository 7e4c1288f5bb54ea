"""The verdict on a reply, as the ledger keeps it."""

from collections.abc import Iterable

from core.answering import Answered, AskResult, Failed
from core.datasets.labels import Label, LabelKind
from core.questions.policy import EngineKind
from core.runs.ledger import FinishedRow, PendingRow
from core.statistics.verdict import judge


def finished_row(row: PendingRow, reply: AskResult) -> FinishedRow:
    """The verdict on a reply, with what a person needs to see why."""
    given = reply.outcome.entry.id if isinstance(reply.outcome, Answered) else None
    failed = isinstance(reply.outcome, Failed)
    decision = reply.decision
    best = decision.candidates[0] if decision and decision.candidates else None
    shortlist = decision.shortlist if decision else None
    return FinishedRow(
        row=row.row,
        verdict=judge(row.content.label, given, failed),
        given_id=given,
        best_id=best.entry_id if best else None,
        phrasing=best.phrasing if best else None,
        score=best.score if best else None,
        confidence=best.confidence if best else None,
        seconds=reply.seconds,
        reason=reply.outcome.reason if isinstance(reply.outcome, Failed) else None,
        usage=reply.usage,
        mode=reply.asked.mode if reply.asked else None,
        reused=reply.asked is not None and reply.asked.reused,
        offered=_offered(row.content.label, shortlist.entry_ids) if shortlist else None,
        doubtful=_doubtful(reply),
    )


def _offered(label: Label, shortlist: Iterable[int]) -> bool | None:
    """Whether a shortlist held an entry that was expected; None where none was."""
    return bool({*label.entry_ids} & {*shortlist}) if label.kind is LabelKind.ENTRY else None


def _doubtful(reply: AskResult) -> bool | None:
    """Whether the model had to be asked, also in vain; None where it does not decide doubtful questions alone."""
    if reply.published.policy.model.engine is not EngineKind.CASCADE:
        return None
    return reply.asked is None or reply.asked.mode is not None
