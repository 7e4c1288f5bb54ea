"""Lines of the log as JSON, and the number of the request in them."""

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Mapping

import pytest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from core.api.request_ids import HEADER, RequestIds
from core.errors import ConfigurationError
from core.masking import Masking
from core.operation.logs import JsonFormatter, request_id
from core.settings import Settings


def line(message: str, *args: object, error: BaseException | None = None) -> Mapping[str, str]:
    given = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord("core.x", logging.ERROR, __file__, 1, message, args, given)
    Masking().mask(record)
    written = JsonFormatter().format(record)
    assert "\n" not in written
    found: Mapping[str, str] = json.loads(written)
    return found


def test_a_line_is_one_object_whatever_stands_in_it() -> None:
    found = line('a "%s"\n{}', "ü\r\n")

    assert (found["message"], found["level"], found["logger"]) == ('a "ü\r\n"\n{}', "ERROR", "core.x")
    assert found["time"].endswith("+00:00")


def test_a_traceback_and_its_secrets_are_in_the_line_and_masked() -> None:
    try:
        raise ValueError("with sk-proj-Abc123_def-456ghi in it")
    except ValueError as error:
        found = line("key %s", "sk-proj-Abc123_def-456ghi", error=error)

    assert "Traceback" in found["error"]
    assert "Abc123" not in json.dumps(found)


async def _told(_: Request) -> PlainTextResponse:
    in_thread = await run_in_threadpool(request_id)
    return PlainTextResponse(f"{request_id()} {in_thread}")


def client() -> TestClient:
    return TestClient(Starlette(routes=[Route("/", _told)], middleware=[Middleware(RequestIds)]))


def test_each_request_has_a_number_of_its_own_also_in_its_threads() -> None:
    first, second = client().get("/"), client().get("/")

    assert first.headers[HEADER] != second.headers[HEADER]
    assert first.text == f"{first.headers[HEADER]} {first.headers[HEADER]}"


@pytest.mark.parametrize(
    ("given", "is_taken"),
    [("7f0c-from.the_proxy", True), ("short", False), ("x" * 65, False), ('"}{\\n injected line', False)],
)
def test_the_number_of_a_proxy_is_taken_where_it_is_harmless(given: str, is_taken: bool) -> None:
    answer = client().get("/", headers={HEADER: given})

    assert (answer.headers[HEADER] == given) == is_taken
    assert answer.headers.get_list(HEADER) == [answer.headers[HEADER]]


def test_outside_of_a_request_there_is_none() -> None:
    async def outside() -> str | None:
        return request_id()

    assert asyncio.run(outside()) is None


def test_loggers_of_before_and_of_later_write_json() -> None:
    code = """
import logging, sys
early = logging.getLogger("early"); early.addHandler(logging.StreamHandler()); early.propagate = False
from core.operation.logs import write_json
write_json()
late = logging.getLogger("late"); late.propagate = False
handler = logging.StreamHandler(); handler.setFormatter(logging.Formatter("text %(message)s")); late.addHandler(handler)
for logger in (early, late, logging.getLogger("core.x")):
    logger.warning("hello")
"""
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert [json.loads(one)["logger"] for one in ended.stderr.splitlines()] == ["early", "late", "core.x"]


def test_an_unknown_format_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_LOG_FORMAT"):
        Settings.from_environment({"FRONTLINE_LOG_FORMAT": "xml"})
    assert Settings.from_environment({"FRONTLINE_LOG_FORMAT": "JSON"}).json_logs
