"""How the server starts, and to whom it answers then."""

import http.client
import socket
import subprocess
from pathlib import Path

import pytest

from core.api.demo_sign_in import SIGN_IN, SIGN_OUT
from core.api.doorkeeper import NOT_THIS_COMPUTER, WRONG_HOST
from core.identity.demo import OWNER
from tests.browser.conftest import (
    PATIENCE_SECONDS,
    ROOT,
    Server,
    environment,
    running,
    streamlit_command,
    uvicorn_command,
)
from tests.browser.test_first_request import first_run, text
from tests.conftest import free_port
from tests.tutorial import fill_folder


def ask(
    server: Server, path: str = "/", *, method: str = "GET", host: str = "127.0.0.1", **headers: str
) -> tuple[int, str]:
    """The status and the text of one plain request."""
    connection = http.client.HTTPConnection(host, server.port, timeout=PATIENCE_SECONDS)
    connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    return response.status, body


def address_in_the_network() -> str | None:
    """An address of this machine that is not loopback, or None; nothing is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        found: str = probe.getsockname()[0]
    return None if found.startswith("127.") else found


def ended(command: list[str], data_dir: Path) -> tuple[int, str]:
    """The exit code and the words of a server that should not start."""
    options = {"capture_output": True, "text": True, "timeout": PATIENCE_SECONDS, "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, cwd=ROOT, env=environment(data_dir), check=False, **options)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("path", ["/", "/ask", "/_stcore/health", "/_stcore/host-config", SIGN_IN, "/static/x"])
def test_no_path_answers_under_a_foreign_host(server: Server, path: str) -> None:
    status, words = ask(server, path, Host="evil.example")

    assert (status, words.strip()) == (421, WRONG_HOST)


@pytest.mark.parametrize("path", ["/", "/_stcore/health", SIGN_IN])
def test_no_path_answers_a_forwarded_request(server: Server, path: str) -> None:
    status, words = ask(server, path, X_Forwarded_For="127.0.0.1")

    assert (status, words.strip()) == (403, NOT_THIS_COMPUTER)


@pytest.mark.parametrize("route", [SIGN_IN, SIGN_OUT])
def test_a_form_of_another_site_is_refused(server: Server, route: str) -> None:
    assert ask(server, route, method="POST", Origin="http://evil.example")[0] == 403
    assert ask(server, route, method="POST")[0] == 403


def test_the_server_says_nothing_on_the_network_by_default(server: Server) -> None:
    address = address_in_the_network()
    if address is None:
        pytest.skip("this machine has no address but loopback")
    with pytest.raises(ConnectionRefusedError):
        ask(server, host=address)


def test_an_asgi_server_works_too_and_refuses_other_computers(tmp_path: Path) -> None:
    port = free_port()
    everywhere = "0.0.0.0"  # noqa: S104 - what must not be reached through it is tested here
    fill_folder(tmp_path)
    with running(uvicorn_command(port, everywhere), port, tmp_path) as server:
        assert ask(server)[0] == 200
        assert "Continue as Olivia" in text(first_run(server, "ask"))
        if address := address_in_the_network():
            status, words = ask(server, host=address, Host="localhost")
            assert (status, words.strip()) == (403, NOT_THIS_COMPUTER)
            assert ask(server, host=address)[0] == 421


@pytest.mark.parametrize("address", ["0.0.0.0", pytest.param("::", marks=pytest.mark.slow)])  # noqa: S104 - refused
def test_the_demo_sign_in_does_not_start_on_the_network(tmp_path: Path, address: str) -> None:
    code, words = ended([*streamlit_command(free_port()), "--server.address", address], tmp_path)

    assert code != 0
    assert "Frontline did not start" in words
    assert "--server.address 127.0.0.1" in words
    assert "Traceback" not in words


def test_a_sign_in_that_is_set_up_in_part_is_no_reason_for_the_demo(tmp_path: Path) -> None:
    command = ["env", "PROPELAUTH_URL=https://auth.example", *streamlit_command(free_port())]

    code, words = ended(command, tmp_path)

    assert code != 0
    assert "PROPELAUTH_URL is not known here" in words
    assert "Missing: PROPELAUTH_AUTH_URL" in words
    assert "Traceback" not in words


def test_a_first_start_asks_nothing_and_ends_cleanly(tmp_path: Path) -> None:
    """A fresh home and an input that is closed: a question would end or hold the start."""
    port = free_port()
    with running([*streamlit_command(port)[:-2]], port, tmp_path) as server:
        assert ask(server)[0] == 200
    words = server.log.read_text()

    assert "Email" not in words
    assert "Traceback" not in words
    assert "WARNING" not in words.upper()
    assert f"http://127.0.0.1:{port}" in words
    assert server.process.returncode in (0, -15)
    assert OWNER.name not in words
