"""What Health found in the table, or how far it is."""

import streamlit as st

from core.bootstrap import frontline
from core.health.service import Glance
from core.identity.principal import Principal
from pages.overview import number
from pages.shell import notices, polling

HEADING = "Health of the table"


def render(principal: Principal, org_id: str, glance: Glance | None) -> None:
    """How many things to look at, and of which kinds; ``glance`` is None while the table is being read."""
    is_looking = glance is None or glance.looking.active
    things = "" if glance is None else glance.report.things
    number.render(HEADING, _told(things, is_looking=is_looking), "questions", {"view": "Health"})
    if glance is not None:
        _kinds(glance)
    if is_looking:
        polling.until_ended(lambda: _has_ended(principal, org_id))


def _kinds(glance: Glance) -> None:
    report, looking = glance.report, glance.looking
    if report.kinds:
        st.caption(report.kinds)
    if looking.trouble:
        st.caption(f"Only the texts were looked at. {notices.plain(looking.trouble)}")
    elif report.found is not None:
        st.caption(report.found.left_out.words)


def _told(things: str, *, is_looking: bool) -> str:
    if not things:
        return "Looking …" if is_looking else "Nothing found"
    return f"{things}{' so far' if is_looking else ''}"


def _has_ended(principal: Principal, org_id: str) -> bool:
    glance = frontline().table_health.at_hand(principal, org_id)
    if glance is None:
        st.caption("Reading the table …")
        return False
    if glance.looking.active:
        st.caption("Looking for likely mix-ups …")
    return not glance.looking.active
