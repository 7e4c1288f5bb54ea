"""This run against an earlier one: the words first, then the rows behind them."""

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report.comparison_leaks import in_words, stored_questions
from core.report.comparison_words import SHARE_NOTHING, headline, sentences
from core.runs.analysis import Analysis
from core.runs.baseline import likeliest_first, usual_baseline
from core.runs.ledger import Run
from core.statistics.comparison import Comparison
from core.statistics.numbers import percent, share, span
from core.statistics.repeats import Flips
from core.statistics.rows import PERSON
from pages.evaluations import analysis_cache, exports, several_runs
from pages.shell import session

PAGE = "evaluations"
ONE, SEVERAL = "One evaluation", "Several"
ROWS_SHOWN = 1_000
"""A browser gets so many rows of a list; the report and the files have more."""
LISTS = {"fixed": "Fixed", "broken": "Broken", "changed": "Other reply"}
_COLUMNS = {
    "Line": st.column_config.NumberColumn(width=60, help="Where it stands in the file of this evaluation"),
    "Question": st.column_config.TextColumn(width=300),
    "Expected": st.column_config.TextColumn(width=180),
    "There": st.column_config.TextColumn(width=170, help="What the other evaluation gave"),
    "Here": st.column_config.TextColumn(width=170, help="What this evaluation gave"),
}
DIRECTION = (
    "This evaluation against the one chosen: “better” means that this one is better, “fixed” is right here and not "
    "right there."
)
_GLOSS = (
    "Fixed: not right there, right here. Broken: right there, not right here. Other reply: another one, as right as "
    "there, or to a question without a label."
)


def render(principal: Principal, org_id: str, analysis: Analysis) -> None:
    """The choice of a baseline, and what came of the comparison."""
    run = analysis.results.run
    fitting = [one for one in frontline().evaluations.runs(principal, org_id) if _fits(one, run)]
    others = likeliest_first(run, fitting)
    if not others:
        st.info(
            "There is no other evaluation here to compare with. After a change of the table, start a new one with the "
            "same questions."
        )
        return
    mode = st.segmented_control(
        "Compare with how many",
        (ONE, SEVERAL),
        default=ONE,
        required=True,
        label_visibility="collapsed",
        key=session.key(PAGE, org_id, f"how_many_{run.run_id}"),
    )
    if mode == SEVERAL:
        several_runs.render(principal, org_id, analysis, others, lambda other: _open_pair(org_id, run, other))
        return
    baseline = st.selectbox(
        "Compare with",
        others,
        index=others.index(usual_baseline(run, others) or others[0]),
        format_func=lambda one: several_runs.called(run, one),
        key=session.key(PAGE, org_id, f"baseline_{run.run_id}"),
    )
    st.caption(DIRECTION)
    if baseline is not None:
        _pair(principal, org_id, analysis_cache.analysis(principal, org_id, baseline, role="baseline"), analysis)


def _pair(principal: Principal, org_id: str, before: Analysis, analysis: Analysis) -> None:
    both = analysis_cache.compared(org_id, before, analysis)
    found = both.whole
    if not len(found.pairs.first):
        st.warning(f"{SHARE_NOTHING} Choose an evaluation of the same test questions.")
        return
    with st.spinner("Comparing with the tables…"):
        stored = stored_questions(before, analysis, found)
    st.header(headline(found, stored), anchor=False)
    for sentence in sentences(found):
        st.markdown(sentence)
    if stored is not None:
        st.warning(in_words(stored), icon=":material/rule:")
    _repeat(both.flips)
    _rows(org_id, before, analysis, found)
    _by_entry(analysis, both.by_entry)
    exports.comparison(principal, org_id, before, analysis, found)


def _open_pair(org_id: str, run: Run, baseline: Run) -> None:
    """Show the run against this one baseline; in a callback."""
    session.set_widget(session.key(PAGE, org_id, f"how_many_{run.run_id}"), ONE)
    session.set_widget(session.key(PAGE, org_id, f"baseline_{run.run_id}"), baseline)


def _fits(one: Run, run: Run) -> bool:
    return not one.active and one.finished > 0 and one.run_id != run.run_id


def _repeat(found: Flips | None) -> None:
    """Where nothing was changed between the two, what differs is the engine's own wavering."""
    if found is None or found.share.rate is None or found.share.interval is None:
        return
    st.markdown(
        f"Table, settings and engine are the same in both: **{percent(found.share.rate, found.share.of)}** of the "
        f"replies ({share(found.share.count, found.share.of)}, likely {span(found.share.interval, found.share.of)}) "
        "changed all the same."
    )


def _rows(org_id: str, before: Analysis, after: Analysis, found: Comparison) -> None:
    places = {name: getattr(found, name) for name in LISTS}
    present = [name for name, rows in places.items() if len(rows)]
    if not present:
        st.caption("No reply differs.")
        return
    run_id = after.results.run.run_id
    chosen = st.pills(
        "Show",
        present,
        default=present[0],
        required=True,
        format_func=lambda name: f"{LISTS[name]} ({len(places[name]):,})",
        key=session.key(PAGE, org_id, f"compared_{run_id}_{before.results.run.run_id}"),
        help=_GLOSS,
    )
    table = rows_table(before, after, found, chosen, most=ROWS_SHOWN)
    st.dataframe(table, hide_index=True, column_config=_COLUMNS)
    if len(places[chosen]) > ROWS_SHOWN:
        st.caption(f"The first {ROWS_SHOWN:,} of {len(places[chosen]):,} are shown.")


def rows_table(
    before: Analysis, after: Analysis, found: Comparison, name: str, *, most: int | None = None
) -> pd.DataFrame:
    """The rows of one list, at most the first ``most``. Columns: Line, Question, Expected, There, Here."""
    at = getattr(found, name)[:most]
    old, new = before.rows.take(found.pairs.first[at]), after.rows.take(found.pairs.second[at])
    table = after.results.ledger.iloc[new.place]
    return pd.DataFrame(
        {
            "Line": table["line"].to_numpy(),
            "Question": new.question,
            "Expected": [_expected(after, ids, one) for ids, one in zip(new.accepted, new.expected, strict=True)],
            "There": [before.name(one) for one in old.given.tolist()],
            "Here": [after.name(one) for one in new.given.tolist()],
        }
    )


def _expected(analysis: Analysis, accepted: tuple[int, ...], expected: int) -> str:
    if accepted:
        return " or ".join(analysis.name(one) for one in accepted)
    return analysis.name(expected) if expected == PERSON else ""


def _by_entry(after: Analysis, found: pd.DataFrame) -> None:
    with st.expander("By entry"):
        differing = found[(found["fixed"] > 0) | (found["broken"] > 0)]
        if differing.empty:
            st.caption("No entry has a question fixed or broken.")
            return
        st.dataframe(
            pd.DataFrame(
                {
                    "Expected": [after.name(one) for one in differing["expected"]],
                    "Questions": differing["rows"],
                    "Right there": differing["before"],
                    "Right here": differing["after"],
                    "Fixed": differing["fixed"],
                    "Broken": differing["broken"],
                    "Result": differing["ruling"],
                }
            ),
            hide_index=True,
        )
        st.caption("With many entries some change by chance: better and worse are said with all of them in mind.")
