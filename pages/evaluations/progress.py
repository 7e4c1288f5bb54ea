"""A run that is under way: how far, how fast, how long still."""

import time
from collections.abc import Callable
from datetime import datetime

import streamlit as st

from core.bootstrap import frontline
from core.clock import now
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.runs.ledger import DRAINING, Run, Status
from pages.shell import notices, polling, session

PAGE = "evaluations"
RESUME_AFTER = 2.0
"""Seconds after a pause in which it cannot be resumed: who clicks twice means to pause."""

_WORDS = {Status.CANCELLING: "stopping…", Status.PAUSING: "pausing…", Status.PAUSED: "paused"}


def render(principal: Principal, membership: Membership, run: Run) -> None:
    """The progress bar, renewed every second until the run has ended; then the whole page is drawn anew."""
    may_steer = Permission.EVALUATE in membership.permissions
    polling.until_ended(lambda: _watch(principal, membership.org_id, run.run_id, may_steer))


def _watch(principal: Principal, org_id: str, run_id: str, may_steer: bool) -> bool:
    """How far the run is, and the buttons that steer it; whether it has ended."""
    try:
        run = frontline().runs.run(principal, org_id, run_id)
    except FrontlineError as error:
        notices.show(error)
        return False
    if not run.active:
        return True
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(run.finished / run.total, text=in_words(run, now()))
        if may_steer:
            _buttons(principal, org_id, run)
    goes_on = "it stays paused" if run.status in (Status.PAUSED, Status.PAUSING) else "the run goes on"
    st.caption(f"You may close this page: {goes_on}, and this address shows it again.")
    return False


def _buttons(principal: Principal, org_id: str, run: Run) -> None:
    runs = frontline().runs
    draining, paused_at = run.status in DRAINING, session.get(PAGE, org_id, "paused_at") or 0.0
    if run.status in (Status.PAUSED, Status.PAUSING):
        too_soon = time.monotonic() - paused_at < RESUME_AFTER
        if st.button("Resume", key=session.key(PAGE, org_id, "resume"), disabled=draining or too_soon):
            _steer(lambda: runs.resume(principal, org_id, run.run_id))
    elif st.button("Pause", key=session.key(PAGE, org_id, "pause"), disabled=draining):
        session.put(PAGE, org_id, "paused_at", time.monotonic())
        _steer(lambda: runs.pause(principal, org_id, run.run_id))
    cancelling = run.status is Status.CANCELLING
    if st.button("Cancel", key=session.key(PAGE, org_id, "cancel"), disabled=cancelling):
        _steer(lambda: runs.cancel(principal, org_id, run.run_id))


def _steer(change: Callable[[], None]) -> None:
    try:
        change()
    except FrontlineError as error:
        notices.show(error)
    else:
        st.rerun(scope="fragment")


def in_words(run: Run, moment: datetime) -> str:
    """How far a run is, e.g. "1,200 of 5,000 questions · 240 a second · about 16 seconds left".

    The rate is that of what goes on now: from the start, or from the last break on.
    """
    done = f"{run.finished:,} of {run.total:,} questions"
    if run.status in _WORDS:
        return f"{done} · {_WORDS[run.status]}"
    if run.going_since is None:
        return f"{done} · waiting to start"
    lately = run.finished - run.finished_before
    if lately <= 0:
        return f"{done} · getting the engine ready"
    rate = lately / max((moment - run.going_since).total_seconds(), 0.001)
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
