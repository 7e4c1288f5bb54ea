"""A real server process, a real browser, and the websocket between them."""

import contextlib
import os
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from core.api.demo_sign_in import SIGN_IN
from core.bootstrap import Frontline
from core.identity.demo import DemoDirectory
from core.settings import Settings
from tests.conftest import free_port, missing, put_model
from tests.tutorial import build, fill_folder

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM_OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--renderer-process-limit=1",  # a tab in a process that has read the pages' scripts is there in half the time
)
PHONE = {"width": 390, "height": 844}
CONTEXTS_OF_PHONES = {
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True, "user_agent": "Mozilla/5.0 (iPhone) Mobile"},
    "narrow window": {"viewport": PHONE},
}
PATIENCE_SECONDS = 60
ON_ITS_WAY = '[data-stale="true"], [data-testid="stSkeleton"], .st-key-editable-table[inert]'
# Playwright's own patience is 5 seconds, and a busy machine is no reason to fail.
expect.set_options(timeout=1000 * PATIENCE_SECONDS)


@dataclass(frozen=True)
class Server:
    """A running server."""

    process: "subprocess.Popen[bytes]"
    port: int
    data_dir: Path
    log: Path

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"


StartServer = Callable[..., Server]


def environment(data_dir: Path) -> dict[str, str]:
    """This process's, with a home of its own and without the developer's screen and settings."""
    others = ("FRONTLINE_", "STREAMLIT_", "PROPELAUTH_", "DATABASE_", "DISPLAY", "WAYLAND_")
    home = data_dir / "home"
    home.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
    return kept | {"FRONTLINE_DATA_DIR": str(data_dir), "HOME": str(home)}


def streamlit_command(port: int) -> list[str]:
    options = ["--server.port", str(port), "--server.headless", "true"]
    return [sys.executable, "-m", "streamlit", "run", "app.py", *options]


def uvicorn_command(port: int, host: str = "127.0.0.1") -> list[str]:
    return [sys.executable, "-m", "uvicorn", "app:app", "--host", host, "--port", str(port)]


@contextlib.contextmanager
def running(command: list[str], port: int, data_dir: Path) -> Iterator[Server]:
    """The server of a command, from its first answer until the end of the block; ended by its process id."""
    log = data_dir / "server.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment(data_dir), stdin=subprocess.DEVNULL, stdout=output, stderr=output
        )
    server = Server(process, port, data_dir, log)
    try:
        _wait_until_it_answers(server)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_it_answers(server: Server) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        assert server.process.poll() is None, server.log.read_text()
        with contextlib.suppress(urllib.error.URLError, ConnectionError):
            urllib.request.urlopen(f"http://127.0.0.1:{server.port}/_stcore/health", timeout=PATIENCE_SECONDS)
            return
        time.sleep(0.05)
    pytest.fail(f"the server did not answer:\n{server.log.read_text()}")


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[Server]:
    """A server process that nobody has spoken to yet but for its health."""
    port = free_port()
    fill_folder(tmp_path)
    with running(streamlit_command(port), port, tmp_path) as server:
        yield server


@contextlib.contextmanager
def _ready(data_dir: Path, prepared_model: Path) -> Iterator[Server]:
    """A server whose engine is prepared, with the tutorial's entries."""
    put_model(prepared_model, data_dir)
    fill_folder(data_dir)
    port = free_port()
    with running(streamlit_command(port), port, data_dir) as server:
        yield server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, prepared_model: Path) -> Iterator[Server]:
    """One server for all tests that leave the tables and settings of both organisations as they are."""
    with _ready(tmp_path_factory.mktemp("server"), prepared_model) as server:
        yield server


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory, prepared_model: Path) -> Iterator[Server]:
    """A server for the tests of one module, which change something for good."""
    with _ready(tmp_path_factory.mktemp("server"), prepared_model) as server:
        yield server


