"""How long people wait for Frontline's pages, beside a bare Streamlit page with the same table.

Start: from the server's start to the first page in a browser. First page: from the address to the settled page, in a
new tab of a browser that was there before. Page switch: from a click in the menu until the page with the table is
settled. Editor: from Enter in a cell until the page is settled. Run: python -m tests.benchmarks.pages
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, expect, sync_playwright

from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.settings import Settings
from tests.browser.conftest import CHROMIUM_OPTIONS, open_as, running, settled, streamlit_command
from tests.browser.grid import write
from tests.conftest import free_port
from tests.tutorial import build

# Each tab gets a process, as a person's does: in one that has just read the same scripts they are there at once.
OPTIONS = [option for option in CHROMIUM_OPTIONS if not option.startswith("--renderer-process-limit")]
EDITS = 8
STARTS = 5
ANSWER = 2
VISITS = 12
BARE_PAGE = """
import pandas as pd, streamlit as st
st.set_page_config(layout="wide")
read = st.cache_data(pd.read_json)

def table():
    st.data_editor(read({data!r}), key="table", num_rows="dynamic", hide_index=True)
    state = st.session_state["table"]
    st.text(f"{{len(state['edited_rows'])}} edited")

def other():
    st.text_input("Question")

st.navigation([st.Page(table, title="Table"), st.Page(other, title="Other")]).run()
"""
GRID = '[data-testid="data-grid-canvas"]'


def main() -> None:
    """Measure and print."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=OPTIONS)
        start(browser)
        for rows in (1_000, 10_000):
            editor(browser, rows)
        browser.close()


def start(browser: Browser) -> None:
    """From nothing to the first page."""
    ours = [first_page(browser, streamlit_command, "Welcome to Frontline") for _ in range(STARTS)]
    bare = [first_page(browser, bare_command(rows=3), "0 edited") for _ in range(STARTS)]
    show("start to first page", ours, bare)


def first_page(browser: Browser, command: Callable[[int], list[str]], words: str) -> float:
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        with running(command(port), port, Path(folder)) as server:
            page = browser.new_page()
            page.goto(server.url)
            expect(page.get_by_text(words).first).to_be_visible(timeout=60_000)
            took = time.perf_counter() - began
            page.close()
    return took


def editor(browser: Browser, rows: int) -> None:
    """Edits of cells, one after the other."""
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), rows)
        port = free_port()
        with running(streamlit_command(port), port, Path(folder)) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            address = f"{server.url}/questions?org={CLOTHING_ORG}"
            open_as(page, address, "Olivia")
            ours = edits(page, column=ANSWER)
            page.get_by_role("button", name="Save", exact=True).click()
            expect(page.get_by_text(f"{EDITS} edited")).to_have_count(0)
            our_visits = visits(page, address, "Ask", "Questions & answers")
            page.close()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        with running(bare_command(rows)(port), port, Path(folder)) as server:
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            page.goto(server.url)
            expect(page.get_by_text("0 edited")).to_be_visible()
            bare = edits(page, column=1)
            bare_visits = visits(page, server.url, "Other", "Table")
            page.close()
    show(f"{rows:,} rows: edit to settled", ours, bare)
    for what, own, other in zip(("first page", "page switch"), our_visits, bare_visits, strict=True):
        show(f"{rows:,} rows: {what}", own, other)


def visits(page: Page, address: str, away: str, back: str) -> tuple[list[float], list[float]]:
    """Openings of the page with the table, and returns to it from another page; in seconds."""
    first, switched = [], []
    for _ in range(VISITS):
        tab = page.context.new_page()
        began = time.perf_counter()
        tab.goto(address)
        tab.locator(GRID).first.wait_for()
        settled(tab)
        first.append(time.perf_counter() - began)
        tab.close()
    for _ in range(VISITS):
        page.get_by_role("link", name=away, exact=True).click()
        page.get_by_label("Question", exact=True).wait_for()
        settled(page)
        began = time.perf_counter()
        page.get_by_role("link", name=back, exact=True).click()
        page.locator(GRID).first.wait_for()
        settled(page)
        switched.append(time.perf_counter() - began)
    return first[1:], switched[1:]  # the first of each also loads what browser and server keep


def edits(page: Page, column: int) -> list[float]:
    took = []
    settled(page)
    for row in range(EDITS):
        with Stopwatch(page, f"{row + 1} edited") as stopwatch:
            write(page, column, row, f"another answer {row}", before_enter=stopwatch.start)
        took.append(stopwatch.seconds)
    return took[1:]  # the first one also draws the bar


class Stopwatch:
    """From ``start`` until these words are shown and the script has ended."""

    def __init__(self, page: Page, words: str) -> None:
        self._page = page
        self._words = words
        self.seconds = 0.0

    def start(self) -> None:
        self._began = time.perf_counter()

    def __enter__(self) -> "Stopwatch":
        return self

    def __exit__(self, *_: object) -> None:
        self._page.get_by_text(self._words).last.wait_for()
        settled(self._page)
        self.seconds = time.perf_counter() - self._began


def entries(rows: int) -> list[dict[str, object]]:
    return [
        {
            "question": f"What about thing number {i}, and is it {i % 97} or {i % 89}?",
            "answer": f"This is the fixed answer about thing number {i}. It is as long as answers are.",
            "alternates": [f"thing {i}", f"tell me about {i}"],
            "tags": [f"topic {i % 10}"],
            "enabled": True,
        }
        for i in range(rows)
    ]


def fill(data_dir: Path, rows: int) -> None:
    parts = build(Settings(data_dir=data_dir, database_url=f"sqlite:///{data_dir / 'demo.db'}"))
    base = parts.questions.table(OWNER, CLOTHING_ORG)
    old = frozenset(entry.id for entry in base.entries)
    changes = Changes(added=tuple(entries(rows)), deleted=old)
    parts.questions.save(OWNER, CLOTHING_ORG, base_revision=base.revision, changes=changes)
    parts.answering.ask(OWNER, CLOTHING_ORG, "thing 1")  # makes the model, which only a first start has to
    parts.stop()


def bare_command(rows: int) -> Callable[[int], list[str]]:
    """Starts a Streamlit page with nothing but the table."""
    import pandas as pd

    folder = Path(tempfile.mkdtemp())
    data = folder / "entries.json"
    pd.DataFrame(entries(rows)).to_json(data)
    script = folder / "bare.py"
    script.write_text(BARE_PAGE.format(data=str(data)))
    options = ["--server.headless", "true", "--server.address", "127.0.0.1", "--server.fileWatcherType", "none"]
    options += ["--runner.postScriptGC", "true"]  # Streamlit's own choice, which this folder's settings change
    return lambda port: [sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), *options]


def show(what: str, ours: list[float], bare: list[float]) -> None:
    own, other = statistics.median(ours), statistics.median(bare)
    print(f"{what:32} Frontline {own:5.2f} s   bare Streamlit {other:5.2f} s   ratio {own / other:.2f}")


if __name__ == "__main__":
    main()
