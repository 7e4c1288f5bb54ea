"""Publishing: which revision visitors get, what another one would do to the test questions, and making it live."""

from fastapi import APIRouter

from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import HEAVY
from core.api.v1.once import IdempotencyKey, fingerprint, once
from core.api.v1.publication_models import (
    CheckRequest,
    CheckShown,
    NewPublication,
    PublicationList,
    PublicationShown,
    PublicationState,
)
from core.api.v1.route import GuardedRoute, ThisCaller
from core.errors import NotFound
from core.identity.principal import Permission
from core.publishing.check import CheckNeeded

router = APIRouter(prefix="/api/v1/orgs/{org_id}/publications", route_class=GuardedRoute, tags=["publications"])


@router.get("/state", responses=problem_responses())
@needs(Permission.VIEW)
def get_publication_state(*, caller: ThisCaller) -> PublicationState:
    """Which revision visitors get, which is the newest, and what is asked of a publication."""
    return PublicationState.of(caller.parts.publishing.state(caller.principal, caller.org_id))


@router.get("", responses=problem_responses())
@needs(Permission.VIEW)
def list_publications(*, caller: ThisCaller) -> PublicationList:
    """The last publications, newest first. Saves that were live at once are not listed; the step from
    one way to the other is."""
    found = caller.parts.publishing.publications(caller.principal, caller.org_id)
    return PublicationList(publications=[PublicationShown.of(one) for one in found])


@router.post("/check", responses=problem_responses(404, 409, body=True))
@needs(Permission.EVALUATE, rate=HEAVY)
def check_publication(*, wanted: CheckRequest, caller: ThisCaller) -> CheckShown:
    """Ask the test questions on a revision and on the live one; nothing is published. Only what would end otherwise
    is listed. 409 where a model server has to be asked, and nobody said that it may cost something."""
    checks, person, org_id = caller.parts.checks, caller.principal, caller.org_id
    state = caller.parts.publishing.state(person, org_id)
    revision = state.newest if wanted.revision is None else wanted.revision
    if not 1 <= revision <= state.newest:
        raise NotFound(f"There is no revision {revision} of this table.")
    if not wanted.may_cost and checks.effort_of_saved(person, org_id, state.live, revision):
        raise CheckNeeded
    found = checks.of_saved(person, org_id, state.live, revision)
    return CheckShown.of(found, revision=revision, live=state.live)


@router.post("", status_code=201, responses=problem_responses(404, 409, 412, body=True))
@needs(Permission.PUBLISH, rate=HEAVY)
def publish_revision(
    *, new: NewPublication, caller: ThisCaller, idempotency_key: IdempotencyKey = None
) -> PublicationShown:
    """Make a revision live: from then on visitors get it. 412 when another one became live meanwhile; 409 when it
    breaks more test questions than the organisation allows without a reason, or has to be checked first."""

    def publish() -> PublicationShown:
        made = caller.parts.publishing.publish(
            caller.principal, caller.org_id, revision=new.revision, live=new.live, reason=new.reason
        )
        return PublicationShown.of(made)

    asked = fingerprint(b"publish", new.model_dump_json().encode())
    return once(caller, idempotency_key, asked, PublicationShown, publish)
