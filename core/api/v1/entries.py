"""The entries of a table, one by one."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import AfterValidator

from core.api.v1.conditions import IfMatch, IfNoneMatch, base_revision, send_etag
from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import LARGEST_NUMBER
from core.api.v1.models import EntryAt, EntryChange, EntryPage, EntryShown, NewEntry, storable
from core.api.v1.paging import PAGE_SIZE, Cursor, Limit, cursor_at, numbers, tell_next
from core.api.v1.route import GuardedRoute, ThisCaller
from core.api.v1.services import Caller
from core.errors import NotFound
from core.identity.principal import Permission
from core.questions.changes import Changes
from core.questions.service import NOTE_LIMIT

router = APIRouter(prefix="/api/v1/orgs/{org_id}/entries", route_class=GuardedRoute, tags=["entries"])

EntryId = Annotated[int, Path(ge=1, le=LARGEST_NUMBER)]
AtRevision = Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="By default the newest")]
Note = Annotated[
    str,
    Query(max_length=NOTE_LIMIT, description="Why, for the history of the table"),
    AfterValidator(storable),
]


@router.get("", responses=problem_responses(304, 404))
@needs(Permission.VIEW)
def list_entries(
    *,
    request: Request,
    response: Response,
    caller: ThisCaller,
    limit: Limit = PAGE_SIZE,
    cursor: Cursor = None,
    revision: AtRevision = None,
    if_none_match: IfNoneMatch = None,
) -> EntryPage:
    """A page of the table, by number, entries that are switched off included; ``next`` leads to the page after it."""
    newest = caller.parts.questions.newest_revision(caller.principal, caller.org_id)
    number, after = numbers(cursor, 2) if cursor else (newest if revision is None else revision, 0)
    if number > newest:
        raise NotFound(f"There is no revision {number} of this table; the newest is {newest}.")
    send_etag(response, number, if_none_match)
    snapshot = caller.parts.questions.table(caller.principal, caller.org_id, number)
    rest = [entry for entry in snapshot.entries if entry.id > after]
    shown = rest[:limit]
    following = cursor_at(number, shown[-1].id) if len(rest) > limit else None
    tell_next(request, response, following)
    return EntryPage(revision=number, entries=[EntryShown.of(entry) for entry in shown], next=following)


@router.post("", status_code=201, responses=problem_responses(412, 428, body=True))
@needs(Permission.EDIT)
def add_entry(
    *,
    new: NewEntry,
    request: Request,
    response: Response,
    caller: ThisCaller,
    if_match: IfMatch = None,
    note: Note = "",
) -> EntryAt:
    """Add an entry, as a new revision. Changes of other entries since the revision in If-Match do not matter."""
    number = _save(caller, if_match, Changes(added=(new.model_dump(),)), note)
    questions = caller.parts.questions
    before = {entry.id for entry in questions.table(caller.principal, caller.org_id, number - 1).entries}
    after = questions.table(caller.principal, caller.org_id, number).entries
    entry = next(entry for entry in after if entry.id not in before)
    send_etag(response, number)
    response.headers["Location"] = f"{request.url.path}/{entry.id}"
    return EntryAt.at(entry, number)


@router.get("/{entry_id}", responses=problem_responses(304, 404))
@needs(Permission.VIEW)
def get_entry(
    *,
    entry_id: EntryId,
    response: Response,
    caller: ThisCaller,
    revision: AtRevision = None,
    if_none_match: IfNoneMatch = None,
) -> EntryAt:
    """One entry."""
    newest = caller.parts.questions.newest_revision(caller.principal, caller.org_id)
    number = newest if revision is None else revision
    if number > newest:
        raise NotFound(f"There is no revision {number} of this table; the newest is {newest}.")
    found = _entry(caller, entry_id, number)
    send_etag(response, number, if_none_match)
    return found


@router.patch("/{entry_id}", responses=problem_responses(404, 412, 428, body=True))
@needs(Permission.EDIT)
def change_entry(
    *,
    entry_id: EntryId,
    change: EntryChange,
    response: Response,
    caller: ThisCaller,
    if_match: IfMatch = None,
    note: Note = "",
) -> EntryAt:
    """Change an entry, as a new revision; 412 when somebody else changed it after the revision in If-Match."""
    fields = change.model_dump(exclude_unset=True)
    number = _save(caller, if_match, Changes(edited={entry_id: fields}), note)
    send_etag(response, number)
    return _entry(caller, entry_id, number)


@router.delete("/{entry_id}", status_code=204, responses=problem_responses(404, 412, 428))
@needs(Permission.EDIT)
def delete_entry(
    *, entry_id: EntryId, response: Response, caller: ThisCaller, if_match: IfMatch = None, note: Note = ""
) -> None:
    """Delete an entry, as a new revision; 412 when somebody else changed it after the revision in If-Match."""
    send_etag(response, _save(caller, if_match, Changes(deleted=frozenset({entry_id})), note))


def _save(caller: Caller, if_match: str | None, changes: Changes, note: str) -> int:
    """The number of the revision that the table has after the changes."""
    questions = caller.parts.questions
    newest = questions.newest_revision(caller.principal, caller.org_id)
    base = base_revision(if_match, newest)
    saved = questions.save(caller.principal, caller.org_id, base_revision=base, changes=changes, note=note)
    return saved.number if saved else questions.newest_revision(caller.principal, caller.org_id)


def _entry(caller: Caller, entry_id: int, revision: int) -> EntryAt:
    snapshot = caller.parts.questions.table(caller.principal, caller.org_id, revision)
    for entry in snapshot.entries:
        if entry.id == entry_id:
            return EntryAt.at(entry, snapshot.revision)
    raise NotFound(f"There is no entry No. {entry_id} in revision {revision}.")