@pytest.fixture(scope="module")
def parts(server: Server) -> Iterator[Frontline]:
    """The use cases on the server's own database, beside it."""
    parts = build(Settings(data_dir=server.data_dir, database_url=f"sqlite:///{server.data_dir / 'demo.db'}"))
    yield parts
    parts.stop()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser of all tests."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        missing("Chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def window(chromium: Browser) -> Iterator[BrowserContext]:
    """A window in which many tests open their tab, one after the other."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    context.new_page()  # as long as a tab is open, its process stays
    yield context
    context.close()


@pytest.fixture
def page(window: BrowserContext) -> Iterator[Page]:
    """A tab of a browser without any cookie."""
    kept = window.pages[0]
    yield window.new_page()
    for tab in window.pages:
        if tab is not kept:
            tab.evaluate("() => { try { localStorage.clear() } catch {} }")  # a tab that shows no site has none
            tab.close()
    window.clear_cookies()
    window.clear_permissions()


@pytest.fixture
def shot(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[Page, str], Path]:
    """Takes a picture of a whole page; into the folder FRONTLINE_SCREENSHOTS when that is set, to look at."""
    folder = Path(os.environ.get("FRONTLINE_SCREENSHOTS") or tmp_path)

    def take(page: Page, name: str) -> Path:
        path = folder / f"{name}.png"
        page.screenshot(path=path, full_page=True)
        return path

    return take


def settled(page: Page) -> None:
    """Wait until the script has run, everything it sent is shown, and nothing moves: a click could miss what moves."""
    page.wait_for_selector('[data-testid="stApp"][data-test-script-state="notRunning"]')
    page.wait_for_function(f"() => !document.querySelector('{ON_ITS_WAY}')")
    page.wait_for_function(
        """() => document.getAnimations().every(
            each => each.playState !== "running" || each.effect.getComputedTiming().endTime === Infinity
        )"""
    )


def slow_line(page: Page, ms: int) -> None:
    """From now on everything that the page sends is so many milliseconds on its way."""
    page.evaluate(
        """ms => {
            const send = WebSocket.prototype.send;
            WebSocket.prototype.send = function (data) { setTimeout(() => send.call(this, data), ms); };
        }""",
        ms,
    )


def open_as(page: Page, url: str, person: str) -> None:
    """Open an address as a demo person, by first name, who signed in at a form that is not shown: that takes a load."""
    here = urllib.parse.urlsplit(url)
    site = f"{here.scheme}://{here.netloc}"
    form = {"person": next(one.user_id for one in DemoDirectory.people if one.name.startswith(person)), "next": "/"}
    answer = page.request.post(site + SIGN_IN, form=form, headers={"Origin": site}, max_redirects=0)
    assert answer.status == 303, answer.text()
    page.goto(url)
    _is_in(page)


def sign_in(page: Page, url: str, person: str) -> None:
    """Open an address and choose a demo person by first name, who then sees the page of this address."""
    page.goto(url)
    page.get_by_role("button", name=f"Continue as {person}").click()
    _is_in(page)


def _is_in(page: Page) -> None:
    # The menu is hidden on a narrow screen and in the chat.
    page.get_by_role("button", name="Sign out", include_hidden=True).wait_for(state="attached")
    settled(page)


def title(page: Page, words: str) -> None:
    """Wait until this is the page's title."""
    page.get_by_role("heading", name=words, level=1, exact=True).wait_for()
    settled(page)


def new_evaluation(page: Page) -> None:
    """From the list to the form of a new one, which stands there by itself as long as there is none."""
    button, form = page.get_by_role("button", name="New evaluation"), page.get_by_test_id("stFileUploader")
    expect(button.or_(form).first).to_be_visible()
    if button.is_visible():
        button.click()
        title(page, "New evaluation")


def menu(page: Page, words: str) -> None:
    """Follow the menu to a page."""
    page.get_by_test_id("stSidebarNavLink").filter(has_text=words).click()
    title(page, words)


def pick_org(page: Page, name: str) -> None:
    """Choose another organisation in the sidebar, and wait until the address names it."""
    before = page.url
    page.get_by_role("combobox", name="Organisation").click()
    page.get_by_role("option", name=name).click()
    page.wait_for_function("before => window.location.href !== before", arg=before)
    settled(page)
