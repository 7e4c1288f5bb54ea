"""The three routes of the 2022 tutorial, for programs that were written for it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from fastapi import APIRouter
from fastapi import Response as Answer

from core.api.v1.answers import ask
from core.api.v1.conditions import IfMatch, IfNoneMatch, require_newest, send_etag
from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import HEAVY, TABLE_BYTES, VISITORS
from core.api.v1.models import NewTable, PairShown, Prompted, Response, TableSaved, TableShown
from core.api.v1.refusals import PreconditionFailed
from core.api.v1.route import GuardedRoute, ThisCaller
from core.api.v1.services import Caller
from core.identity.principal import Permission
from core.questions.changes import Changes, one_line
from core.questions.entry import Entry
from core.questions.revisions import EditConflict
from core.questions.text import same_question_key

QuestionAndAnswer = tuple[str, str]


def replacing(entries: Iterable[Entry], rows: Sequence[QuestionAndAnswer]) -> Changes:
    """The changes from ``entries`` to ``rows``.

    An entry that reads as a row is left alone; one that asks the same question gets the row's texts and keeps its
    number, other phrasings and tags; the other entries are deleted and the other rows added.
    """
    wanted = [(one_line(question), answer) for question, answer in rows]
    left = {entry.id: entry for entry in entries}
    same = _matched(wanted, range(len(wanted)), left, whole=True)
    for entry_id in same.values():
        del left[entry_id]
    others = [place for place in range(len(wanted)) if place not in same]
    edited = _matched(wanted, others, left, whole=False)
    return Changes(
        edited={
            entry_id: {"question": wanted[place][0], "answer": wanted[place][1]} for place, entry_id in edited.items()
        },
        added=tuple(
            {"question": wanted[place][0], "answer": wanted[place][1]} for place in others if place not in edited
        ),
        deleted=frozenset(left.keys() - set(edited.values())),
    )


def _matched(
    rows: Sequence[QuestionAndAnswer], places: Iterable[int], entries: dict[int, Entry], *, whole: bool
) -> dict[int, int]:
    """For each place that has one, the entry with the same texts, or else the same question; each entry once."""
    waiting: dict[object, list[int]] = defaultdict(list)
    for entry in sorted(
        entries.values(), key=lambda entry: (entry.enabled, -entry.id)
    ):  # an enabled one is popped first
        key = (entry.question, entry.answer) if whole else same_question_key(entry.question)
        waiting[key].append(entry.id)
    found = {}
    for place in places:
        key = rows[place] if whole else same_question_key(rows[place][0])
        if waiting[key]:
            found[place] = waiting[key].pop()
    return found


ATTEMPTS = 5
NOTE = "Replaced over the API"

router = APIRouter(prefix="/org/{org_id}", route_class=GuardedRoute, tags=["tutorial"])


@router.get("/questions_and_answers", responses=problem_responses(304))
@needs(Permission.VIEW)
def get_questions_and_answers(*, caller: ThisCaller, answer: Answer, if_none_match: IfNoneMatch = None) -> TableShown:
    """The whole table. Entries that are switched off are there too, so that what was read can be posted again."""
    send_etag(answer, caller.parts.questions.newest_revision(caller.principal, caller.org_id), if_none_match)
    snapshot = caller.parts.questions.table(caller.principal, caller.org_id)
    send_etag(answer, snapshot.revision)
    rows = [PairShown(question=entry.question, answer=entry.answer) for entry in snapshot.entries]
    return TableShown(questions_and_answers=rows)


@router.post("/questions_and_answers", responses=problem_responses(412, body=True))
@needs(Permission.EDIT, rate=HEAVY, limit=TABLE_BYTES)
def replace_questions_and_answers(
    *, table: NewTable, caller: ThisCaller, answer: Answer, if_match: IfMatch = None
) -> TableSaved:
    """Replace the whole table, as one new revision.

    Rows that stay the same keep their entry's number, other phrasings and tags, and so do rows whose question is still
    asked and only the text differs. Without If-Match the table is replaced whatever others saved meanwhile, as in the
    tutorial; their texts stay in the history.
    """
    rows = [(row.question, row.answer) for row in table.questions_and_answers]
    saved = _replace(caller, rows, if_match)
    send_etag(answer, saved.revision)
    return saved


@router.post("/test_prompt", responses=problem_responses(502, body=True))
@needs(Permission.ASK, rate=VISITORS)
def test_prompt(*, prompted: Prompted, caller: ThisCaller) -> Response:
    """What a visitor would get: a stored answer, or the fallback text."""
    return Response(response=ask(caller, prompted.question).text)


def _replace(caller: Caller, rows: list[QuestionAndAnswer], if_match: str | None) -> TableSaved:
    questions = caller.parts.questions
    for attempt in range(ATTEMPTS):
        before = questions.table(caller.principal, caller.org_id)
        if if_match is not None and attempt == 0:
            require_newest(if_match, before.revision)
        changes = replacing(before.entries, rows)
        try:
            saved = questions.save(
                caller.principal, caller.org_id, base_revision=before.revision, changes=changes, note=NOTE
            )
        except EditConflict:
            if if_match is not None:
                raise
            continue
        if saved is None:
            return TableSaved(revision=before.revision, added=0, edited=0, deleted=0)
        # A save in between added rows of its own; who sent If-Match did not mean to remove those.
        if if_match is not None or saved.number == before.revision + 1:
            return TableSaved(revision=saved.number, added=saved.added, edited=saved.edited, deleted=saved.deleted)
    raise PreconditionFailed("Others kept changing the table meanwhile. Send it again.")
