"""The latest evaluation: how many ended right, how sure that is, and how it went before with the same questions."""

from collections.abc import Sequence

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.overview.track_record import RunRecord
from core.plurals import counted
from core.report.section import Picture
from core.statistics.numbers import percent, span
from pages.evaluations import actions
from pages.overview import number
from pages.shell import charts, notices, polling

HEADING = "Latest evaluation"


def latest(records: Sequence[RunRecord]) -> RunRecord | None:
    """The newest run that has ended."""
    return next((one for one in records if not one.run.active and one.run.finished), None)


def render(
    principal: Principal, org_id: str, records: Sequence[RunRecord], picture: Picture | None, *, newest: int
) -> None:
    """The newest run that has ended, and the ``picture`` of those before it; ``newest`` is the table's revision."""
    going_on = next((one.run for one in records if one.run.active), None)
    shown = latest(records)
    if shown is None:
        number.render(HEADING, "Running" if going_on else "None yet", "evaluations")
        if going_on is None:
            st.caption("Run test questions to see how many end right.")
        return
    number.render(HEADING, _right(shown), "evaluations", {"run": shown.run.run_id})
    _told(shown, newest)
    if going_on:
        st.caption(
            f"“{notices.plain(going_on.name)}” is going on: {going_on.finished:,} of {going_on.total:,} questions."
        )
    if picture:
        st.markdown(f"**{picture.title}**", help=picture.see)
        charts.show(picture.chart, alt=f"{picture.title}. {picture.see}")
    if shown.looking:  # last, so that nothing moves when it goes
        polling.until_ended(lambda: _has_ended(principal, org_id, shown.run.run_id))


def _right(latest: RunRecord) -> str:
    found = latest.right
    if found is None:
        return "Looking …" if latest.looking else "Not known"
    return "No labels" if found.rate is None else f"{percent(found.rate, found.of)} right"


def _told(latest: RunRecord, newest: int) -> None:
    run, found = latest.run, latest.right
    likely = ""
    if found is not None and found.interval is not None:
        likely = f"Likely {span(found.interval, found.of)}, from {counted(found.of, 'test question')}. "
    elif found is not None:
        likely = "No question with a label got a reply, so nothing can be said about right and wrong. "
    st.caption(f"{likely}“{notices.plain(run.name)}”, {notices.moment(run.created_at)}.")
    if old := actions.stale(run.revision, newest):
        st.caption(f":material/history: {old}")


def _has_ended(principal: Principal, org_id: str, run_id: str) -> bool:
    records = frontline().track_record.glance(principal, org_id)
    looking = any(one.looking for one in records if one.run.run_id == run_id)
    if looking:
        st.caption("Looking whether that is better …")
    return not looking
