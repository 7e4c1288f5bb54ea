"""What the OpenAPI document says of errors, in one place for all operations."""

from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from core.api.v1.problems import MEDIA_TYPE

_EVERY = (400, 401, 403, 422, 429, 500, 503)
_OF_BODIES = (408, 413, 415)
_WORDS = {
    304: "You have this revision already (If-None-Match)",
    400: "The request cannot be read",
    401: "No token, or one that is no good",
    403: "Not allowed in this organisation, or there is none",
    404: "Not in this organisation",
    408: "The body did not come in time",
    409: "The first request with this Idempotency-Key is still under way, the table was changed meanwhile, or a "
    "publication lacks its check or its reason",
    412: "Changed after the revision in If-Match, or after the one named as live; nothing was done",
    413: "The body is too large",
    415: "The body is of another kind",
    422: "Something in the request breaks a rule; nothing was done",
    428: "If-Match is missing",
    429: "Too many requests, or the month's spending limit is reached",
    500: "An error that nobody foresaw",
    502: "The engine failed; there is no answer",
    503: "Cannot be answered now",
}


class ProblemRow(BaseModel):
    """One thing that is wrong: ``row`` and ``field`` say where."""

    row: str
    field: str
    reason: str


class StoredText(BaseModel):
    """How an entry reads now."""

    question: str
    answer: str


class ConflictRow(BaseModel):
    """An entry that somebody else changed; ``stored`` is null when it was deleted."""

    entry_id: int
    stored: StoredText | None
    by: str
    at: str


class ProblemDetails(BaseModel):
    """An error as RFC 9457 has it."""

    type: str = Field(examples=["urn:problem-type:frontline:access-denied"])
    title: str
    status: int
    detail: str
    problem_responses: list[ProblemRow] = Field(default=[], description="With invalid-input: up to 100 of them")
    problems_total: int = Field(default=0, description="With invalid-input: how many there are")
    conflicts: list[ConflictRow] = Field(default=[], description="With edit-conflict: the entries in question")
    revision: int = Field(default=0, description="With edit-conflict: the newest revision")
    live: int = Field(default=0, description="With live-changed: the revision that is live now")
    broken: int = Field(default=0, description="With reason-needed: how many test questions it breaks")
    failed: int = Field(default=0, description="With reason-needed: how many could not be checked")
    max_broken: int = Field(default=0, description="With reason-needed: how many broken ones need no reason")
    fallback: str = Field(
        default="",
        description="With engine-failed and engine-unavailable, after a visitor's question: the text to show them. The "
        "call counts as a failure, not as a handoff",
    )
    error_id: str = Field(default="", description="With unexpected: the number under which it was logged")


def problem_responses(*statuses: int, body: bool = False) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of an operation that may have these statuses, beside those that all of them may have."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    found: dict[int | str, dict[str, Any]] = {}
    for status in sorted({*_EVERY, *statuses, *(_OF_BODIES if body else ())}):
        found[status] = {"description": _WORDS.get(status) or HTTPStatus(status).phrase}
        if status >= 400:
            found[status]["content"] = content
    return found


def problem_schemas() -> dict[str, Any]:
    """The schemas that ``problem_responses`` refers to, by name."""
    _, schemas = models_json_schema([(ProblemDetails, "serialization")], ref_template="#/components/schemas/{model}")
    definitions: dict[str, Any] = schemas["$defs"]
    return definitions
