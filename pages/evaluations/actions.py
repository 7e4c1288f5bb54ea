"""What can be done with an ended run: go on with the rest, ask the failed questions again, run all of it again."""

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.runs.ledger import Run, Status
from core.statistics.verdict import Verdict
from pages.evaluations import analysis_cache
from pages.shell import notices, session

PAGE = "evaluations"


def render(principal: Principal, membership: Membership, run: Run, beside: DeltaGenerator) -> str | None:
    """Whether the results are of an older state, and the buttons, for those who may run evaluations; the id of the run
    to look at now, None when nothing was begun. ``beside`` the title is the place of the buttons."""
    org_id, runs = membership.org_id, frontline().runs
    newest = frontline().questions.newest_revision(principal, org_id)
    if old := stale(run.revision, newest):
        st.info(old, icon=":material/history:")
    if Permission.EVALUATE not in membership.permissions:
        return None
    with beside:
        if run.status is Status.STOPPED and st.button("Resume", key=session.key(PAGE, org_id, "go_on")):
            return _begun(lambda: runs.resume(principal, org_id, run.run_id), run)
        failed = _failed(principal, org_id, run)
        retry = f"Retry failed questions ({failed:,})"
        if failed and st.button(retry, key=session.key(PAGE, org_id, "retry")):
            return _begun(lambda: runs.retry_failed(principal, org_id, run.run_id), run)
        help_ = f"A new run of these questions on revision {run.revision}, with the settings of this run."
        if st.button(repeat(run.revision, newest), key=session.key(PAGE, org_id, "again"), help=help_):
            return _begun(lambda: runs.start_again(principal, org_id, run.run_id), run)
        if newest > run.revision:
            help_ = f"A new run of these test questions on the table and settings of revision {newest}."
            key = session.key(PAGE, org_id, "on_newest")
            if st.button(on_newest(newest), type="primary", key=key, help=help_):
                return _begun(lambda: _on_newest(principal, org_id, run.run_id), run)
    return None


def _on_newest(principal: Principal, org_id: str, run_id: str) -> Run:
    intake = frontline().intake
    return intake.start(principal, org_id, intake.of_run(principal, org_id, run_id))


def stale(revision: int, newest: int) -> str:
    """That results are of an older state of the table, "" for those of the newest."""
    if newest <= revision:
        return ""
    return f"These are results of revision {revision}. The table and the settings are at revision {newest} now."


def repeat(revision: int, newest: int) -> str:
    """What the button is called that runs a run once more, always on its own revision."""
    return f"Repeat on revision {revision}" if newest > revision else "Run again"


def on_newest(newest: int) -> str:
    """What the button is called that runs the questions of an older run on the newest revision."""
    return f"Run again on the newest revision ({newest})"


def _failed(principal: Principal, org_id: str, run: Run) -> int:
    if run.status is not Status.DONE:
        return 0
    return analysis_cache.analysis(principal, org_id, run).summary.count(Verdict.FAILED)


def _begun(begin: Callable[[], Run | None], run: Run) -> str | None:
    try:
        begun = begin()
    except FrontlineError as error:
        notices.show(error)
        return None
    return (begun or run).run_id
