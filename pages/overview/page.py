"""Overview: where an organisation stands, each number a link to where it comes from."""

import contextlib
from collections.abc import Iterator

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

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
    glance = frontline().table_health.at_hand(principal, org_id, wait=_WAIT)
    newest = frontline().questions.newest_revision(principal, org_id)
    has_answers = bool(glance.report.entries) if glance else newest > 0
    steps.render(membership, has_answers=has_answers, was_tested=any(one.run.finished for one in records))
    if not has_answers:
        return
    left, right = st.columns(2)
    with _card(left, "visitors"):
        visitors.render(principal, org_id)
    with _card(left, "health"):
        table_health.render(principal, org_id, glance)
    with _card(left, "spending"):
        spending.render(principal, org_id)
    with _card(right, "evaluation"):
        evaluation.render(principal, org_id, records, newest=newest)


@contextlib.contextmanager
def _card(column: DeltaGenerator, name: str) -> Iterator[None]:
    """One that cannot be had says why, and the others are there all the same."""
    with column.container(border=True, key=f"overview-card-{name}"), notices.shown():
        yield
