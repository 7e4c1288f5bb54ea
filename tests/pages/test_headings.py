"""Headings follow each other without gaps, as people who listen to a page go from one to the next."""

import pytest

from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, OWNER
from tests.pages.conftest import Browser


@pytest.mark.parametrize("page", ["questions", "ask", "evaluations", "chat", "settings"])
def test_each_page_has_one_title_and_its_sections_come_right_below_it(
    page: str, browser: Browser, frontline: Frontline
) -> None:
    tab = browser.open(page, CLOTHING_ORG, person=OWNER)

    assert len(tab.title) == 1
    assert not tab.subheader or tab.header  # an h3 needs an h2 above it
