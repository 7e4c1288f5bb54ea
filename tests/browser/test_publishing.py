"""From an import to a publication in a real browser, while visitors ask over the API: they get what is published."""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect

from core.engines.semantic.vectors import GENERAL_QUESTIONS
from tests.browser.conftest import Server, menu, running, settled, title
from tests.browser.grid import write
from tests.browser.test_sign_in import command, sign_in
from tests.conftest import free_port, put_model
from tests.propelauth_server import PropelAuthServer, propelauth_server

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
QUESTION = 1
MISPLACED = "when do you open in the morning"
TESTS = "question,expected_question\nwhen do you open,When are you open?\nhow can I pay,How can I pay?\n"


@pytest.fixture
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture
def frontline(propelauth: PropelAuthServer, tmp_path: Path, prepared_model: Path) -> Iterator[Server]:
    put_model(prepared_model, tmp_path)
    port = free_port()
    with running(command(propelauth, port), port, tmp_path) as server:
        yield server


class Visitors:
    """What visitors and scripts of one org get over the API."""

    def __init__(self, url: str, org: str, token: str) -> None:
        self.base = f"{url}/api/v1/orgs/{org}"
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, **more: object) -> httpx.Response:
        got = httpx.request(  # type: ignore[arg-type]
            method, self.base + path, headers={**self.headers, "If-Match": "*"}, timeout=60, trust_env=False, **more
        )
        assert got.status_code < 300, got.text
        return got

    def get(self, question: str) -> tuple[int, int | None]:
        """The revision that answers, and the entry that is given."""
        answer = self.send("POST", "/answers", json={"question": question}).json()
        return answer["revision"], answer["entry_id"]


def test_a_planted_regression_is_seen_held_and_published_with_a_reason_and_never_before(
    page: Page, frontline: Server, propelauth: PropelAuthServer, shot: Shot, tmp_path: Path
) -> None:
    org = propelauth.org("Acme")
    user = propelauth.user("Olga", {org: "Owner"})
    visitors = Visitors(frontline.url, org, propelauth.access_token(user))
    sign_in(page, f"{frontline.url}/questions?org={org}", user)
    title(page, "Questions & answers")
    bring_in_300(page, tmp_path)
    put_the_misplaced_phrasing_right(page, shot)
    visitors.send("POST", "/runs", files={"file": ("shop.csv", TESTS)})
    assert visitors.get("how can I pay") == (0, None)

    view(page, "Table")
    mark(page, "2 saves not published").hover()
    expect(page.get_by_text("Visitors get no answers yet: nothing is published · 2 saves are waiting")).to_be_visible()
    shot(page, "publishing_first_day")
    publish(page, 2)
    assert visitors.get("when do you open") == (2, 1)
    assert visitors.get("how can I pay") == (2, 3)

    menu(page, "Settings")
    page.get_by_role("button", name="Change the check…").click()
    page.get_by_text("Ask for a reason when publishing breaks test questions").click()
    page.get_by_role("dialog").get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("The check is changed")).to_be_visible()

    menu(page, "Questions & answers")
    write(page, QUESTION, 2, "Do you sell llamas?")
    expect(page.get_by_text("Check: 1 broken of 2 test questions")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(mark(page, "1 save not published")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("1 broken", exact=True)).to_be_visible()
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_text("This breaks 1 test question.")).to_be_visible()
    settled(page)
    shot(page, "publishing_held")
    assert visitors.get("how can I pay") == (2, 3)

    dialog.get_by_label("Why").fill("The shop sells llamas now")
    dialog.get_by_label("Why").press("Enter")
    settled(page)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Visitors get revision 3 now")).to_be_visible()
    assert visitors.get("Do you sell llamas?") == (3, 3)
    made = visitors.send("GET", "/publications").json()["publications"][0]
    assert (made["revision"], made["reason"], made["broken"]) == (3, "The shop sells llamas now", 1)
    shot(page, "publishing_done")


def view(page: Page, name: str) -> None:
    """Choose a view of Questions & answers."""
    page.get_by_test_id("stButtonGroup").get_by_text(name, exact=True).click()
    settled(page)


def mark(page: Page, words: str) -> Locator:
    """The mark with these words: Streamlit draws one that tells more below the mouse twice, and shows one of them."""
    return page.get_by_text(words).filter(visible=True)


def bring_in_300(page: Page, folder: Path) -> None:
    """A table from elsewhere, in which a phrasing stands at the wrong entry."""
    entries = [
        {
            "question": "When are you open?",
            "answer": "From 9 to 5.",
            "alternates": ["opening hours", "what time do you open"],
        },
        {"question": "Where can I park?", "answer": "Behind us.", "alternates": ["car park", MISPLACED]},
        {"question": "How can I pay?", "answer": "By card."},
    ]
    others = GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines()[:197]
    others += [f"Is article number {number} in stock?" for number in range(100)]
    entries += [{"question": question, "answer": f"Answer {place}"} for place, question in enumerate(others)]
    (folder / "faq.json").write_text(json.dumps(entries))
    view(page, "Import")
    page.locator('[data-testid="stFileUploader"] input[type=file]').set_input_files(folder / "faq.json")
    page.get_by_role("button", name="Import 300 entries as one save").click()
    expect(page.get_by_text("300 entries were imported as revision 1.")).to_be_visible()


def put_the_misplaced_phrasing_right(page: Page, shot: Shot) -> None:
    """Health names it, and moves it."""
    view(page, "Health")
    expect(page.get_by_text(f"“{MISPLACED}” of No. 2 would be answered with No. 1")).to_be_visible()
    settled(page)
    shot(page, "publishing_health")
    page.get_by_role("button", name=re.compile(r"Move .* to No\. 1$")).first.click()
    expect(page.get_by_text(f"“{MISPLACED}” of No. 2 would be answered with No. 1")).to_have_count(0)
    settled(page)


def publish(page: Page, revision: int) -> None:
    """Publish what waits; nothing holds it."""
    settled(page)
    page.get_by_role("button", name="Publish…").click()
    settled(page)
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"Visitors get revision {revision} now")).to_be_visible()
    settled(page)
