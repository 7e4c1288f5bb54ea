"""A run over a slow model server, paused and resumed, its failed questions asked again, and all of it run again."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import (
    PATIENCE_SECONDS,
    Server,
    new_evaluation,
    open_as,
    running,
    settled,
    streamlit_command,
)
from tests.conftest import free_port
from tests.model_server import Fault, ModelServer, Request, is_probe
from tests.tutorial import fill_folder

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
PATIENCE = PATIENCE_SECONDS * 1000
ROWS = 400
BROKEN = 8


@dataclass
class Slow:
    """A model server that writes nonsense for some questions, until it is mended."""

    model: ModelServer = field(init=False)
    mended: bool = False

    def __post_init__(self) -> None:
        self.model = ModelServer({}, modes=[RequestMode.SCHEMA], latency=0.2, fault=self.fault)

    def fault(self, request: Request, _number: int) -> Fault | None:
        broken = request.body and not is_probe(request) and request.asked.startswith("broken")
        return Fault.OWN_TEXT if broken and not self.mended else None

    @property
    def asked(self) -> int:
        return len(self.model.questions)


@pytest.fixture
def slow() -> Iterator[Slow]:
    slow = Slow()
    with slow.model.running():
        yield slow


@pytest.fixture
def on_slow(slow: Slow, tmp_path: Path) -> Iterator[Server]:
    """A server of Frontline that asks it."""
    port, url = free_port(), slow.model.base_url
    engine = [f"FRONTLINE_ENGINE_{name}={value}" for name, value in (("URL", url), ("MODEL", "m"), ("KEY", "k"))]
    fill_folder(tmp_path)
    with running(["env", *engine, *streamlit_command(port)], port, tmp_path) as server:
        yield server


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_a_run_is_paused_resumed_retried_and_repeated(
    page: Page, slow: Slow, on_slow: Server, tmp_path: Path, shot: Shot
) -> None:
    open_as(page, f"{on_slow.url}/evaluations?org={CLOTHING_ORG}", "Adam")
    upload = tmp_path / "many.csv"
    rows = (f"{'broken' if row % (ROWS // BROKEN) == 3 else 'fine'} {row},__fallback__\n" for row in range(ROWS))
    upload.write_text("question,expected_answer\n" + "".join(rows))
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(upload)
    press(page, f"Run {ROWS} questions")
    progress = page.get_by_test_id("stProgress")
    expect(progress).to_contain_text("about", timeout=PATIENCE)
    shot(page, "runs_going")

    press(page, "Pause")
    expect(progress).to_contain_text("paused", timeout=PATIENCE)
    words, asked = progress.inner_text(), slow.asked
    shot(page, "runs_paused")
    time.sleep(2)
    assert (progress.inner_text(), slow.asked) == (words, asked)
    assert asked < ROWS
    expect(page.get_by_role("button", name="Resume", exact=True)).to_be_enabled()
    press(page, "Resume")

    retry = page.get_by_role("button", name=f"Retry failed questions ({BROKEN})", exact=True)
    expect(retry).to_be_visible(timeout=PATIENCE)
    settled(page)
    shot(page, "runs_failed")
    assert slow.asked == ROWS
    slow.mended = True
    retry.click()
    expect(retry).to_be_hidden(timeout=PATIENCE)
    expect(page.get_by_role("button", name="Run again", exact=True)).to_be_visible(timeout=PATIENCE)
    settled(page)
    assert slow.asked == ROWS + BROKEN
    shot(page, "runs_retried")

    before = page.url
    press(page, "Run again")
    page.wait_for_function("before => window.location.href !== before", arg=before)
    expect(progress).to_contain_text(f"of {ROWS} questions", timeout=PATIENCE)
    press(page, "Cancel")
    expect(page.get_by_text("Cancelled:")).to_be_visible(timeout=PATIENCE)
