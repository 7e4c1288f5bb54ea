"""What the HTTP API needs of Frontline."""

from dataclasses import dataclass

from core.answering import Answering
from core.audit.service import Audit
from core.datasets.intake import Intake
from core.idempotency import IdempotencyStore
from core.identity.access import Access
from core.identity.bearer import Bearers
from core.identity.principal import Principal
from core.publishing.check import Checks
from core.publishing.service import Publishing
from core.questions.service import Questions
from core.runs.recalibrations import Recalibrations
from core.runs.service import Runs
from core.transfer.service import Transfer


@dataclass(frozen=True, kw_only=True)
class ApiServices:
    """The use cases; ``bearers`` is None with the demo sign-in, which knows no tokens.

    ``audit`` notes who took results away and who was refused; None in tests that need no log.
    """

    access: Access
    bearers: Bearers | None
    questions: Questions
    transfer: Transfer
    publishing: Publishing
    checks: Checks
    answering: Answering
    runs: Runs
    recalibrations: Recalibrations
    intake: Intake
    idempotency: IdempotencyStore
    audit: Audit | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """Who sent a request, for which org, and what it may use; the permission was checked."""

    principal: Principal
    org_id: str
    parts: ApiServices
