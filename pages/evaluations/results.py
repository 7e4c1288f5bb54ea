"""What came out of a run: the figures, and the rows behind them to look at and to take away."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.evaluation.metrics import Summary
from core.evaluation.numbers import percent, span
from core.evaluation.outcomes import Verdict
from core.files.writing import safe_file_name, to_csv, to_xlsx
from core.identity.principal import Membership, Principal
from core.runs.ledger import Run
from core.runs.results import Results
from pages.shell import session

PAGE = "evaluations"


def figures(summary: Summary) -> None:
    """Each outcome with its count, rate and 95 % interval."""
    with st.container(horizontal=True):
        for rate in summary.rates:
            with st.container(border=True, width="stretch"):
                st.metric(
                    rate.verdict.label,
                    percent(rate.rate) if rate.rate is not None else "–",
                    help=rate.verdict.gloss,
                )
                st.caption(f"{rate.count:,} of {rate.of:,} {rate.of_words}")
                if rate.interval is not None:
                    st.caption(f"95 % sure: {span(rate.interval)}")


def rows(principal: Principal, membership: Membership, run: Run, summary: Summary) -> None:
    """The rows, to filter by outcome; all columns of a row that is chosen; downloads."""
    results = _results(principal, membership.org_id, run)
    present = [verdict for verdict in Verdict if summary.count(verdict)]
    chosen = st.pills(
        "Show",
        present,
        selection_mode="multi",
        format_func=lambda verdict: f"{verdict.label} ({summary.count(verdict):,})",
        key=session.key(PAGE, membership.org_id, f"filter_{run.run_id}"),
        help="None chosen: all rows",
    )
    table = results.table(chosen or None)
    st.dataframe(
        table,
        hide_index=True,
        height=460,
        key=session.key(PAGE, membership.org_id, f"rows_{run.run_id}"),
        column_config={
            "Line": st.column_config.NumberColumn(width=60, help="Where it stands in your file"),
            "Question": st.column_config.TextColumn(width="medium", pinned=True),
            "Outcome": st.column_config.TextColumn(width="small"),
            "Confidence": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0),
            "Nearest question": st.column_config.TextColumn(help="The stored question that fits best, given or not"),
            "Nearest phrasing": st.column_config.TextColumn(help="The stored wording that was nearest"),
        },
    )
    _downloads(membership.org_id, run, table, summary, whole=not chosen)


def _results(principal: Principal, org_id: str, run: Run) -> Results:
    """The rows of an ended run, read once a session: they do not change any more."""
    kept: Results | None = session.get(PAGE, org_id, "results")
    if kept is None or kept.run.run_id != run.run_id or kept.run.finished != run.finished:
        kept = frontline().evaluations.results(principal, org_id, run.run_id)
        session.put(PAGE, org_id, "results", kept)
    return kept


def _downloads(org_id: str, run: Run, table: pd.DataFrame, summary: Summary, *, whole: bool) -> None:
    which = "all rows" if whole else "the rows shown"
    with st.container(horizontal=True):
        _download(org_id, run, f"Download {which} as CSV", ".csv", lambda: to_csv(table))
        _download(
            org_id,
            run,
            f"Download {which} as XLSX",
            ".xlsx",
            lambda: to_xlsx({"Rows": table, "Figures": figures_table(summary), "Run": run_table(run)}),
        )


def _download(org_id: str, run: Run, label: str, suffix: str, make: Callable[[], bytes]) -> None:
    st.download_button(
        label,
        data=make,
        file_name=safe_file_name(run.name, suffix),
        on_click="ignore",
        icon=":material/download:",
        key=session.key(PAGE, org_id, f"download{suffix}_{run.run_id}"),
    )


def figures_table(summary: Summary) -> pd.DataFrame:
    """The figures as a table. Columns: Outcome, Count, Of, Of what, Rate, Low, High (95 % interval; 0 to 1)."""
    return pd.DataFrame(
        [
            (
                rate.verdict.label,
                rate.count,
                rate.of,
                rate.of_words,
                rate.rate,
                rate.interval.low if rate.interval else None,
                rate.interval.high if rate.interval else None,
            )
            for rate in summary.rates
        ],
        columns=["Outcome", "Count", "Of", "Of what", "Rate", "Low (95 %)", "High (95 %)"],
    )


def run_table(run: Run) -> pd.DataFrame:
    """What was run: a table of names and values."""
    return pd.DataFrame(
        [
            ("Evaluation", run.name),
            ("Started by", run.author),
            ("Started at (UTC)", run.created_at.strftime("%Y-%m-%d %H:%M:%S")),
            ("Status", run.status.value),
            ("Rows finished", f"{run.finished} of {run.total}"),
            ("Revision of the answers", str(run.revision)),
            ("Engine", f"{run.engine}, {run.engine_version}"),
            ("Fallback", run.policy.fallback),
        ],
        columns=["What", "Value"],
    )
