"""Evaluation runs: started from a file, watched, ended, and what came out."""

import json
import uuid
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile

from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import FILE_BYTES, HEAVY, LARGEST_NUMBER
from core.api.v1.once import IdempotencyKey, fingerprint, once
from core.api.v1.paging import PAGE_SIZE, Cursor, Limit, cursor_at, numbers, tell_next
from core.api.v1.route import GuardedRoute, ThisCaller
from core.api.v1.run_models import (
    LEFT_OUT_TOLD,
    ResultPage,
    RunPage,
    RunShown,
    RunStarted,
    RunWithRates,
    labels_said,
    result_row,
)
from core.api.v1.services import Caller
from core.datasets.columns import ExpectedKind
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.preview import BadRow
from core.datasets.understanding import Understanding
from core.errors import InvalidInput, Problem
from core.files.table import ReadingChoices
from core.identity.principal import Permission
from core.runs.service import NAME_LIMIT
from core.statistics.verdict import Verdict

router = APIRouter(prefix="/api/v1/orgs/{org_id}/runs", route_class=GuardedRoute, tags=["runs"])

NameField = Annotated[str, Form(max_length=NAME_LIMIT, description="By default the file's name")]
ColumnField = Annotated[str | None, Form(max_length=500, description="By default it is recognised by its heading")]
KindField = Annotated[ExpectedKind | None, Form(description="What the column with the expectation holds")]
SheetField = Annotated[str | None, Form(max_length=500, description="Of a workbook; by default the first with a table")]
KeyField = Annotated[str | None, Form(max_length=500, description="The list of a JSON or YAML file, such as tests")]
HeadingsField = Annotated[
    int | None,
    Form(ge=0, le=LARGEST_NUMBER, description="The line with the headings, 0 for none; by default it is found"),
]
LabelsField = Annotated[
    str | None,
    Form(
        max_length=100_000,
        description="What labels mean that are no stored texts: a JSON object with the number of an entry, “person” or "
        "“none” for each. They are kept for the next file of the name",
    ),
]
BypassCacheField = Annotated[bool, Form(alias="anew", description="Take no reply of an earlier call to a model server")]


@router.post("", status_code=201, responses=problem_responses(409, body=True))
@needs(Permission.EVALUATE, rate=HEAVY, limit=FILE_BYTES)
def start_run(
    *,
    request: Request,
    response: Response,
    caller: ThisCaller,
    file: Annotated[
        UploadFile, File(description="CSV, TSV, TXT, XLSX, JSON, JSONL or YAML, up to 25 MB; its name says which")
    ],
    name: NameField = "",
    question_column: ColumnField = None,
    expected_column: ColumnField = None,
    expected_kind: KindField = None,
    sheet: SheetField = None,
    key: KeyField = None,
    headings: HeadingsField = None,
    labels: LabelsField = None,
    bypass_cache: BypassCacheField = False,
    idempotency_key: IdempotencyKey = None,
) -> RunStarted:
    """Run a file of test questions against the newest revision; it goes on after this answer.

    The questions are kept under the name, as a new version where it has others.

    Rows that cannot be run are left out and listed. A column ``question``, and one of ``expected_question``,
    ``expected_answer`` or ``expected_id``; ``__fallback__`` where a person should take over.
    """
    data, file_name = file.file.read(), file.filename or ""
    fields = [
        file_name,
        name,
        question_column,
        expected_column,
        expected_kind,
        sheet,
        key,
        headings,
        labels,
        bypass_cache,
    ]

    def begin() -> RunStarted:
        called = name or file_name or "Evaluation"
        found, before = caller.parts.intake.read_unasked(
            caller.principal,
            caller.org_id,
            data,
            file_name,
            name=called,
            choices=ReadingChoices(sheet=sheet, key=key, headings=headings),
            columns={"question": question_column, "expected": expected_column},
            expected_kind=expected_kind,
        )
        said = before.then(Understanding(labels=labels_said(labels)))
        return _started(caller, found, said, name=called, bypass_cache=bypass_cache)

    started = once(caller, idempotency_key, fingerprint(json.dumps(fields).encode(), data), RunStarted, begin)
    response.headers["Location"] = f"{request.url.path}/{started.run_id}"
    return started


