"""A real server writes JSON alone when asked, and a request is found in its log by the number in its answer."""

import json
from pathlib import Path

import httpx

from tests.api_server import api_server
from tests.propelauth_server import propelauth_server


def test_every_line_of_a_server_is_json_with_the_number_of_its_request(tmp_path: Path) -> None:
    with (
        propelauth_server() as propelauth,
        api_server(propelauth, tmp_path, {"FRONTLINE_LOG_FORMAT": "json"}) as api,
    ):
        answers = [httpx.get(f"{api.url}{path}", trust_env=False) for path in ("/live", "/api/v1/nothing", "/nothing")]
        token = "sk-proj-Abc123_def-456ghi"
        httpx.get(f"{api.url}/live?key={token}", trust_env=False)
    written = api.log.read_text("utf-8")

    lines = [json.loads(line) for line in written.splitlines() if line.strip()]
    for answer in answers:
        number = answer.headers["x-request-id"]
        path = answer.request.url.path
        assert [line for line in lines if line.get("request_id") == number and path in line["message"]]
    assert token not in written
