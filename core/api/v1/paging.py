"""Pages of long lists: a limit, a cursor that callers hand back unread, and a link to the next page (RFC 8288)."""

import base64
import binascii
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Response
from starlette.requests import Request

from core.api.v1.limits import LARGEST_NUMBER, PAGE_SIZE, PAGE_SIZE_MOST
from core.errors import InvalidInput, Problem

Limit = Annotated[int, Query(ge=1, le=PAGE_SIZE_MOST, description="The most items of a page")]
Cursor = Annotated[
    str | None, Query(max_length=100, pattern="^[A-Za-z0-9_-]+$", description="The member next of the page before")
]

__all__ = ["PAGE_SIZE", "Cursor", "Limit", "cursor_at", "numbers", "tell_next"]


def cursor_at(*places: int) -> str:
    """A cursor that ``numbers`` reads."""
    return base64.urlsafe_b64encode(".".join(map(str, places)).encode()).decode().rstrip("=")


def numbers(given: str, count: int) -> list[int]:
    """The places in a cursor. Raises InvalidInput for one that the API did not make."""
    try:
        text = base64.b64decode(given + "=" * (-len(given) % 4), altchars=b"-_", validate=True).decode("ascii")
        places = [int(part) for part in text.split(".") if part.isdigit()]
    except (binascii.Error, ValueError):
        places = []
    if len(places) != count or max(places) > LARGEST_NUMBER:
        raise InvalidInput(
            [Problem(row="The request", field="cursor", reason="is none that a page gave: leave it out.")]
        )
    return places


def tell_next(request: Request, response: Response, following: str | None) -> None:
    """Link to the next page, the rest of the query as it was."""
    if following is not None:
        query = {**request.query_params, "cursor": following}
        response.headers["Link"] = f'<{request.url.path}?{urlencode(query)}>; rel="next"'
