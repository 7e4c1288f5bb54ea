"""The history of a table."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from core.api.v1.conditions import IfMatch, IfNoneMatch, require_newest, send_etag
from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import LARGEST_NUMBER
from core.api.v1.models import RevisionPage, RevisionShown
from core.api.v1.paging import Cursor, cursor_at, numbers, tell_next
from core.api.v1.route import GuardedRoute, ThisCaller
from core.api.v1.services import Caller
from core.errors import NotFound
from core.identity.principal import Permission

PAGE_MOST = 50
"""What the history gives at once."""

router = APIRouter(prefix="/api/v1/orgs/{org_id}/revisions", route_class=GuardedRoute, tags=["revisions"])

Number = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]


@router.get("", responses=problem_responses(304))
@needs(Permission.VIEW)
def list_revisions(
    *,
    request: Request,
    response: Response,
    caller: ThisCaller,
    limit: Annotated[int, Query(ge=1, le=PAGE_MOST, description="The most items of a page")] = PAGE_MOST,
    cursor: Cursor = None,
    if_none_match: IfNoneMatch = None,
) -> RevisionPage:
    """A page of saves, newest first."""
    send_etag(response, caller.parts.questions.newest_revision(caller.principal, caller.org_id), if_none_match)
    before = numbers(cursor, 1)[0] if cursor else None
    found = caller.parts.questions.history(caller.principal, caller.org_id, before=before)
    shown = found[:limit]
    following = cursor_at(shown[-1].number) if shown and shown[-1].number > 1 else None
    tell_next(request, response, following)
    return RevisionPage(revisions=[RevisionShown.of(one) for one in shown], next=following)


@router.get("/{number}", responses=problem_responses(304, 404))
@needs(Permission.VIEW)
def get_revision(
    *, number: Number, response: Response, caller: ThisCaller, if_none_match: IfNoneMatch = None
) -> RevisionShown:
    """One save. Its table is that of the entries, with ``revision`` in the query."""
    found = _revision(caller, number)
    send_etag(response, number, if_none_match)
    return found


@router.post("/{number}/restore", responses=problem_responses(404, 412, 428))
@needs(Permission.EDIT)
def restore_revision(
    *, number: Number, response: Response, caller: ThisCaller, if_match: IfMatch = None
) -> RevisionShown:
    """Make the table read again as at a revision, as a new one. If-Match has to name the newest: all is replaced.

    The settings are restored only for those who may change them. What reads so already makes no new revision.
    """
    questions = caller.parts.questions
    newest = questions.newest_revision(caller.principal, caller.org_id)
    if number > newest:
        raise NotFound(f"There is no revision {number} of this table; the newest is {newest}.")
    require_newest(if_match, newest)
    restored = questions.restore(caller.principal, caller.org_id, number)
    found = RevisionShown.of(restored) if restored else _revision(caller, newest)
    send_etag(response, found.number)
    return found


def _revision(caller: Caller, number: int) -> RevisionShown:
    before = None if number == LARGEST_NUMBER else number + 1
    for revision in caller.parts.questions.history(caller.principal, caller.org_id, before=before):
        if revision.number == number:
            return RevisionShown.of(revision)
    raise NotFound(f"There is no revision {number} of this table.")
