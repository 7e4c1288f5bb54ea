"""Holds a request's body to its size and kind, while it is read: Content-Length may be missing, or lie."""

from starlette.requests import Request
from starlette.types import Message

from core.api.v1.refusals import BodyTooLarge, WrongContentType


def limited(request: Request, limit: int) -> Request:
    """The same request, whose body raises BodyTooLarge while it is read when it has more bytes than ``limit``.

    Raises the same at once when it says so itself.
    """
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:20]) > limit:
        raise _too_large(limit)
    received = 0

    async def receive() -> Message:
        nonlocal received
        message = await request.receive()
        received += len(message.get("body", b""))
        if received > limit:
            raise _too_large(limit)
        return message

    return Request(request.scope, receive)


def check_content_type(request: Request, wanted: str) -> None:
    """Raise WrongContentType unless the body is of the kind ``wanted``, such as ``application/json``."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != wanted:
        raise WrongContentType(f"This address takes a body with “Content-Type: {wanted}”.")


def _too_large(limit: int) -> BodyTooLarge:
    return BodyTooLarge(f"The body has more than {limit:,} bytes, which is the limit here.")
