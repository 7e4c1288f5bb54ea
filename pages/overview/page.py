"""Overview: where an organisation stands, each number a link to where it comes from."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Principal
from pages.overview import evaluation, spending, steps, table_health, visitors
from pages.shell import notices

_WAIT = 0.2
"""Seconds that the page waits for what is not known yet."""


def render(principal: Principal, membership: Membership) -> None:
    """The first steps of a new organisation; then what visitors get, how evaluations went, findings, spending."""
    st.title("Overview", anchor=False)
    org_id = membership.org_id
    records = frontline().track_record.glance(principal, org_id, wait=_WAIT)
    glance = frontline().table_health.glance(principal, org_id)
    steps.render(
        membership, has_answers=bool(glance.report.entries), was_tested=any(one.run.finished for one in records)
    )
    if not glance.report.entries:
        return
    cards = {
        "visitors": lambda: visitors.render(principal, org_id),
        "evaluation": lambda: evaluation.render(principal, org_id, records, newest=glance.revision),
        "health": lambda: table_health.render(principal, org_id, glance),
        "spending": lambda: spending.render(principal, org_id),
    }
    for left, right in (("visitors", "evaluation"), ("health", "spending")):
        for column, name in zip(st.columns(2), (left, right), strict=True):
            card = column.container(border=True, height="stretch", key=f"overview-card-{name}")
            with card, notices.shown():
                cards[name]()
