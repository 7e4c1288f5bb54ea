"""The two addresses at which a supervisor or a load balancer asks after this process, without sign-in."""

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from core.operation.readiness import Readiness

_HEADERS = {"Cache-Control": "no-store"}


def routes(readiness: Readiness) -> list[Route]:
    """``/live``: the process answers. ``/ready``: it can serve people; 503 with what is wrong when it cannot."""

    async def live(_: Request) -> JSONResponse:
        return JSONResponse({"status": "live"}, headers=_HEADERS)

    async def ready(_: Request) -> JSONResponse:
        state = await readiness.state()
        answer = {"status": "ready" if state.is_ready else "not ready", **state.parts}
        return JSONResponse(answer, 200 if state.is_ready else 503, _HEADERS)

    return [Route("/live", live), Route("/ready", ready)]
