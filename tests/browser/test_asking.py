"""The Ask page and the demo chat in a real browser: what a visitor gets, as plain characters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.questions.policy import DEFAULT_FALLBACK
from core.settings import Settings
from tests.browser.conftest import Server, menu, open_as, settled, title
from tests.tutorial import build

pytestmark = pytest.mark.browser

Shot = Callable[[Page, str], Path]

NASTY = (
    "$5 or $6 :red[now] **bold** `code` ![x](https://evil.example/x.png) [y](https://evil.example) "
    "<b>z</b><img src=x onerror=alert(1)> :smile: :material/home: https://evil.example/a"
)


@pytest.fixture(scope="module")
def server(own_server: Server) -> Server:
    """Its tables and settings change."""
    return own_server


@pytest.fixture(scope="module")
def nasty(server: Server) -> None:
    """An entry whose every text is full of marks, saved while the server runs."""
    data_dir = server.data_dir
    parts = build(Settings(data_dir=data_dir, database_url=f"sqlite:///{data_dir / 'demo.db'}"))
    fields = {"question": f"{NASTY} one?", "answer": f"{NASTY}\n\n  * two", "alternates": [f"{NASTY} three"]}
    base = parts.questions.newest_revision(OWNER, CLOTHING_ORG)
    parts.questions.save(OWNER, CLOTHING_ORG, base_revision=base, changes=Changes(added=(fields,)))
    parts.stop()


def ask(page: Page, question: str, answer: str) -> None:
    """Ask, and wait for the answer; the question is read in its field, and nowhere else."""
    field = page.get_by_role("textbox", name="Question", exact=True)
    field.fill(question)
    field.press("Enter")
    expect(page.get_by_test_id("stChatMessage").first).to_contain_text(answer)
    settled(page)
    expect(page.get_by_test_id("stChatMessage")).to_have_count(1)
    expect(field).to_have_value(question)


def test_enter_asks_and_the_page_says_why(page: Page, server: Server, shot: Shot) -> None:
    open_as(page, f"{server.url}/ask?org={CLOTHING_ORG}", "Mia")

    ask(page, "What do you sell?", "We sell clothing and accessories")
    expect(page.get_by_role("heading", name="Why this answer")).to_be_visible()
    expect(page.get_by_text("certain: these are the stored words")).to_be_visible()
    shot(page, "ask_answered")

    ask(page, "The quick brown fox jumps over the lazy dog", DEFAULT_FALLBACK)
    expect(page.get_by_text("What was nearest, though too far off")).to_be_visible()
    shot(page, "ask_handed_over")


def test_texts_show_as_plain_characters_on_the_ask_page(page: Page, server: Server, nasty: None, shot: Shot) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_as(page, f"{server.url}/ask?org={CLOTHING_ORG}", "Mia")

    ask(page, f"{NASTY} three", NASTY)

    bubbles = page.get_by_test_id("stChatMessage")
    assert bubbles.nth(0).inner_text().endswith(f"{NASTY}\n\n  * two")
    facts = page.locator(".frontline-facts dd")
    assert facts.nth(0).inner_text().endswith(f": {NASTY} one?")
    assert facts.nth(1).inner_text() == f"{NASTY} three"
    marks = page.locator('[data-testid="stMain"] a, [data-testid="stMain"] img, .katex, .stMarkdownColoredText')
    assert marks.count() == 0
    shot(page, "ask_marks")

    menu(page, "Settings")
    title(page, "Settings")
    menu(page, "Ask")
    expect(bubbles).to_have_count(2)  # its field is empty now, so the question stands above the answer
    settled(page)
    assert bubbles.nth(0).inner_text().endswith(f"{NASTY} three")
    assert bubbles.nth(1).inner_text().endswith(f"{NASTY}\n\n  * two")
    assert marks.count() == 0
    assert not [url for url in asked if "evil" in url]


def test_the_demo_chat_has_the_screen_keeps_its_talk_and_shows_stored_texts_as_text_with_links(
    page: Page, server: Server, nasty: None, shot: Shot
) -> None:
    asked: list[str] = []
    page.context.route("**/evil.example/**", lambda route: (asked.append(route.request.url), route.abort()))
    open_as(page, f"{server.url}/chat?org={CLOTHING_ORG}", "Mia")
    for hidden in ("stSidebar", "stHeader", "stToolbar"):
        expect(page.get_by_test_id(hidden).locator("visible=true")).to_have_count(0)
    field, questions = page.get_by_placeholder("Write a message"), page.locator(".chat-question")
    for count, words in enumerate(("What do you sell?", f"{NASTY} one?", "The quick brown fox"), start=1):
        field.fill(words)
        field.press("Enter")
        expect(questions).to_have_count(count)
        expect(page.locator(".chat-waiting")).to_have_count(0)
    settled(page)

    log = page.locator(".chat-log")
    expect(page.locator(".chat-reply").nth(2)).to_have_text(f"{NASTY}\n\n  * two", use_inner_text=True)
    expect(page.locator(".chat-handoff .chat-text")).to_have_text(DEFAULT_FALLBACK)
    assert log.locator("b, img, script, code, .katex").count() == 0
    assert log.get_by_role("link").evaluate_all("all => all.map(one => one.getAttribute('href'))") == [
        "https://www.example.com",
        "https://evil.example/x.png",
        "https://evil.example",
        "https://evil.example/a",
    ]
    assert asked == []
    shot(page, "demo_chat")
    with page.context.expect_page() as opened:
        log.get_by_role("link").last.click()
    assert opened.value.evaluate("window.opener") is None
    assert asked == ["https://evil.example/a"]
    opened.value.close()

    page.reload()
    expect(questions).to_have_count(3)
    page.get_by_role("link", name="Dashboard").click()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    settled(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Demo chat").click()
    expect(questions).to_have_count(3)
    page.get_by_role("button", name="Start again").click()
    expect(questions).to_have_count(0)
    assert "talk=" not in page.url
