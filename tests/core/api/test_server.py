"""What the web server has beside the pages."""

import asyncio
import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.api import server
from core.api.demo_sign_in import SIGN_IN
from core.bootstrap import Frontline, build
from core.identity.demo import CLOTHING_ORG, OWNER
from core.settings import AuthSettings, Settings
from pages.shell.streamlit_internals import Tabs

HERE = "http://localhost:8501"


@pytest.fixture
def frontline(tmp_path: Path) -> Iterator[Frontline]:
    parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}"))
    yield parts
    parts.stop()


def client(frontline: Frontline, address: str = "127.0.0.1") -> TestClient:
    around = server.middleware(frontline, "<script>x</script>", ["ask"], Tabs)
    app = Starlette(routes=server.routes(frontline), middleware=around)
    return TestClient(app, base_url=HERE, client=(address, 1), follow_redirects=False)


def test_the_doorkeeper_stands_before_every_route(frontline: Frontline) -> None:
    form = {"person": OWNER.user_id}

    assert client(frontline).post(SIGN_IN, data=form, headers={"Origin": HERE}).status_code == 303
    assert client(frontline, "10.0.0.1").post(SIGN_IN, data=form, headers={"Origin": HERE}).status_code == 403


def test_a_refusal_has_the_security_headers_too(frontline: Frontline) -> None:
    response = client(frontline, "10.0.0.1").get("/")

    assert "frame-ancestors 'none'" in response.headers["content-security-policy"]


@pytest.mark.parametrize(("path", "target"), [("/overview", "/"), ("/overview?org=a&x=b%20c", "/?org=a&x=b%20c")])
def test_the_first_page_is_found_by_its_name_too(frontline: Frontline, path: str, target: str) -> None:
    response = client(frontline).get(path)

    assert (response.status_code, response.headers["location"]) == (307, target)


def test_with_real_sign_in_there_is_no_demo_sign_in(tmp_path: Path) -> None:
    auth = AuthSettings(
        auth_url="https://auth.example",
        api_key="k",
        client_id="c",
        client_secret="s",
        cookie_secret="0" * 32,
        public_url="https://frontline.example",
    )
    parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}", auth=auth))
    response = client(parts).post(SIGN_IN, data={"person": OWNER.user_id}, headers={"Origin": HERE})
    parts.stop()

    assert response.status_code == 404
    assert "set-cookie" not in response.headers
    assert parts.demo is None


def test_the_api_stands_beside_the_pages_behind_the_same_door(frontline: Frontline) -> None:
    path = f"/org/{CLOTHING_ORG}/questions_and_answers"
    here = client(frontline)

    assert here.get("/api/v1/openapi.json").json()["info"]["title"] == "Frontline"
    assert (here.get(path).status_code, here.get("/api/nothing").status_code) == (401, 404)
    assert "PropelAuth" in here.get(path).json()["detail"]
    assert client(frontline, "10.0.0.1").get("/api/v1/openapi.json").status_code == 403


def test_garbage_collections_pass_over_the_program_while_the_server_runs(frontline: Frontline) -> None:
    async def seen() -> int:
        async with server.running(frontline):
            return len(gc.get_objects())

    before = len(gc.get_objects())

    assert asyncio.run(seen()) < before / 10
    assert gc.get_freeze_count() == 0
