"""The one kind of route that the API has: through the gate, with a bounded body, and every error as a problem."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

from fastapi import Depends, Path, params
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from core.api.v1.body import check_content_type, limited
from core.api.v1.gate import Gate, needs_of
from core.api.v1.parts import Caller
from core.api.v1.problems import answer_to


class GuardedRoute(APIRoute):
    """A route whose endpoint says with ``needs`` who may call it.

    FastAPI reads the body before it looks at anything else; here a request has to pass the gate first, so that nobody
    learns from an error more than they may, and no stranger's body is read.
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
                with gate.in_flight():
                    request.state.caller, standing = await run_in_threadpool(gate.admit, request, needed)
                    headers = standing.headers()
                    if wanted is not None:
                        check_content_type(request, wanted)
                    response = await answer(limited(request, needed.bytes))
            except Exception as error:  # noqa: BLE001 - each becomes a problem, and what nobody foresaw is logged
                response = answer_to(error)
            for name, value in {"Cache-Control": "no-store", **headers}.items():
                response.headers.setdefault(name, value)
            return response

        return guarded

    def _content_type(self) -> str | None:
        if self.body_field is None:
            return None
        return "multipart/form-data" if isinstance(self.body_field.field_info, params.Form) else "application/json"


def _caller(request: Request, org_id: Annotated[str, Path(description="The organisation's id")]) -> Caller:  # noqa: ARG001
    """Who sent this request. ``org_id`` is named for the document only: the gate has read it."""
    caller: Caller = request.state.caller
    return caller


ThisCaller = Annotated[Caller, Depends(_caller)]
