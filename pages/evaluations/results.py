"""What came out of a run: the figures, and the rows behind them to look at and to take away."""

from collections.abc import Callable
from pathlib import PurePath

import pandas as pd
import streamlit as st

from core.evaluation.metrics import Summary
from core.evaluation.numbers import percent, share, span
from core.evaluation.outcomes import Verdict
from core.files.writing import safe_file_name, to_csv, to_xlsx
from core.identity.principal import Membership, Principal
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, value
from core.runs.ledger import Run
from pages.evaluations import kept
from pages.settings.words import said
from pages.shell import downloads, session

PAGE = "evaluations"
_COLUMNS = {
    "Line": st.column_config.NumberColumn(width=60, help="Where it stands in your file"),
    "Question": st.column_config.TextColumn(width=260),
    "Outcome": st.column_config.TextColumn(width=160),
    "Expected": st.column_config.TextColumn(width=180),
    "Given": st.column_config.TextColumn(width=180),
    "Confidence": st.column_config.ProgressColumn(format="percent", min_value=0.0, max_value=1.0, width=120),
    "Nearest question": st.column_config.TextColumn(help="The stored question that fits best, given or not"),
    "Nearest phrasing": st.column_config.TextColumn(help="The stored wording that was nearest"),
}
LIKELY = (
    "With other questions of the same kind the figure would differ by chance. In 19 of 20 such tests the true figure "
    "lies in this range; more questions make it narrower."
)


def figures(summary: Summary) -> None:
    """Each outcome with its count, rate and 95 % interval."""
    shown = [rate for rate in summary.rates if rate.verdict is not Verdict.NOT_LABELLED]
    for column, rate in zip(st.columns(len(shown)), shown, strict=True):
        with column, st.container(border=True, height="stretch"):
            st.markdown(f"**{rate.verdict.label}**", help=rate.verdict.gloss)
            st.subheader(percent(rate.rate) if rate.rate is not None else "–", anchor=False)
            st.caption(f"{share(rate.count, rate.of)} {rate.of_words}" if rate.of else f"no {rate.of_words} here")
            if rate.interval is not None:
                st.caption(f"likely {span(rate.interval)}", help=LIKELY)
    if failed := summary.count(Verdict.FAILED):
        questions = "1 failed question is" if failed == 1 else f"{failed:,} failed questions are"
        st.caption(f"{questions} in no other figure: nobody can say whether the reply would have been right.")
    if unlabelled := summary.count(Verdict.NOT_LABELLED):
        questions = "1 question" if unlabelled == 1 else f"{unlabelled:,} questions"
        st.caption(f"{questions} without a label: run too, and counted only among those tried.")


def rows(principal: Principal, membership: Membership, run: Run, summary: Summary) -> None:
    """The rows, to filter by outcome; all columns of a row that is chosen; downloads."""
    results = kept.analysis(principal, membership.org_id, run).results
    answered = int(results.ledger["given_id"].notna().sum())
    handed = summary.attempted - answered - summary.count(Verdict.FAILED)
    st.caption(f"{answered:,} of {summary.attempted:,} questions got an answer, {handed:,} went to a person.")
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
    picked = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="single-cell",
        key=session.key(PAGE, membership.org_id, f"rows_{run.run_id}"),
        column_config=_COLUMNS,
    )
    cells = picked["selection"]["cells"]
    if cells and cells[0][0] < len(table):
        _one(table.iloc[cells[0][0]])
    else:
        st.caption("Click a row to see it in full.")
    _downloads(principal, membership.org_id, run, table, summary, whole=not chosen)


def _one(row: pd.Series) -> None:
    """Every word of one row: texts are data, so they are shown as they are."""
    with st.container(border=True):
        for name in row.index:
            value = row[name]
            if pd.isna(value) or value == "":
                continue
            label, text = st.columns((1, 4))
            label.caption(name)
            text.text(percent(value) if name == "Confidence" else str(value))


def _downloads(
    principal: Principal, org_id: str, run: Run, table: pd.DataFrame, summary: Summary, *, whole: bool
) -> None:
    which = "all rows" if whole else "the rows shown"
    with st.container(horizontal=True):
        _download(principal, org_id, run, f"Download {which} as CSV", suffix=".csv", make=lambda: to_csv(table))
        _download(
            principal,
            org_id,
            run,
            f"Download {which} as XLSX",
            suffix=".xlsx",
            make=lambda: to_xlsx({"Rows": table, "Figures": figures_table(summary), "Run": run_table(run)}),
        )


def _download(
    principal: Principal, org_id: str, run: Run, label: str, *, suffix: str, make: Callable[[], bytes]
) -> None:
    st.download_button(
        label,
        data=downloads.noted(principal, org_id, f"results of “{run.name}” as {suffix}", make),
        file_name=safe_file_name(f"{PurePath(run.name).stem} results", suffix),
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
            *((POLICY_LABELS[name], said(name, value(run.policy, name))) for name in _told(run.policy)),
        ],
        columns=["What", "Value"],
    )


def _told(policy: Policy) -> list[str]:
    """The settings that decide how a run ends: some always, the others where they are not the usual ones."""
    always = {"fallback", "strictness", "engine"}
    return [name for name in POLICY_LABELS if name in always or name in changed(Policy(), policy)]
