"""The one kind of route that the API has: through the gate, with a bounded body, in turn, every error a problem."""

import contextlib
from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Path, params
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from core.api.v1.body import FORM, read
from core.api.v1.gate import Gate, needs_of
from core.api.v1.problems import answer_to
from core.api.v1.services import Caller


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
