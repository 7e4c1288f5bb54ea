"""The frame of every page: the gate, the open organisation, the way between pages."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import streamlit as st

import pages.ask.page
import pages.demo.page
import pages.evaluations.page
import pages.questions.page
import pages.settings.page
from core.bootstrap import frontline
from core.identity.principal import Membership, Principal
from pages.shell import address, frame, gate, notices, session, sign_in


@dataclass(frozen=True, kw_only=True)
class Place:
    """A page of the menu; ``render`` draws it for a person in an org."""

    title: str
    url_path: str
    icon: str
    render: Callable[[Principal, Membership], None]


PLACES = (
    Place(
        title="Questions & answers",
        url_path="questions",
        icon=":material/table_rows:",
        render=pages.questions.page.render,
    ),
    Place(title="Ask", url_path="ask", icon=":material/help:", render=pages.ask.page.render),
    Place(
        title="Evaluations", url_path="evaluations", icon=":material/fact_check:", render=pages.evaluations.page.render
    ),
    Place(title="Demo chat", url_path="demo", icon=":material/forum:", render=pages.demo.page.render),
    Place(title="Settings", url_path="settings", icon=":material/tune:", render=pages.settings.page.render),
)


def announce() -> None:
    """Tell Streamlit, before the first browser comes, that ``pages/`` holds no scripts for it to find.

    Until some ``st.navigation`` of this process it is in its old mode, in which a deep link to a fresh server is
    looked for in that folder: it would run a script there without the gate, and calls our own pages unknown.
    """
    no_browser_yet = logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context")
    no_browser_yet.disabled = True  # it would warn that no browser is there to draw the menu for
    st.navigation([st.Page(sign_in.render, title="Frontline", url_path="frontline")], position="hidden")
    no_browser_yet.disabled = False


def run() -> None:
    """One run of the script: the page that the address names, or the sign-in page, or no access."""
    frame.begin()
    with notices.shown():
        person = gate.signed_in_person()
        if person is None:
            _instead_of_each_page(sign_in.render, "Sign in")
            return
        session.belongs_to(person.user_id)
        orgs = {org.org_id: org for org in frontline().access.orgs(person)}
        membership = orgs.get(address.org_id(otherwise=_last_or_first(orgs)))
        if membership is None:
            frame.sidebar(person)
            _instead_of_each_page(lambda: frame.no_access(list(orgs.values())), "No access")
            return
        session.open_org(membership.org_id)
        frame.sidebar(person, membership, list(orgs.values()))
        _the_page(person, membership)


def _the_page(person: Principal, membership: Membership) -> None:
    def drawn(place: Place) -> Callable[[], None]:
        def draw() -> None:
            with notices.shown():
                place.render(person, membership)

        return draw

    menu = [st.Page(drawn(place), title=place.title, url_path=place.url_path, icon=place.icon) for place in PLACES]
    page = st.navigation(menu)
    frame.title(page.title)
    for text in session.heard():
        st.toast(notices.plain(text))
    page.run()


def _instead_of_each_page(draw: Callable[[], None], title: str) -> None:
    """Show the same at every address: Streamlit would otherwise report the address of a page as unknown."""
    page = st.navigation([st.Page(draw, title=title, url_path=place.url_path) for place in PLACES], position="hidden")
    frame.title(title)
    page.run()


def _last_or_first(orgs: Mapping[str, Membership]) -> str | None:
    last = session.last_org()
    return last if last in orgs else next(iter(orgs), None)
