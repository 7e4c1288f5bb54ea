"""A run that is under way: how far, how fast, how long still."""

from datetime import datetime

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.questions.service import now
from core.runs.ledger import Run, Status
from pages.shell import notices, session

PAGE = "evaluations"
LOOK_EVERY = 1.0


def render(principal: Principal, membership: Membership, run: Run) -> None:
    """The progress bar, renewed every second until the run has ended; then the whole page is drawn anew."""
    _watch(principal, membership.org_id, run.run_id, Permission.EVALUATE in membership.permissions)
    st.caption("You may close this page: the run goes on, and this address shows it again.")


@st.fragment(run_every=LOOK_EVERY)
def _watch(principal: Principal, org_id: str, run_id: str, may_cancel: bool) -> None:
    try:
        run = frontline().evaluations.run(principal, org_id, run_id)
    except FrontlineError as error:
        notices.show(error)
        return
    if not run.active:
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(run.finished / run.total, text=in_words(run, now()))
        if may_cancel and st.button(
            "Cancel", key=session.key(PAGE, org_id, "cancel"), disabled=run.status is Status.CANCELLING
        ):
            frontline().evaluations.cancel(principal, org_id, run_id)


def in_words(run: Run, moment: datetime) -> str:
    """How far a run is, e.g. "1,200 of 5,000 questions · 240 a second · about 16 seconds left"."""
    done = f"{run.finished:,} of {run.total:,} questions"
    if run.status is Status.CANCELLING:
        return f"{done} · stopping…"
    if run.started_at is None:
        return f"{done} · waiting to start"
    if not run.finished:
        return f"{done} · getting the engine ready"
    rate = run.finished / max((moment - run.started_at).total_seconds(), 0.001)
    return f"{done} · {_rate(rate)} · about {duration((run.total - run.finished) / rate)} left"


def _rate(rate: float) -> str:
    return f"{rate:,.0f} a second" if rate >= 1 else f"{rate * 60:,.0f} a minute"


def duration(seconds: float) -> str:
    """A span of time in words, in its largest fitting unit.

    >>> duration(1), duration(100), duration(10_000)
    ('1 second', '2 minutes', '3 hours')
    """
    for unit, size in (("hour", 3600), ("minute", 60)):
        if seconds >= 1.5 * size:
            return f"{round(seconds / size)} {unit}s"
    count = max(round(seconds), 1)
    return f"{count} second{'s' if count != 1 else ''}"
