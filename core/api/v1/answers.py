"""A visitor's question and the stored answer to it."""

from fastapi import APIRouter

from core.answering import Answered, Failed
from core.answering import AskResult as Decided
from core.api.v1 import refusals
from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import VISITORS
from core.api.v1.models import AskRequest, Reply
from core.api.v1.route import GuardedRoute, ThisCaller
from core.identity.principal import Permission
from core.runs.recalibrations import recalibrated
from core.statistics.recalibration import Recalibration

SCALE_SECONDS = 30.0
"""How old a scale of confidence may be: no visitor waits for it to be looked at."""

router = APIRouter(prefix="/api/v1/orgs/{org_id}", route_class=GuardedRoute, tags=["answers"])


@router.post("/answers", responses=problem_responses(502, body=True))
@needs(Permission.ASK, rate=VISITORS)
def answer_a_question(*, asked: AskRequest, caller: ThisCaller) -> Reply:
    """Answer a visitor's question with a stored text, or hand it over to a person. A failure is never an answer."""
    reply = ask(caller, asked.question)
    given = reply.outcome.entry.id if isinstance(reply.outcome, Answered) else None
    decision = recalibrated(reply.decision, _scale(caller, reply)) if reply.decision and given is not None else None
    candidates = decision.candidates if decision else ()
    return Reply(
        answer=reply.text,
        handoff=given is None,
        entry_id=given,
        confidence=next((one.confidence for one in candidates if one.entry_id == given), None),
        not_read=reply.decision.unread if reply.decision else None,
        also_asked=[one.entry_id for one in decision.also_asked] if decision else [],
        revision=reply.published.revision,
    )


def _scale(caller: ThisCaller, reply: Decided) -> Recalibration | None:
    """What the engine's confidence is worth here, as on the Ask page."""
    settings = reply.published.policy.model
    scales = caller.parts.recalibrations
    return scales.of_settings(caller.principal, caller.org_id, settings, max_age_seconds=SCALE_SECONDS)


def ask(caller: ThisCaller, question: str) -> Decided:
    """What became of a question. Raises CallFailed or EngineAway when it failed."""
    reply = caller.parts.answering.ask(caller.principal, caller.org_id, question)
    if isinstance(reply.outcome, Failed):
        failure = refusals.EngineAway if reply.outcome.is_unavailable else refusals.CallFailed
        raise failure(reply.outcome.reason, reply.text)
    return reply