@router.get("", responses=problem_responses())
@needs(Permission.VIEW)
def list_runs(
    *, request: Request, response: Response, caller: ThisCaller, limit: Limit = PAGE_SIZE, cursor: Cursor = None
) -> RunPage:
    """A page of runs, newest first."""
    runs = caller.parts.runs.listed(caller.principal, caller.org_id)
    start = numbers(cursor, 1)[0] if cursor else 0
    following = cursor_at(start + limit) if len(runs) > start + limit else None
    tell_next(request, response, following)
    return RunPage(runs=[RunShown.of(run) for run in runs[start : start + limit]], next=following)


@router.get("/{run_id}", responses=problem_responses(404))
@needs(Permission.VIEW)
def get_run(*, run_id: uuid.UUID, caller: ThisCaller) -> RunWithRates:
    """How far a run is, and its figures so far."""
    run = caller.parts.runs.run(caller.principal, caller.org_id, str(run_id))
    return RunWithRates.summed_up(run, caller.parts.runs.summary(caller.principal, caller.org_id, run.run_id))


@router.post("/{run_id}/cancel", responses=problem_responses(404))
@needs(Permission.EVALUATE)
def cancel_run(*, run_id: uuid.UUID, caller: ThisCaller) -> RunShown:
    """End a run before its last row; what is finished stays. One that has ended stays as it is."""
    caller.parts.runs.cancel(caller.principal, caller.org_id, str(run_id))
    return RunShown.of(caller.parts.runs.run(caller.principal, caller.org_id, str(run_id)))


@router.get("/{run_id}/results", responses=problem_responses(404))
@needs(Permission.VIEW)
def list_results(
    *,
    run_id: uuid.UUID,
    request: Request,
    response: Response,
    caller: ThisCaller,
    limit: Limit = PAGE_SIZE,
    cursor: Cursor = None,
    outcome: Annotated[Verdict | None, Query(description="Only rows with this outcome")] = None,
) -> ResultPage:
    """A page of finished rows, in the order of the file."""
    found = caller.parts.runs.results(caller.principal, caller.org_id, str(run_id))
    if caller.parts.audit is not None and cursor is None:  # once for all pages
        caller.parts.audit.exported(caller.principal, caller.org_id, f"the results of {found.run.name}, over the API")
    after = numbers(cursor, 1)[0] if cursor else 0
    rows = found.ledger[found.ledger["verdict"].notna() & (found.ledger["row"] >= after)]
    if outcome is not None:
        rows = rows[rows["verdict"] == outcome.value]
    shown = rows.head(limit).to_dict("records")
    following = cursor_at(shown[-1]["row"] + 1) if len(rows) > limit else None
    tell_next(request, response, following)
    answers = {entry.id: entry.answer for entry in found.entries}
    results = [
        result_row({str(name): value for name, value in row.items()}, answers, found.run.policy.fallback)
        for row in shown
    ]
    return ResultPage(run=RunShown.of(found.run), results=results, next=following)


def _started(
    caller: Caller, found: RecognisedFile, said: Understanding, *, name: str, bypass_cache: bool
) -> RunStarted:
    intake = caller.parts.intake
    ready = intake.check(caller.principal, caller.org_id, found, said, name=name)
    if not ready.preview.good:
        nothing = Problem(row="The file", field="rows", reason="has no row that can be run.")
        raise InvalidInput([nothing, *map(_problem, ready.preview.left_out[:LEFT_OUT_TOLD])])
    run = intake.start(caller.principal, caller.org_id, ready, bypass_cache=bypass_cache)
    return RunStarted.begun(run, found.mapping, ready.preview)


def _problem(row: BadRow) -> Problem:
    return Problem(row=f"Line {row.line}", field="Question", reason=row.reason)
