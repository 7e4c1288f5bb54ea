"""The one kind of route that the API has: through the gate, with a bounded body, in turn, every error a problem."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Path, params
from fastapi.routing import APIRoute
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message

from core.api.v1.gate import Gate, needs_of
from core.api.v1.limits import BODY_BYTES_A_SECOND, BODY_SECONDS, LEAST_BODY
from core.api.v1.problems import answer_to
from core.api.v1.refusals import BadRequest, BodyTooLarge, BodyTooSlow, WrongContentType
from core.api.v1.services import Caller
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


class GuardedRoute(APIRoute):
    """A route whose endpoint says with ``needs`` who may call it.

    FastAPI reads the body before it looks at anything else; here a request has to pass the gate first, so that nobody
    learns from an error more than they may, and no stranger's body is read. It has a place only once its body is here.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The endpoint behind the gate."""
        answer = super().get_route_handler()
        needed = needs_of(self.endpoint)
        wanted = self._content_type()

        async def guarded(request: Request) -> Response:
            gate: Gate = request.app.state.gate
            headers: dict[str, str] = {}
            try:
                caller, standing = await gate.admit(request, needed)
                request.state.caller, headers = caller, standing.headers()
                async with contextlib.AsyncExitStack() as held:
                    if wanted is not None:
                        body = read(request, kind=wanted, limit=needed.bytes, room=gate.bodies, org_id=caller.org_id)
                        request = await held.enter_async_context(body)
                    await held.enter_async_context(gate.places.held(caller.org_id))
                    response = await answer(request)
            except Exception as error:  # noqa: BLE001 - each becomes a problem, and what nobody foresaw is logged
                response = answer_to(error)
            for name, value in {"Cache-Control": "no-store", **headers}.items():
                response.headers.setdefault(name, value)
            return response

        return guarded

    def _content_type(self) -> str | None:
        if self.body_field is None:
            return None
        return FORM if isinstance(self.body_field.field_info, params.Form) else "application/json"


async def _caller(request: Request, org_id: Annotated[str, Path(description="The organisation's id")]) -> Caller:  # noqa: ARG001
    """Who sent this request. ``org_id`` is named for the document only: the gate has read it."""
    caller: Caller = request.state.caller
    return caller


ThisCaller = Annotated[Caller, Depends(_caller)]
