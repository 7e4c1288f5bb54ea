"""The files of a run, taken away and opened; a threshold used; several runs compared. All in a real browser."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from playwright.sync_api import Page, expect

from core.identity.demo import CLOTHING_ORG
from tests.browser.conftest import Server, menu, new_evaluation, open_as, settled, title
from tests.tutorial import QUESTIONS

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
NAME = QUESTIONS.name


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture(autouse=True)
def quiet(page: Page) -> Iterator[None]:
    """Neither a page nor a report may need what its headers forbid."""
    wrong: list[str] = []
    listeners: list[tuple[Any, Callable[[Any], None]]] = [
        ("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 else None),
        ("weberror", lambda error: wrong.append(str(error.error))),
        ("console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") else None),
    ]
    for event, listener in listeners:
        page.context.on(event, listener)
    yield
    for event, listener in listeners:
        page.context.remove_listener(event, listener)
    assert wrong == []


def run_the_sample(page: Page) -> None:
    back = page.get_by_role("button", name="All evaluations")
    if back.count():
        back.click()
        title(page, "Evaluations")
    else:
        menu(page, "Evaluations")
    new_evaluation(page)
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(QUESTIONS)
    page.get_by_role("button", name="Run 24 questions").click()
    expect(page.get_by_text("Click a row to see it in full.")).to_be_visible(timeout=60_000)
    title(page, NAME)


def section(page: Page, name: str) -> None:
    page.get_by_role("radio", name=name, exact=True).click()
    settled(page)


def taken(page: Page, label: str, folder: Path) -> Path:
    """The file of a download button."""
    with page.expect_download() as download:
        page.get_by_role("button", name=label, exact=True).click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def opened(page: Page, report: Path) -> Page:
    """A report, opened from its file as a stakeholder does who has no Frontline."""
    other = page.context.new_page()
    asked: list[str] = []
    other.on("request", lambda request: asked.append(request.url))
    other.goto(report.as_uri())
    assert asked == [report.as_uri()], "a report fetches nothing"
    return other


def test_report_and_tests_can_be_taken_away_and_opened(page: Page, server: Server, shot: Shot, tmp_path: Path) -> None:
    open_as(page, f"{server.url}/?org={CLOTHING_ORG}", "Olivia")
    run_the_sample(page)
    shot(page, "exports_results")

    junit = etree.fromstring(taken(page, "Results for a build server", tmp_path).read_bytes())
    assert junit.get("tests") == "24"
    report = opened(page, taken(page, "Report", tmp_path))
    expect(report.get_by_role("heading", name=NAME, level=1)).to_be_visible()
    expect(report.get_by_role("img")).to_have_count(5)
    expect(report.get_by_text("of the questions that say what is expected ended right")).to_be_visible()
    shot(report, "report")

    report.get_by_role("link", name="How to read this").click()
    expect(report.get_by_role("heading", name="How to read this")).to_be_in_viewport()
    report.set_viewport_size({"width": 360, "height": 740})
    assert report.evaluate("document.documentElement.scrollWidth") <= 360
    shot(report, "report_phone")
    report.emulate_media(media="print")
    expect(report.get_by_role("navigation")).to_be_hidden()
    report.close()


def test_a_script_in_a_question_stays_a_text_in_the_report(page: Page, tmp_path: Path) -> None:
    from core.report.html import html
    from core.report.report import Report
    from core.runs.run_usage import RunUsage
    from tests.core.report.runs import ended, row

    evil = "<script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">"
    path = tmp_path / "evil.html"
    path.write_bytes(html(Report(analysis=ended(row(evil, 1, 2), row("q", 1, 1)), took=RunUsage())))

    report = opened(page, path)

    assert report.title() == "n – evaluation report"
    expect(report.get_by_text(evil).first).to_be_visible()


@pytest.mark.slow  # without a browser: tests/integration/test_threshold_use.py
def test_a_threshold_is_used_and_the_next_run_answers_by_it(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/?org={CLOTHING_ORG}", "Olivia")
    run_the_sample(page)
    section(page, "Threshold")
    handle = page.get_by_role("slider", name="Answer from this confidence on")
    handle.focus()
    for _ in range(20):
        handle.press("ArrowRight")
    settled(page)

    page.get_by_role("button", name=re.compile("^Use \\d+ %")).click()
    expect(page.get_by_text("This changes the settings")).to_be_visible()
    settled(page)  # only now: the slider tells its last steps a moment after they were made
    promised = page.get_by_role("heading", name="Of 100 visitors", include_hidden=True).inner_text()
    shot(page, "threshold_use")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved as revision")).to_be_visible()

    run_the_sample(page)
    section(page, "Threshold")
    expect(page.get_by_text("now: 70 % ↑")).to_be_visible()  # where this run itself stood
    expect(page.get_by_role("heading", name=promised)).to_be_visible()


def test_several_runs_lead_to_the_pair_and_its_report(page: Page, server: Server, shot: Shot, tmp_path: Path) -> None:
    open_as(page, f"{server.url}/?org={CLOTHING_ORG}", "Olivia")
    run_the_sample(page)
    first = page.url
    run_the_sample(page)
    second = page.url
    assert first != second
    section(page, "Compare")
    section(page, "Several")
    page.get_by_role("combobox", name="Evaluations to compare").click()
    page.get_by_role("option").first.click()
    page.keyboard.press("Escape")
    expect(page.get_by_text("Click one to open the two")).to_be_visible()
    settled(page)
    shot(page, "several")

    box = page.get_by_test_id("stDataFrame").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 60, box["y"] + 52)
    expect(page.get_by_role("button", name="Report with this comparison")).to_be_visible()
    settled(page)
    shot(page, "pair")
    report = opened(page, taken(page, "Report with this comparison", tmp_path))
    expect(report.get_by_role("heading", name="Compared with another evaluation")).to_be_visible()
    assert json.dumps(NAME)[1:-1] in report.content()
