"""Evaluations: upload test questions, run them in the background, see what came out."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.report import list_sections, words
from core.runs.ledger import Run, Status
from core.statistics.loading import load_soon
from pages.evaluations import (
    actions,
    analysis_cache,
    compare,
    confidence,
    confusions,
    new_run,
    progress,
    promise,
    results,
    section_view,
    threshold,
    usage,
)
from pages.questions.entry import entry_panel
from pages.shell import notices, session

PAGE = "evaluations"
RUN = "run"
"""The name of the run's id in the URL."""

SECTIONS = ("Figures", "Confusions", "Confidence", "Threshold", "By tag", "By entry", "Compare")
"""The parts of an ended run's page; only the one that is open is made."""

_STATUS = {
    Status.QUEUED: "Waiting",
    Status.RUNNING: "Running",
    Status.PAUSING: "Pausing",
    Status.PAUSED: "Paused",
    Status.CANCELLING: "Stopping",
    Status.CANCELLED: "Cancelled",
    Status.DONE: "Done",
    Status.STOPPED: "Stopped early",
}
_NO_TAGS = "No question has a tag. Add a column **tags** to the file to see how each kind of question goes."


def render(principal: Principal, membership: Membership) -> None:
    """One run when the URL names one, else the list and the way to a new one."""
    run_id = st.query_params.get(RUN)
    if run_id is None:
        _overview(principal, membership)
        load_soon()
        return
    if st.button("All evaluations", icon=":material/arrow_back:", type="tertiary"):
        _open(None)
    try:
        run = frontline().runs.run(principal, membership.org_id, run_id)
    except FrontlineError as error:
        notices.show(error)
        return
    _run(principal, membership, run)
    entry_panel.dialog(principal, membership, PAGE)


def _overview(principal: Principal, membership: Membership) -> None:
    st.title("Evaluations")
    if Permission.EVALUATE in membership.permissions:
        started = new_run.render(principal, membership.org_id)
        if started is not None:
            _open(started.run_id)
    else:
        st.info(f"Your role here ({membership.role}) may look at evaluations, not start one.")
    runs = frontline().runs.listed(principal, membership.org_id)
    datasets = frontline().datasets.listed(principal, membership.org_id) if runs else []
    st.header("Earlier evaluations")
    if not runs:
        st.caption("None yet.")
        return
    picked = st.dataframe(
        _listed(
            runs,
            {one.dataset_id: one.name for one in datasets},
            frontline().questions.newest_revision(principal, membership.org_id),
        ),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, membership.org_id, "runs"),
        column_config={
            "Finished": st.column_config.NumberColumn(format="localized"),
            "Questions": st.column_config.NumberColumn(format="localized"),
            "Revision": st.column_config.TextColumn(
                help="Of the table and the settings. “older”: they were changed since; open it to run it again"
            ),
            "Test questions": st.column_config.TextColumn(help="The kept test questions that were run"),
            "When": notices.when(),
        },
    )
    cells = picked["selection"]["cells"]
    if cells and cells[0][0] < len(runs):
        _open(runs[cells[0][0]].run_id)
    st.caption("Click one to open it.")


def _open(run_id: str | None) -> None:
    if run_id is None:
        st.query_params.pop(RUN, None)
    else:
        st.query_params[RUN] = run_id
    st.rerun()


def _listed(runs: list[Run], datasets: Mapping[str, str], newest: int) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "Name": [run.name for run in runs],
            "Status": [_STATUS[run.status] for run in runs],
            "Finished": [run.finished for run in runs],
            "Questions": [run.total for run in runs],
            "Revision": [f"{run.revision}, older" if run.revision < newest else f"{run.revision}" for run in runs],
            "Test questions": [_version(run, datasets) for run in runs],
            "When": [run.created_at for run in runs],
            "Who": [run.author for run in runs],
        }
    )


def _version(run: Run, datasets: Mapping[str, str]) -> str:
    name = datasets.get(run.dataset_id or "")
    return f"{name}, version {run.dataset_version}" if name else ""


def _tested(principal: Principal, org_id: str, run: Run) -> str:
    """Which kept test questions were run; "" for those of a file that was not kept."""
    dataset = frontline().datasets.find(principal, org_id, run.dataset_id) if run.dataset_id else None
    if dataset is None:
        return ""
    return f" · test questions “{notices.plain(dataset.name)}”, version {run.dataset_version}"


def _run(principal: Principal, membership: Membership, run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(notices.plain(run.name))
        beside = st.container(horizontal=True, width="content")
    st.caption(
        f"{counted(run.total, 'question')} · answers of revision {run.revision} · {run.engine} · "
        f"{notices.plain(run.author)}, {notices.moment(run.created_at)}{_tested(principal, membership.org_id, run)}"
    )
    if run.active:
        progress.render(principal, membership, run)
        load_soon()
        return
    if run.status is not Status.DONE:
        left = run.total - run.finished
        st.warning(
            f"{_STATUS[run.status]}: {left:,} of {run.total:,} questions were not run. {notices.plain(run.reason)}"
        )
    if (begun := actions.render(principal, membership, run, beside)) is not None:
        _open(begun)
    if not run.finished:
        return
    chosen = st.segmented_control(
        "What to look at",
        SECTIONS,
        default=SECTIONS[0],
        required=True,
        label_visibility="collapsed",
        key=session.key(PAGE, membership.org_id, f"section_{run.run_id}"),
    )
    if chosen == SECTIONS[0]:
        analysis = analysis_cache.analysis(principal, membership.org_id, run)
        results.figures(analysis.summary)
        noticed = st.container()
        usage.render(analysis_cache.took(principal, membership.org_id, run))
        results.rows(principal, membership.org_id, analysis)
        with noticed:  # last, so that nobody waits for it to see the figures
            results.in_the_table(analysis)
            promise.of_now(principal, membership, analysis)
        load_soon()
    else:
        _section(str(chosen), principal, membership, run)


def _section(name: str, principal: Principal, membership: Membership, run: Run) -> None:
    analysis = analysis_cache.analysis(principal, membership.org_id, run)
    if unjudged := words.unjudged(analysis):
        st.info(unjudged, icon=":material/info:")
    match name:
        case "Compare":
            compare.render(principal, membership.org_id, analysis)
        case _ if unjudged:
            return
        case "Confusions":
            confusions.render(principal, membership.org_id, analysis)
        case "Confidence":
            confidence.worth(principal, membership.org_id, run)
            confidence.render(analysis)
        case "Threshold":
            threshold.render(principal, membership, analysis)
            promise.render(principal, membership, analysis)
        case "By tag":
            if tags := list_sections.slices(analysis):
                section_view.render(tags)
            else:
                st.caption(_NO_TAGS)
        case "By entry":
            section_view.render(list_sections.entries(analysis))
