"""The addresses at which supervisors, load balancers and Prometheus ask after this process, without sign-in."""

import hmac

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from core.operation.metrics import CONTENT_TYPE, Metrics
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


def metrics_route(metrics: Metrics, token: str) -> Route:
    """``/metrics`` for who sends ``Authorization: Bearer`` with this token."""

    async def told(request: Request) -> Response:
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token.encode()):
            headers = {**_HEADERS, "WWW-Authenticate": "Bearer"}
            return PlainTextResponse("Send the token of FRONTLINE_METRICS_TOKEN.\n", 401, headers)
        return Response(await run_in_threadpool(metrics.text), 200, _HEADERS, CONTENT_TYPE)

    return Route("/metrics", told)
