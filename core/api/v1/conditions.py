"""Revisions as entity tags: If-None-Match spares an answer, If-Match saves an edit from being lost."""

import re
from typing import Annotated

from fastapi import Header, Response

from core.api.v1.limits import LARGEST_NUMBER
from core.api.v1.refusals import BadRequest, NotModified, PreconditionFailed, PreconditionRequired

# A proxy that packs answers makes a tag weak; a revision names the same table however it is packed, so W/ is read over.
_TAG = re.compile(r'(?:W/)?"([0-9]{1,10})"|([0-9]{1,10})')

IfNoneMatch = Annotated[
    str | None, Header(description="The ETag that you have; when it still holds, the answer is 304 without a body")
]
IfMatch = Annotated[
    str | None, Header(description='The revision that the change was made on, as the ETag had it, such as "7"')
]


def etag(revision: int) -> str:
    """The entity tag of everything that is read at a revision."""
    return f'"{revision}"'


def send_etag(response: Response, revision: int, if_none_match: str | None = None) -> None:
    """Send the tag along. Raises NotModified when the caller has it."""
    tag = etag(revision)
    known = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    if tag in known or "*" in known:
        raise NotModified(tag)
    response.headers.update({"ETag": tag, "Cache-Control": "private, no-cache"})


def base_revision(if_match: str | None, newest: int) -> int:
    """The revision that a change was made on; ``*`` stands for the newest.

    Raises PreconditionRequired without one, PreconditionFailed for one that is yet to come.
    """
    if if_match is None:
        raise PreconditionRequired("Send the header If-Match with the revision that this change was made on.")
    text = if_match.strip()
    if text == "*":
        return newest
    found = _TAG.fullmatch(text)
    if found is None:
        raise BadRequest('If-Match has to name one revision, such as "7".')
    number = int(found[1] or found[2])
    if number > min(newest, LARGEST_NUMBER):
        raise PreconditionFailed(f"There is no revision {number}; the newest is {newest}.")
    return number


def require_newest(if_match: str | None, newest: int) -> None:
    """Raise PreconditionFailed unless the change was made on the newest revision."""
    number = base_revision(if_match, newest)
    if number != newest:
        raise PreconditionFailed(f"The newest revision is {newest}, not {number}: read it first, then decide again.")
