"""The frame of every page: the gate, the open organisation, the way between pages."""

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import streamlit as st
from streamlit.navigation.page import Page

import pages.ask.page
import pages.chat.page
import pages.evaluations.page
import pages.overview.page
import pages.questions.page
import pages.settings.page
from core.bootstrap import frontline
from core.errors import CannotConfirm, StorageUnavailable
from core.identity.principal import Membership, Principal
from core.operation import logs
from pages.shell import (
    account,
    address,
    dialogs,
    engine_failure,
    frame,
    gate,
    notices,
    polling,
    session,
    shared_chat,
    sign_in,
    uploads,
)


@dataclass(frozen=True, kw_only=True)
class PageAddress:
    """A page of the menu; ``render`` draws it for a person in an org, with ``full_screen`` without anything around."""

    title: str
    url_path: str
    icon: str
    render: Callable[[Principal, Membership], None]
    full_screen: bool = False


PLACES = (
    PageAddress(title="Overview", url_path="overview", icon=":material/dashboard:", render=pages.overview.page.render),
    PageAddress(
        title="Questions & answers",
        url_path="questions",
        icon=":material/table_rows:",
        render=pages.questions.page.render,
    ),
    PageAddress(title="Ask", url_path="ask", icon=":material/help:", render=pages.ask.page.render),
    PageAddress(
        title="Evaluations", url_path="evaluations", icon=":material/fact_check:", render=pages.evaluations.page.render
    ),
    PageAddress(
        title="Demo chat", url_path="chat", icon=":material/forum:", render=pages.chat.page.render, full_screen=True
    ),
    PageAddress(title="Settings", url_path="settings", icon=":material/tune:", render=pages.settings.page.render),
)


def paths() -> tuple[str, ...]:
    """The paths of the pages, without a slash."""
    return tuple(place.url_path for place in PLACES)


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
    """One run of the script: the page that the address names, the chat of a link, the sign-in page, or no access."""
    logs.begin_request()  # what a run of the script logs belongs together
    session.enter_page()
    dialogs.none_yet()
    with _shown():
        if (token := shared_chat.token()) is not None:
            frame.begin(demo=False)
            _instead_of_each_page(lambda: shared_chat.render(token), "Chat")
            return
        frame.begin(demo=not (_real() or shared_chat.is_in_address()))
        try:
            person, orgs = _person_and_orgs()
        except CannotConfirm as error:
            doubt = error
            _instead_of_each_page(lambda: account.not_now(doubt), "One moment")
            return
        if person is None and shared_chat.is_in_address():
            _instead_of_each_page(shared_chat.elsewhere, "Chat")
        elif person is None:
            _instead_of_each_page(sign_in.render, "Sign in")
        elif _real() and not orgs:
            frame.sidebar(person)
            _instead_of_each_page(lambda: account.no_org(person), "No organisation")
        else:
            _open_org(person, orgs)


@contextlib.contextmanager
def _shown() -> Iterator[None]:
    """Show any error of this block in words; a page that lacks the database comes back with it."""
    with notices.shown():
        try:
            yield
        except StorageUnavailable as error:
            notices.show(error)
            if error.passes:
                polling.try_again()


def _person_and_orgs() -> tuple[Principal | None, Mapping[str, Membership]]:
    """Who is here and the orgs they may open; what any other left in the session is forgotten."""
    person = gate.signed_in_person()
    if person is None:
        return None, {}
    session.belongs_to(person.user_id)
    orgs = {org.org_id: org for org in frontline().access.orgs(person)}
    session.keep_orgs(orgs)
    return person, orgs


def _open_org(person: Principal, orgs: Mapping[str, Membership]) -> None:
    """The page of the org that the address names, if the person belongs to it."""
    org_id = address.org_id(otherwise=_last_or_first(person, orgs))
    membership = orgs.get(org_id)
    if membership is None:
        frontline().audit.refused_outsider(org_id)
        frame.sidebar(person)
        _instead_of_each_page(lambda: frame.no_access(person, list(orgs.values())), "No access")
        return
    _remember(person, membership)
    if _real():
        account.watch(person, membership)
    session.role_is(membership.org_id, membership.permissions)
    session.open_org(membership.org_id)
    frame.sidebar(person, membership, list(orgs.values()))
    _the_page(person, membership)


def _the_page(person: Principal, membership: Membership) -> None:
    def drawn(place: PageAddress) -> Callable[[], None]:
        def draw() -> None:
            with _shown():
                place.render(person, membership)

        return draw

    menu = [st.Page(drawn(place), title=place.title, url_path=place.url_path, icon=place.icon) for place in PLACES]
    page = st.navigation(menu)
    session.found_page()
    frame.title(page.title)
    if any(place.full_screen and place.url_path == page.url_path for place in PLACES):
        _full_screen(page, home=menu[0])
        return
    frame.scripts(page.url_path, membership.org_id)
    if membership.doubt:
        st.info(membership.doubt)
    for text in session.heard():
        st.toast(notices.plain(text))
    above = engine_failure.place()
    uploads.begin()
    page.run()
    uploads.end()
    engine_failure.tell(above, person, membership)


def _full_screen(page: Page, home: Page) -> None:
    """A page to show to others: nothing around it but a quiet way back."""
    uploads.begin()
    uploads.end()
    with st.container(key="way-back"):
        st.page_link(home, label="Dashboard", icon=":material/chevron_left:")
    page.run()


def _instead_of_each_page(draw: Callable[[], None], title: str) -> None:
    """Show the same at every address: Streamlit would otherwise report the address of a page as unknown."""
    page = st.navigation([st.Page(draw, title=title, url_path=place.url_path) for place in PLACES], position="hidden")
    frame.title(title)
    uploads.begin()
    uploads.end()
    page.run()


def _last_or_first(person: Principal, orgs: Mapping[str, Membership]) -> str | None:
    last = session.last_org()
    if last is None:
        last = frontline().last_orgs.last(person.user_id)
    return last if last in orgs else next(iter(orgs), None)


def _remember(person: Principal, membership: Membership) -> None:
    """Keep the org for the next time, when it is another than before, and what it is called now for those outside."""
    if session.last_org() != membership.org_id:
        frontline().share_links.note_name(person, membership.org_id)
        last_orgs = frontline().last_orgs
        if last_orgs.last(person.user_id) != membership.org_id:
            last_orgs.opened(person.user_id, membership.org_id)


def _real() -> bool:
    """Whether people sign in with accounts of their own, and not as the demo people."""
    return frontline().settings.auth is not None
