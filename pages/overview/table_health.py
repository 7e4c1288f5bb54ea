"""What Health found in the table, or how far it is."""

import streamlit as st

from core.bootstrap import frontline
from core.health.service import Glance
from core.identity.principal import Principal
from core.plurals import counted
from pages.overview import number
from pages.shell import notices, polling

_LOOK_AGAIN = 1.0


def render(principal: Principal, org_id: str, glance: Glance) -> None:
    """How many findings, and of which kinds."""
    report, looking = glance.report, glance.looking
    found = len(report.mix_ups) + len(report.texts.same) + len(report.texts.doubtful)
    found += len(report.found.unread) if report.found else 0
    number.render("Health of the table", _told(found, is_looking=looking.active), "questions", {"view": "Health"})
    if report.in_short:
        st.caption(report.in_short[0].upper() + report.in_short[1:])
    if looking.active:
        polling.until_ended(lambda: _has_ended(principal, org_id), every=_LOOK_AGAIN)
    elif looking.trouble:
        st.caption(f"Only the texts were looked at. {notices.plain(looking.trouble)}")
    elif report.found is not None:
        st.caption(report.found.left_out.words)


def _told(found: int, *, is_looking: bool) -> str:
    if not found:
        return "Looking …" if is_looking else "Nothing found"
    return f"{counted(found, 'finding')}{' so far' if is_looking else ''}"


def _has_ended(principal: Principal, org_id: str) -> bool:
    active = frontline().table_health.glance(principal, org_id).looking.active
    if active:
        st.caption("Looking for likely mix-ups …")
    return not active
