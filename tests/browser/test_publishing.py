"""Edit, check, publish in a real browser, while visitors ask over the API: they get a revision once it is published."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, menu, running, settled, title
from tests.browser.grid import write
from tests.browser.test_sign_in import command, sign_in
from tests.conftest import free_port
from tests.propelauth_server import PropelAuthServer, propelauth_server

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]
QUESTION = 1
TESTS = "question,expected_question\nwhen do you open,When are you open?\nhow can I pay,How can I pay?\n"


@pytest.fixture
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture
def frontline(propelauth: PropelAuthServer, tmp_path: Path, prepared_model: Path) -> Iterator[Server]:
    for file in prepared_model.glob("*.onnx"):
        (tmp_path / file.name).hardlink_to(file)
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
    page: Page, frontline: Server, propelauth: PropelAuthServer, shot: Shot
) -> None:
    org = propelauth.org("Acme")
    user = propelauth.user("Olga", {org: "Owner"})
    visitors = Visitors(frontline.url, org, propelauth.access_token(user))
    for question, answer in (("When are you open?", "From 9 to 5."), ("How can I pay?", "By card.")):
        visitors.send("POST", "/entries", json={"question": question, "answer": answer})
    visitors.send("POST", "/runs", files={"file": ("shop.csv", TESTS)})
    assert visitors.get("when do you open") == (0, None)

    sign_in(page, f"{frontline.url}/questions?org={org}", user)
    title(page, "Questions & answers")
    expect(page.get_by_text("Visitors get no answers yet: nothing is published · 2 saves are waiting")).to_be_visible()
    shot(page, "publishing_first_day")
    publish(page, 2)
    assert visitors.get("when do you open") == (2, 1)

    menu(page, "Settings")
    page.get_by_role("button", name="Change the check…").click()
    page.get_by_text("Ask for a reason when publishing breaks test questions").click()
    page.get_by_role("dialog").get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_text("The check is changed")).to_be_visible()

    menu(page, "Questions & answers")
    write(page, QUESTION, 0, "Do you sell llamas?")
    expect(page.get_by_text("What this does to the test questions: 1 broken of 2 test questions")).to_be_visible()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("1 save is waiting")).to_be_visible()
    settled(page)

    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Check: 1 broken of 2 test questions")).to_be_visible()
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog.get_by_text("This breaks 1 test question.")).to_be_visible()
    settled(page)
    shot(page, "publishing_held")
    assert visitors.get("when do you open") == (2, 1)

    dialog.get_by_label("Why").fill("The shop sells llamas now")
    dialog.get_by_label("Why").press("Enter")
    settled(page)
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text("Visitors get revision 3 now")).to_be_visible()
    assert visitors.get("Do you sell llamas?") == (3, 1)
    made = visitors.send("GET", "/publications").json()["publications"][0]
    assert (made["revision"], made["reason"], made["broken"]) == (3, "The shop sells llamas now", 1)
    shot(page, "publishing_done")


def publish(page: Page, revision: int) -> None:
    """Publish what waits; nothing holds it."""
    settled(page)
    page.get_by_role("button", name="Publish…").click()
    settled(page)
    page.get_by_role("dialog").get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_text(f"Visitors get revision {revision} now")).to_be_visible()
    settled(page)
