"""Links for people without an account: an owner makes one, copies it once, and takes it back."""

from collections.abc import Collection, Sequence
from urllib.parse import urlsplit

import streamlit as st

from core.bootstrap import frontline
from core.clock import now
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.share_links.share_link import MOST_DAYS, SHARE_LINK, ShareLink
from pages.shell import dialogs, notices, session

PAGE = "settings"
DAYS = 30
_MADE, _ENTERING = "share_link_made", "share_link_entering"


def render(principal: Principal, membership: Membership) -> None:
    """The org's links and the way to make one; nothing for who may not."""
    if Permission.SHARE not in membership.permissions:
        return
    org_id = membership.org_id
    with st.container():
        st.header("Links for people without an account", anchor=False)
        st.caption(
            "Whoever has such a link can ask the bot, and sees nothing else of this organisation. "
            f"A link ends by itself after {MOST_DAYS} days at most, and you can revoke it at any time." + _here_only()
        )
        links, at = frontline().share_links.listed(principal, org_id), now()
        for link in links:
            if link.works(at):
                _working(principal, link)
        _over([link for link in links if not link.works(at)])
        _new(principal, org_id, [link.link_id for link in links if link.works(at)])


def address(token: str) -> str:
    """The whole address of the chat for who has this token."""
    auth = frontline().settings.auth
    here = urlsplit(st.context.url or "")
    return f"{auth.public_url if auth else f'{here.scheme}://{here.netloc}'}/chat?{SHARE_LINK}={token}"


def _here_only() -> str:
    return "" if frontline().settings.auth else " With the demo sign-in it works on this computer only."


def _working(principal: Principal, link: ShareLink) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container(gap="xxsmall"):
            st.markdown(f"**{notices.plain(link.name)}**")
            made = f"made by {notices.plain(link.author)}"
            st.caption(f"Works until {notices.moment(link.ends_at)} · {_asked(link)} · {made}")
        if st.button("Revoke", key=session.key(PAGE, link.org_id, f"share_link_revoke_{link.link_id}")):
            _revoke(principal, link)


def _over(links: Sequence[ShareLink]) -> None:
    if not links:
        return
    with st.expander(f"Links that do not work any more ({len(links)})"):
        for link in links:
            how, at = ("revoked", link.revoked_at) if link.revoked_at else ("ended", link.ends_at)
            st.markdown(f"**{notices.plain(link.name)}**, {how} {notices.moment(at)} · {_asked(link)}")


def _asked(link: ShareLink) -> str:
    return f"{counted(link.asked, 'message')} so far" if link.asked else "not used yet"


def _new(principal: Principal, org_id: str, working: Collection[str]) -> None:
    """The way to a new link: a button, then its fields, then its address, as long as it is among those that work."""
    made: tuple[int, str, str] | None = session.get(PAGE, org_id, _MADE)
    if made and made[0] == session.visit() and made[2] in working:
        _shown_once(org_id, made[1])
        return
    session.drop(PAGE, org_id, _MADE)
    if session.get(PAGE, org_id, _ENTERING) is None:
        key = session.key(PAGE, org_id, "share_link_begin")
        st.button("Make a link", key=key, on_click=session.put, args=(PAGE, org_id, _ENTERING, True))
        return
    with st.container(border=True):
        _entered(principal, org_id)


def _shown_once(org_id: str, made: str) -> None:
    with st.container(border=True):
        st.markdown("**Copy the address now: it is shown this once.** Whoever has it can ask.")
        st.code(made, language=None, wrap_lines=True)
        key = session.key(PAGE, org_id, "share_link_done")
        st.button("Done", type="primary", key=key, on_click=session.drop, args=(PAGE, org_id, _MADE))


def _entered(principal: Principal, org_id: str) -> None:
    """The fields of a new link."""
    name = st.text_input(
        "Name of the link",
        placeholder="For whom it is, such as: Fair in Oslo",
        help="Only people of your organisation see it.",
        key=session.key(PAGE, org_id, "share_link_name"),
    )
    days = st.number_input(
        "Days until it ends", 1, MOST_DAYS, DAYS, key=session.key(PAGE, org_id, "share_link_days"), width=200
    )
    with st.container(horizontal=True):
        wanted = st.button("Make the link", type="primary", key=session.key(PAGE, org_id, "share_link_make"))
        key = session.key(PAGE, org_id, "share_link_cancel")
        st.button("Cancel", key=key, on_click=session.drop, args=(PAGE, org_id, _ENTERING))
    if not wanted:
        return
    try:
        made = frontline().share_links.make(principal, org_id, name=name, days=days)
    except FrontlineError as error:
        notices.show(error)
        return
    session.drop(PAGE, org_id, _ENTERING)
    session.put(PAGE, org_id, _MADE, (session.visit(), address(made.token), made.link.link_id))
    st.rerun()


@dialogs.dialog("Revoke this link?")
def _revoke(principal: Principal, link: ShareLink) -> None:
    st.markdown(
        f"**{notices.plain(link.name)}** stops working at once, also where somebody has the chat open. It cannot be "
        "made to work again; you can make another link."
    )

    def revoke() -> str:
        frontline().share_links.revoke(principal, link.org_id, link.link_id)
        return f"{link.name} does not work any more"

    dialogs.choice("Keep the link", "Revoke", revoke)
