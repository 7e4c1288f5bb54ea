"""Every error as problem details (RFC 9457): one table says which status and type each one has."""

import logging
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from core.api.v1 import refusals
from core.clock import now
from core.errors import (
    AccessDenied,
    CannotConfirm,
    EngineFailed,
    EngineUnavailable,
    FileRejected,
    FrontlineError,
    InvalidInput,
    NotFound,
    Problem,
    StorageUnavailable,
    TooBusy,
    Unauthenticated,
)
from core.idempotency import KeyReused, StillUnderWay
from core.publishing.check import CheckNeeded
from core.publishing.publication import LiveChanged, ReasonNeeded
from core.questions.revisions import EditConflict
from core.questions.text import shortened
from core.spending.ledger import LimitReached

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:problem-type:frontline:"
PROBLEMS_TOLD = 100
"""Of more problems than these only the number is told."""
RETRY_SOON_SECONDS = 5

_KINDS: tuple[tuple[type[Exception], int, str], ...] = (
    (Unauthenticated, 401, "unauthenticated"),
    (AccessDenied, 403, "access-denied"),
    (NotFound, 404, "not-found"),
    (refusals.BadRequest, 400, "bad-request"),
    (refusals.PreconditionRequired, 428, "precondition-required"),
    (refusals.PreconditionFailed, 412, "precondition-failed"),
    (EditConflict, 412, "edit-conflict"),
    (LiveChanged, 412, "live-changed"),
    (ReasonNeeded, 409, "reason-needed"),
    (CheckNeeded, 409, "check-needed"),
    (StillUnderWay, 409, "still-under-way"),
    (KeyReused, 422, "idempotency-key-reused"),
    (refusals.BodyTooSlow, 408, "body-too-slow"),
    (refusals.BodyTooLarge, 413, "body-too-large"),
    (refusals.WrongContentType, 415, "wrong-content-type"),
    (InvalidInput, 422, "invalid-input"),
    (FileRejected, 422, "file-rejected"),
    (refusals.RateLimited, 429, "rate-limited"),
    # A limit a calendar month is a quota over time, as RFC 6585 has it for 429, and Retry-After can say when it ends.
    # RFC 9110 reserves 402 for a use that nobody has defined, so no client would know what to do with it.
    (LimitReached, 429, "spending-limit-reached"),
    (EngineFailed, 502, "engine-failed"),
    (EngineUnavailable, 503, "engine-unavailable"),
    (CannotConfirm, 503, "cannot-confirm"),
    (StorageUnavailable, 503, "storage-unavailable"),
    (TooBusy, 503, "busy"),
    (FrontlineError, 409, "conflict"),
)


def answer_to(error: Exception) -> Response:
    """What the caller gets for an error. One that nobody foresaw is logged under the number that is told."""
    if isinstance(error, refusals.NotModified):
        return Response(status_code=304, headers={"ETag": error.etag, "Cache-Control": "private, no-cache"})
    if isinstance(error, RequestValidationError):
        return _unreadable(error)
    if isinstance(error, HTTPException):
        return _of_http(error)
    for kind, status, name in _KINDS:
        if isinstance(error, kind):
            return _problem(status, name, str(error), headers=_headers(error), **_members(error))
    number = uuid.uuid4().hex[:8]
    log.error("Unexpected error %s", number, exc_info=error)
    detail = "Something went wrong that should not have. Tell the person who runs Frontline the error_id."
    return _problem(500, "unexpected", detail, error_id=number)


def _problem(
    status: int, name: str, words: str, *, headers: dict[str, str] | None = None, **members: object
) -> Response:
    content = {
        "type": TYPE_PREFIX + name,
        "title": name.replace("-", " ").capitalize(),
        "status": status,
        "detail": words,
        **members,
    }
    return JSONResponse(content, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE)


def _of_http(error: HTTPException) -> Response:
    phrase = HTTPStatus(error.status_code).phrase
    detail = error.detail if error.detail != phrase else _DETAILS.get(error.status_code, phrase)
    return _problem(error.status_code, _slug(phrase), detail, headers=dict(error.headers or {}))


_DETAILS = {
    404: "There is nothing at this address. The OpenAPI document at /api/v1/openapi.json lists all there is.",
    405: "This address does not take that method; the header Allow lists those it takes.",
}


def _slug(phrase: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in phrase.lower())


def _unreadable(error: RequestValidationError) -> Response:
    found = error.errors()
    if any(one["type"] == "json_invalid" for one in found):
        return _problem(400, "bad-request", "The body is not JSON.")
    return answer_to(
        InvalidInput([Problem(row="The request", field=_place(one["loc"]), reason=one["msg"]) for one in found])
    )


def _place(location: tuple[int | str, ...]) -> str:
    """Where in the request, such as ``body.questions_and_answers[3].answer``."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{shortened(part)}" for part in location]
    return "".join(parts).removeprefix(".")


def _headers(error: Exception) -> dict[str, str]:
    if isinstance(error, Unauthenticated):
        return {"WWW-Authenticate": 'Bearer realm="Frontline"'}
    if isinstance(error, refusals.RateLimited):
        return {"Retry-After": str(error.standing.wait), **error.standing.headers()}
    if isinstance(error, LimitReached):
        return {"Retry-After": str(_seconds_left_of_month(now()))}
    if isinstance(error, CannotConfirm | TooBusy | StillUnderWay | StorageUnavailable):
        return {"Retry-After": str(RETRY_SOON_SECONDS)}
    return {}


def _seconds_left_of_month(now: datetime) -> int:
    year, month = divmod(now.year * 12 + now.month, 12)
    return int((datetime(year, month + 1, 1, tzinfo=UTC) - now).total_seconds()) + 1


def _members(error: Exception) -> dict[str, Any]:
    """What a program needs beside the words."""
    for kind, members in _MEMBERS:
        if isinstance(error, kind):
            return members(error)
    return {}


def _problems(error: Any) -> dict[str, Any]:  # noqa: ANN401 - chosen by its type in _MEMBERS
    told, total = error.problems[:PROBLEMS_TOLD], len(error.problems)
    wrong = "1 thing is wrong" if total == 1 else f"{total:,} things are wrong"
    return {
        "detail": f"{wrong}: see problems. Nothing was changed.",
        "problems": [{"row": one.row, "field": one.field, "reason": one.reason} for one in told],
        "problems_total": total,
    }


def _conflicts(error: Any) -> dict[str, Any]:  # noqa: ANN401 - chosen by its type in _MEMBERS
    """Both texts of each row: what is stored now; the caller has the other one."""
    rows = [
        {
            "entry_id": one.entry_id,
            "stored": one.theirs and {"question": one.theirs.question, "answer": one.theirs.answer},
            "by": one.by,
            "at": one.at.isoformat(),
        }
        for one in error.conflicts
    ]
    detail = "The same entries were changed after that revision. Nothing was changed now: read them again."
    return {"detail": detail, "conflicts": rows, "revision": error.latest}


_MEMBERS: tuple[tuple[type[Exception], Callable[[Any], dict[str, Any]]], ...] = (
    (InvalidInput, _problems),
    (EditConflict, _conflicts),
    (LiveChanged, lambda error: {"live": error.live}),
    (ReasonNeeded, lambda error: {"broken": error.broken, "failed": error.failed, "max_broken": error.max_broken}),
    (refusals.CallFailed, lambda error: {"fallback": error.fallback}),
    (refusals.EngineAway, lambda error: {"fallback": error.fallback}),
)
