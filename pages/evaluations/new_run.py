"""The way to a new run: a file or kept test questions, how they are understood, and the button that starts."""

import streamlit as st

from core.bootstrap import frontline
from core.datasets.intake import RunInput
from core.datasets.labels import LabelKind
from core.errors import FrontlineError
from core.identity.principal import Principal
from core.plurals import counted
from core.runs.ledger import Run
from pages.evaluations import concerns, cost_estimate, preview, saved_questions, smallest_difference, upload
from pages.shell import notices, session

PAGE = "evaluations"
FILE, SAVED = "Upload a file", "Use saved test questions"


def render(principal: Principal, org_id: str) -> Run | None:
    """The way to a new run: a file, what its labels mean where that is not sure, the button; the run once started."""
    datasets = frontline().datasets.listed(principal, org_id)
    way = FILE
    if datasets:
        way = st.segmented_control(
            "Test questions",
            (FILE, SAVED),
            default=FILE,
            required=True,
            label_visibility="collapsed",
            key=session.key(PAGE, org_id, "way"),
        )
    ready = saved_questions.render(principal, org_id, datasets) if way == SAVED else upload.render(principal, org_id)
    if ready is None:
        return None
    noticed = st.container()
    bypass_cache = cost_estimate.render(principal, org_id, ready.preview) if ready.preview.good else False
    run = _start(principal, org_id, ready, bypass_cache=bypass_cache)
    if run is None:  # what follows comes last, so that nobody waits for it to press the button
        with noticed:
            found = concerns.render(principal, org_id, ready)
        with st.expander("Details", expanded=preview.needs_a_look(ready.preview)):
            preview.render(org_id, ready)
            if found is not None:
                concerns.details(found)
            labelled = ready.preview.counts[LabelKind.ENTRY] + ready.preview.counts[LabelKind.FALLBACK]
            if words := smallest_difference.in_words(labelled):
                st.caption(words)
    return run


def _start(principal: Principal, org_id: str, ready: RunInput, *, bypass_cache: bool) -> Run | None:
    count = len(ready.preview.good)
    name = None if ready.dataset else upload.name_field(org_id, ready)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"**{preview.in_words(ready.preview)}**", width="content")
        pressed = st.button(
            f"Run {counted(count, 'question')}",
            type="primary",
            disabled=not count,
            icon=":material/play_arrow:",
            key=session.key(PAGE, org_id, "start"),
        )
        if name is not None and not count and ready.preview.kept:
            _keep(principal, org_id, ready, name)
    if name is not None and (count or not ready.preview.kept):
        st.caption(upload.kept_as(principal, org_id, name))
    elif name is not None:
        st.caption("None can be run now: the entries that they expect are off or gone. Kept, they can be run later.")
    if not pressed:
        return None
    try:
        with st.spinner("Starting…"):
            run = frontline().intake.start(principal, org_id, ready, keep_as=name, bypass_cache=bypass_cache)
    except FrontlineError as error:
        notices.show(error)
        return None
    _forget(org_id)
    return run


def _keep(principal: Principal, org_id: str, ready: RunInput, name: str) -> None:
    """The way to keep test questions of which none can be run today: their entries may come back."""
    if not st.button(
        f"Keep {counted(len(ready.preview.kept), 'test question')}",
        type="primary",
        icon=":material/save:",
        key=session.key(PAGE, org_id, "keep"),
    ):
        return
    try:
        frontline().intake.keep(principal, org_id, ready, name)
    except FrontlineError as error:
        notices.show(error)
    else:
        _forget(org_id)
        session.say(f"Kept as the test questions “{name}”")
        st.rerun()


def _forget(org_id: str) -> None:
    for kept in ("sample", "read", "checked", "concerns", "saved"):
        session.drop(PAGE, org_id, kept)
