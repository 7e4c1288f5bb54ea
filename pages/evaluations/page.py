"""Evaluations: upload test questions, run them in the background, see what came out."""

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
    run_list,
    section_view,
    threshold,
    usage,
)
from pages.questions.entry import entry_panel
from pages.shell import notices, session

PAGE = "evaluations"
RUN = "run"
"""The name of the run's id in the URL."""
NEW = "new"
"""Stands in its place while a new one is being made."""

SECTIONS = ("Results", "Compare", "Confusions", "By entry", "By tag", "Confidence", "Threshold")
"""The parts of an ended run's page; only the one that is open is made."""

_NO_TAGS = "No question has a tag. Add a column **tags** to the file to see how each kind of question goes."


def render(principal: Principal, membership: Membership) -> None:
    """The run that the URL names, a new one to be made, or the list; where that is empty, the way to the first one."""
    run_id = st.query_params.get(RUN)
    may_start = Permission.EVALUATE in membership.permissions
    if run_id is None:
        _overview(principal, membership, may_start=may_start)
        load_soon()
        return
    if st.button("All evaluations", icon=":material/arrow_back:", type="tertiary"):
        _open(None)
    if run_id == NEW and may_start:
        _new(principal, membership.org_id)
        load_soon()
        return
    try:
        run = frontline().runs.run(principal, membership.org_id, run_id)
    except FrontlineError as error:
        notices.show(error)
        return
    _run(principal, membership, run)
    entry_panel.dialog(principal, membership, PAGE)


def _overview(principal: Principal, membership: Membership, *, may_start: bool) -> None:
    records = run_list.records(principal, membership.org_id)
    if may_start and not records:
        _new(principal, membership.org_id, title="Evaluations")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title("Evaluations")
        if may_start and st.button(
            "New evaluation",
            type="primary",
            icon=":material/add:",
            key=session.key(PAGE, membership.org_id, "new"),
        ):
            _open(NEW)
    if not may_start:
        st.info(f"Your role here ({membership.role}) may look at evaluations, not start one.")
    if (picked := run_list.render(principal, membership.org_id, records)) is not None:
        run_id, comparison = picked
        if comparison:
            session.set_widget(_section_key(membership.org_id, run_id), "Compare")
        _open(run_id)


def _new(principal: Principal, org_id: str, title: str = "New evaluation") -> None:
    st.title(title)
    started = new_run.render(principal, org_id)
    if started is not None:
        _open(started.run_id)


def _open(run_id: str | None) -> None:
    if run_id is None:
        st.query_params.pop(RUN, None)
    else:
        st.query_params[RUN] = run_id
    st.rerun()


def _section_key(org_id: str, run_id: str) -> str:
    return session.key(PAGE, org_id, f"section_{run_id}")


def _details(principal: Principal, org_id: str, run: Run) -> None:
    """Who ran which test questions, and what decided."""
    dataset = frontline().datasets.find(principal, org_id, run.dataset_id) if run.dataset_id else None
    tested = f"“{dataset.name}”, version {run.dataset_version}" if dataset else "not kept"
    facts = {"Started by": run.author, "Test questions": tested, "Engine": run.engine}
    with st.popover("Details", type="tertiary"):
        for name, value in facts.items():
            st.markdown(f"**{name}**  \n{notices.plain(value)}")


def _run(principal: Principal, membership: Membership, run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.title(notices.plain(run.name))
        beside = st.container(horizontal=True, width="content")
    with st.container(horizontal=True, vertical_alignment="center", gap="xxsmall"):
        st.caption(
            f"{counted(run.total, 'question')} · revision {run.revision} · {notices.moment(run.created_at)}",
            width="content",
        )
        _details(principal, membership.org_id, run)
    if run.active:
        progress.render(principal, membership, run)
        load_soon()
        return
    if run.status is not Status.DONE:
        left = run.total - run.finished
        st.warning(
            f"{run_list.STATUS[run.status]}: {left:,} of {run.total:,} questions were not run. "
            f"{notices.plain(run.reason)}"
        )
    if (begun := actions.render(principal, membership, run, beside)) is not None:
        _open(begun)
    if not run.finished:
        return
    with st.container(key="run-sections"):
        chosen = st.segmented_control(
            "What to look at",
            SECTIONS,
            default=SECTIONS[0],
            required=True,
            label_visibility="collapsed",
            key=_section_key(membership.org_id, run.run_id),
        )
    if chosen == SECTIONS[0]:
        analysis = analysis_cache.analysis(principal, membership.org_id, run)
        results.figures(analysis)
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
            confidence.render(analysis)
            confidence.worth(principal, membership.org_id, run)
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
