"""Reads a request's body within its limits, before anything is done: Content-Length may be missing, or lie."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message

from core.api.v1.limits import BODY_BYTES_A_SECOND, BODY_SECONDS, LEAST_BODY
from core.api.v1.refusals import BadRequest, BodyTooLarge, BodyTooSlow, WrongContentType
from core.api.v1.turns import Turns

FORM = "multipart/form-data"


@contextlib.asynccontextmanager
async def read(request: Request, *, kind: str, limit: int, room: Turns, org_id: str) -> AsyncIterator[Request]:
    """The same request with its body, of this ``kind`` of content, read as a whole; it has room while it is used.

    Raises WrongContentType, BodyTooLarge for more bytes than ``limit``, BodyTooSlow, BadRequest where it ends early,
    TooBusy where this org has too many bodies here.
    """
    _check_content_type(request, kind)
    size = _said_size(request, limit)
    async with room.held(org_id, weight=max(size, LEAST_BODY)):
        bounded = _bounded(request, limit)
        try:
            async with asyncio.timeout(BODY_SECONDS + size / BODY_BYTES_A_SECOND):
                await (bounded.form() if kind == FORM else bounded.body())
        except TimeoutError:
            raise BodyTooSlow("The body did not come in time. Send it again, or in smaller parts.") from None
        except ClientDisconnect:
            raise BadRequest("The connection ended before the body did.") from None
        try:
            yield bounded
        finally:
            await bounded.close()


def _said_size(request: Request, limit: int) -> int:
    """How many bytes the body has, by its own word; without one as many as it may have."""
    said = request.headers.get("content-length", "")
    if not (said.isascii() and said.isdigit()):
        return limit
    size = int(said[:20])
    if size > limit:
        raise _too_large(limit)
    return size


def _bounded(request: Request, limit: int) -> Request:
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return Request(request.scope, receive)


def _check_content_type(request: Request, wanted: str) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise WrongContentType(f"This address takes a body with “Content-Type: {wanted}”.")


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body has more than {limit:,} bytes, which is the limit here.")
