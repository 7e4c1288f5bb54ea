"""Activity, downloads and the browser's own rules, in a real browser."""

import csv
import http.client
import io
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import PHONE_ORG
from tests.browser.conftest import Server, menu, open_as, title

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]


def looks(url: str) -> bool:
    """On a deep link Streamlit's page looks for its server below the page's own path first, and finds nothing there."""
    return url.endswith(
        tuple(f"/{page}/_stcore/{what}" for page in ("questions", "settings") for what in ("health", "host-config"))
    )


def is_404(text: str) -> bool:
    """The console's words for what ``response`` events tell with the address."""
    return text.startswith("Failed to load resource")


@pytest.fixture(autouse=True)
def quiet(page: Page, server: Server) -> Iterator[None]:
    """No test may end with something blocked by our headers, or with an error in the page."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}") if r.status >= 400 and not looks(r.url) else None)
    page.on(
        "console", lambda m: wrong.append(m.text) if m.type in ("error", "warning") and not is_404(m.text) else None
    )
    yield
    assert wrong == []


def test_an_owner_reads_the_activity_and_takes_it_away(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    title(page, "Questions & answers")
    page.get_by_role("button", name="More").click()
    with page.expect_download() as table:
        page.get_by_role("button", name="Download the table").click()
    assert table.value.path().read_bytes().startswith(b"PK")

    menu(page, "Settings")
    page.get_by_role("radio", name="Activity").click()
    expect(page.locator(".frontline-events td:nth-child(3)").first).to_have_text("Downloaded")
    shot(page, "activity")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download all activity").click()
    rows = list(csv.DictReader(io.StringIO(taken.value.path().read_text("utf-8-sig"))))

    assert [(row["Who"], row["What"], row["Details"]) for row in rows[:3]] == [
        ("Olivia", "downloaded", "the activity"),
        ("Olivia", "downloaded", "questions and answers as Excel workbook"),
        ("Olivia", "signed in", ""),
    ]


def test_somebody_else_finds_no_activity(page: Page, server: Server) -> None:
    open_as(page, f"{server.url}/settings?org={PHONE_ORG}", "Adam")

    title(page, "Settings")
    expect(page.get_by_role("radio", name="Answers")).to_be_visible()
    expect(page.get_by_role("radio", name="Activity")).to_have_count(0)


def test_figures_of_all_users_and_the_ways_in_for_programs_are_closed(server: Server) -> None:
    for path in ("/_stcore/metrics", "/%5Fstcore/metrics", "//_stcore/metrics", "/_stcore/agent/openapi.json"):
        connection = http.client.HTTPConnection("localhost", server.port)
        connection.request("GET", path)
        response = connection.getresponse()
        answer = (response.status, response.read())
        connection.close()

        assert answer == (404, b"Not found\n")


def test_a_download_is_kept_by_no_cache(page: Page, server: Server) -> None:
    open_as(page, f"{server.url}/questions?org={PHONE_ORG}", "Olivia")
    title(page, "Questions & answers")
    page.get_by_role("button", name="More").click()
    with page.expect_download() as table:
        page.get_by_role("button", name="Download the table").click()

    response = page.request.get(table.value.url)

    assert response.headers["cache-control"] == "private, no-store"
    assert response.headers["cross-origin-resource-policy"] == "same-origin"
    assert response.headers["content-disposition"].startswith("attachment")
