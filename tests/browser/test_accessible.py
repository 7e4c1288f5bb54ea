"""The pages as axe judges them, in both themes, and the order of their headings as they are drawn.

No finding of Streamlit's own is excused: none is grave.
"""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import CONTEXTS_OF_PHONES, PATIENCE_SECONDS, Server
from tests.browser.views import SCHEMES, VIEWS, filled_server, leave, theme
from tests.conftest import put_model

pytestmark = pytest.mark.browser

PAGES = ("sign-in", "overview", "questions", "history", "entry", "ask", "evaluations", "chat", "settings-answers")
"""The views that the short version of the test looks at."""
GRAVE = ("serious", "critical")
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
    .filter(each => each.checkVisibility())
    .map(each => Number(each.tagName[1]))"""


def wrong(page: Page) -> list[str]:
    """What axe finds grave in each theme, with the place of each, and gaps in the order of headings."""
    faults = []
    # Behind a dialog the document is cut off at its height of nothing, so axe would take the dialog's words for hidden.
    page.add_style_tag(content="html { overflow: visible !important; }")
    for scheme in SCHEMES:
        theme(page, scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
        grave = (one for one in found if one["impact"] in GRAVE)
        faults += [f"{scheme}: {one['id']} {node['html'][:200]}" for one in grave for node in one["nodes"]]
    levels = [0, *page.evaluate(HEADINGS)]
    return faults + [f"h{after} follows h{before}" for before, after in pairwise(levels) if after > before + 1]


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    # axe comes as an inline script, which our own headers refuse.
    context = chromium.new_context(viewport={"width": 1280, "height": 1400}, bypass_csp=True)
    yield context.new_page()
    context.close()


def test_no_page_has_a_grave_fault_or_a_gap_in_its_headings(page: Page, server: Server) -> None:
    """Segments are looked at with the pointer and the focus on them, as a click leaves them."""
    found = {}
    for name in PAGES:
        VIEWS[name](page, server.url)
        found[name] = wrong(page)

    assert {where: faults for where, faults in found.items() if faults} == {}


@pytest.mark.slow
@pytest.mark.parametrize("device", ["window", "phone"])
def test_no_view_has_a_grave_fault_or_a_gap_in_its_headings(
    chromium: Browser, prepared_model: Path, tmp_path: Path, device: str
) -> None:
    put_model(prepared_model, tmp_path)
    options = CONTEXTS_OF_PHONES["phone"] if device == "phone" else {"viewport": {"width": 1280, "height": 1400}}
    context = chromium.new_context(bypass_csp=True, **options)
    page, found = context.new_page(), {}
    page.set_default_timeout(1000 * PATIENCE_SECONDS)

    with filled_server(tmp_path) as server:
        for name, view in VIEWS.items():
            view(page, server.url)
            found[name] = wrong(page)
            leave(page, name)
    context.close()

    assert {where: faults for where, faults in found.items() if faults} == {}
