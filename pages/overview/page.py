"""Overview: where an organisation stands, each number a link to where it comes from."""

import contextlib
from collections.abc import Callable, Iterator, Mapping

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.identity.principal import Membership, Principal
from core.overview import trend
from pages.overview import evaluation, spending, steps, table_health, visitors
from pages.questions import publish
from pages.shell import notices

_WAIT = 0.2
"""Seconds that the page waits for what is not known yet."""
_Card = Callable[[], None]


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
    latest = evaluation.latest(records)
    picture = trend.picture(records, latest) if latest else None
    cards: dict[str, _Card] = {
        "visitors": lambda: visitors.render(principal, membership),
        "evaluation": lambda: evaluation.render(principal, org_id, records, picture, newest=newest),
        "health": lambda: table_health.render(principal, org_id, glance),
        "spending": lambda: spending.render(principal, org_id),
    }
    _beside(cards, "evaluation") if picture else _in_rows(cards)
    publish.dialog(principal, membership)


def _beside(cards: Mapping[str, _Card], high: str) -> None:
    """A high card beside all others, which end where it ends."""
    left, right = st.columns(2)
    for name, draw in cards.items():
        with _card(right if name == high else left, name):
            draw()


def _in_rows(cards: Mapping[str, _Card]) -> None:
    """Cards of about the same height: three in a row, else two and two."""
    names = list(cards)
    size = 3 if len(names) == 3 else 2
    for first in range(0, len(names), size):
        for column, name in zip(st.columns(size), names[first : first + size], strict=False):
            with _card(column, name):
                cards[name]()


@contextlib.contextmanager
def _card(column: DeltaGenerator, name: str) -> Iterator[None]:
    """One that cannot be had says why, and the others are there all the same."""
    with column.container(border=True, height="stretch", key=f"overview-card-{name}"), notices.shown():
        yield
