"""The list of evaluations: how many questions ended right, and whether that is better than the time before."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.overview.track_record import RunRecord
from core.runs.ledger import Run, Status
from core.statistics.numbers import percent, share, span
from pages.shell import notices, polling, session

PAGE = "evaluations"
AGAINST = "Change"
"""The column whose cells lead to the comparison."""
_WAIT = 0.3
"""Seconds that the page waits for the figures of few or small runs."""
STATUS = {
    Status.QUEUED: "Waiting",
    Status.RUNNING: "Running",
    Status.PAUSING: "Pausing",
    Status.PAUSED: "Paused",
    Status.CANCELLING: "Stopping",
    Status.CANCELLED: "Cancelled",
    Status.DONE: "Done",
    Status.STOPPED: "Stopped early",
}
# At 1280 pixels the page has 900 for a table, on a phone 350: there the name and the two verdicts must be in view.
_COLUMNS = {
    "Name": st.column_config.TextColumn(width=136),
    "Right": st.column_config.TextColumn(width=64, help="Of the questions that say what is expected and got a reply"),
    "Likely": st.column_config.TextColumn(
        width=84, help="Where the true share likely lies: 19 of 20 such tests are within"
    ),
    AGAINST: st.column_config.TextColumn(
        width=170,
        help="Against the last earlier evaluation of the same test questions, as Compare says it. Click to see both",
    ),
    "Questions": st.column_config.TextColumn(
        width=84, help="How many were run; and how it stands, where some were not"
    ),
    "Revision": st.column_config.TextColumn(
        width=76, help="Of the table and the settings. “older”: they were changed since; open it to run it again"
    ),
    "Test questions": st.column_config.TextColumn(width=160, help="The kept test questions that were run"),
}


def records(principal: Principal, org_id: str) -> Sequence[RunRecord]:
    """The newest evaluations, with their figures as far as they are known."""
    return frontline().track_record.glance(principal, org_id, wait=_WAIT)


def render(principal: Principal, org_id: str, records: Sequence[RunRecord]) -> tuple[str, bool] | None:
    """These evaluations as a list; the run that was clicked, and whether its comparison is wanted."""
    datasets = frontline().datasets.listed(principal, org_id) if records else []
    if not records:
        st.caption("None yet.")
        return None
    newest = frontline().questions.newest_revision(principal, org_id)
    st.caption("Click one to open it.")  # and room for the table's own buttons, which appear above it
    picked = st.dataframe(
        table(records, {one.dataset_id: one.name for one in datasets}, newest),
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, org_id, "runs"),
        column_config={**_COLUMNS, "When": notices.when()},
    )
    if any(one.looking for one in records):
        polling.until_ended(lambda: _have_ended(principal, org_id))
    cells = picked["selection"]["cells"]
    if not cells or cells[0][0] >= len(records):
        return None
    record = records[cells[0][0]]
    return record.run.run_id, cells[0][1] == AGAINST and record.previous is not None


def table(records: Sequence[RunRecord], datasets: Mapping[str, str], newest: int) -> pd.DataFrame:
    """A line a run; ``datasets`` are the names of kept test questions by id, ``newest`` the newest revision."""
    return pd.DataFrame(
        [
            {
                "Name": one.run.name,
                "Right": right(one),
                "Likely": likely(one),
                AGAINST: against(one),
                "When": one.run.created_at,
                "Revision": f"{one.run.revision}, older" if one.run.revision < newest else f"{one.run.revision}",
                "Test questions": _version(one.run, datasets),
                "Questions": _questions(one.run),
            }
            for one in records
        ]
    )


def right(record: RunRecord) -> str:
    """How many ended right, e.g. "69.7 %"; "–" where nobody can say."""
    if record.right is None:
        return "…" if record.looking else "–"
    return "–" if record.right.rate is None else percent(record.right.rate, record.right.of)


def likely(record: RunRecord) -> str:
    """The interval of ``right``, "" where there is none."""
    found = record.right
    return span(found.interval, found.of) if found is not None and found.interval is not None else ""


def against(record: RunRecord) -> str:
    """How it is against the evaluation before, e.g. "better (than revision 3)"."""
    if record.previous is None:
        return "" if record.run.active or not record.run.finished else "first run"
    there = f"revision {record.previous.revision}"
    if record.ruling:
        return f"{record.ruling} ({there})"
    return f"… ({there})" if record.looking else f"see Compare ({there})"


def _have_ended(principal: Principal, org_id: str) -> bool:
    ended = not any(one.looking for one in frontline().track_record.glance(principal, org_id))
    if not ended:
        st.caption("Comparing each with the one before …")
    return ended


def _questions(run: Run) -> str:
    """How many, and how far it is where that is not all."""
    if run.status is Status.DONE:
        return f"{run.total:,}"
    return f"{share(run.finished, run.total)}, {STATUS[run.status].lower()}"


def _version(run: Run, datasets: Mapping[str, str]) -> str:
    if run.dataset_id is None:
        return "not kept"
    name = datasets.get(run.dataset_id)
    return f"{name or 'off the list'} v{run.dataset_version}"
