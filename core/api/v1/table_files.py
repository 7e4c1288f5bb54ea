"""Whole tables in and out: a file is imported as one revision, and the table is exported in many formats."""

import json
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Query, Response, UploadFile
from fastapi import Response as PlainResponse
from pydantic import AfterValidator

from core.api.v1.conditions import IfMatch, require_newest, send_etag
from core.api.v1.documented import problem_responses
from core.api.v1.gate import needs
from core.api.v1.limits import FILE_BYTES, HEAVY, LARGEST_NUMBER
from core.api.v1.models import storable
from core.api.v1.once import IdempotencyKey, fingerprint, once
from core.api.v1.route import GuardedRoute, ThisCaller
from core.api.v1.runs import HeadingsField, KeyField, SheetField
from core.api.v1.services import Caller
from core.api.v1.table_file_models import ExportFormats, ExportFormatShown, TableImported
from core.errors import FileRejected, NotFound
from core.files.table import ReadingChoices
from core.files.writing import safe_file_name
from core.identity.principal import Permission
from core.questions.service import NOTE_LIMIT
from core.transfer.exporting import FORMATS
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.reading import unsure
from core.transfer.service import note_of, require_all, taken

router = APIRouter(prefix="/api/v1/orgs/{org_id}", route_class=GuardedRoute, tags=["whole tables"])

FormatKey = StrEnum("FormatKey", {key: key for key in FORMATS})  # type: ignore[misc]  # its members are data
Note = Annotated[
    str,
    Form(max_length=NOTE_LIMIT, description="Why, for the history; by default the file's name"),
    AfterValidator(storable),
]
MatchByField = Annotated[MatchBy, Form(description="How a row finds its entry; auto trusts numbers that fit")]
OnMatchField = Annotated[OnMatch, Form(description="What becomes of an entry that is there already")]
JoinField = Annotated[bool, Form(description="Rows with one question each and the same answer are one entry")]
PlainField = Annotated[bool, Form(description="HTML becomes the text that it shows")]
SkipField = Annotated[bool, Form(description="Import the others when rows cannot be used; else nothing is imported")]
PreviewField = Annotated[bool, Form(description="Only say what each row would do")]
_BYTES = {"type": "string", "format": "binary"}
_ANY_JSON: dict[str, Any] = {}
"""Another tool's shape."""
_FILES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {
            one.mime: {"schema": _ANY_JSON if one.mime == "application/json" else _BYTES} for one in FORMATS.values()
        },
    }
}


@router.post("/import", responses=problem_responses(409, 412, 428, body=True))
@needs(Permission.EDIT, rate=HEAVY, limit=FILE_BYTES)
def import_table(
    *,
    response: Response,
    caller: ThisCaller,
    file: Annotated[
        list[UploadFile],
        File(description="One file, up to 25 MB, whose name says its kind; of Rasa the examples and the domain"),
    ],
    preview: PreviewField = False,
    on_match: OnMatchField = OnMatch.OVERWRITE,
    match_by: MatchByField = MatchBy.AUTO,
    join_answers: JoinField = False,
    plain_text: PlainField = False,
    skip_invalid: SkipField = False,
    note: Note = "",
    sheet: SheetField = None,
    key: KeyField = None,
    headings: HeadingsField = None,
    if_match: IfMatch = None,
    idempotency_key: IdempotencyKey = None,
) -> TableImported:
    """Import a file of questions and answers as one revision, or not at all.

    It has to be made on the newest revision, which ``If-Match`` names; a preview needs none, and its ``ETag`` is the
    revision it was compared with. Rows that cannot be used are a 422 that lists them, and nothing is imported, unless
    ``skip_invalid`` leaves them out.
    """
    uploads = [(one.filename or "", one.file.read()) for one in file]
    options = Options(match_by=match_by, on_match=on_match, join_answers=join_answers, plain_text=plain_text)
    choices = ReadingChoices(sheet=sheet, key=key, headings=headings)
    names = [name for name, _ in uploads]
    fields = [
        names,
        preview,
        on_match,
        match_by,
        join_answers,
        plain_text,
        skip_invalid,
        note,
        sheet,
        key,
        headings,
        if_match,
    ]

    def act() -> TableImported:
        newest = caller.parts.questions.newest_revision(caller.principal, caller.org_id)
        if not preview:
            require_newest(if_match, newest)
        return _imported(caller, uploads, choices, options, preview=preview, skip_invalid=skip_invalid, note=note)

    parts = [json.dumps(fields).encode(), *(data for _, data in uploads)]
    done = once(caller, idempotency_key, fingerprint(*parts), TableImported, act)
    send_etag(response, done.revision)
    return done


@router.get("/export/formats", responses=problem_responses())
@needs(Permission.VIEW)
def list_export_formats(*, response: Response, caller: ThisCaller) -> ExportFormats:
    """Every format, and what of the newest table it cannot hold."""
    table = caller.parts.questions.table(caller.principal, caller.org_id)
    send_etag(response, table.revision)
    return ExportFormats(
        revision=table.revision, formats=[ExportFormatShown.of(one, table.entries) for one in FORMATS.values()]
    )


@router.get("/export", response_class=PlainResponse, responses=_FILES | problem_responses(404))
@needs(Permission.VIEW, rate=HEAVY)
def export_table(
    *,
    caller: ThisCaller,
    format: Annotated[FormatKey, Query(description="The kind of file")],
    revision: Annotated[int | None, Query(ge=1, le=LARGEST_NUMBER, description="By default the newest")] = None,
) -> PlainResponse:
    """The table as a file that can be imported again. What a format cannot hold is left out: ask its losses first."""
    newest = caller.parts.questions.newest_revision(caller.principal, caller.org_id)
    if revision is not None and revision > newest:
        raise NotFound(f"There is no revision {revision} of this table; the newest is {newest}.")
    chosen = FORMATS[format.value]
    made = caller.parts.transfer.export(caller.principal, caller.org_id, chosen, revision=revision)
    if caller.parts.audit is not None:
        caller.parts.audit.exported(caller.principal, caller.org_id, f"{taken(chosen)}, over the API")
    name = safe_file_name(f"questions and answers {made.revision}", chosen.suffix)
    response = PlainResponse(made.data, media_type=chosen.mime)
    send_etag(response, made.revision)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _imported(
    caller: Caller,
    uploads: list[tuple[str, bytes]],
    choices: ReadingChoices,
    options: Options,
    *,
    preview: bool,
    skip_invalid: bool,
    note: str,
) -> TableImported:
    transfer = caller.parts.transfer
    found = transfer.read(caller.principal, caller.org_id, uploads, choices=choices)
    if words := unsure(found):
        raise FileRejected(words)
    made = transfer.plan(caller.principal, caller.org_id, found, options)
    if preview:
        return TableImported.of(found, made, preview=True, revision=made.base_revision)
    if not skip_invalid:
        require_all(made)
    revision = transfer.apply(caller.principal, caller.org_id, made, note=note or note_of(found.name))
    number = revision.number if revision else made.base_revision
    return TableImported.of(found, made, preview=False, revision=number)
