"""What visitors would get if the engine had to be more or less sure, without asking anything again."""

import streamlit as st

from core.evaluation.numbers import percent
from core.evaluation.thresholds import LEAST_ROWS, Choice, shares_at, shares_now
from core.identity.principal import Membership, Principal
from core.report import charts, words
from core.runs.analysis import Analysis
from core.runs.deciding import deciding_confidence
from pages.evaluations import using
from pages.evaluations.confidence import NONE_TOLD
from pages.shell import session

PAGE = "evaluations"
COSTS = (1, 2, 3, 5, 10, 20, 50, 100)
USUAL_COST = 5


def render(principal: Principal, membership: Membership, analysis: Analysis) -> None:
    """The slider with what it means for 100 visitors, the threshold that costs least, and the way to use one."""
    org_id = membership.org_id
    rows, outlook = analysis.usable, analysis.outlook
    if rows is None or outlook is None:
        st.info(NONE_TOLD, icon=":material/info:")
        return
    run_id = analysis.results.run.run_id
    slider = session.key(PAGE, org_id, f"threshold_{run_id}")
    costs = st.select_slider(
        "A wrong answer is as bad as this many questions handed to a person",
        COSTS,
        value=USUAL_COST,
        key=session.key(PAGE, org_id, f"costs_{run_id}"),
    )
    choice = analysis.choice(float(costs))
    lowest = round(analysis.lowest_threshold * 100)
    session.seed(slider, round(choice.threshold * 100) if choice else max(lowest, 50))
    _cheapest(org_id, choice, slider)
    if lowest == 100:
        st.info("This run asked for 100 %, so it does not tell what less would have done.", icon=":material/info:")
        return
    chosen = st.slider("Answer from this confidence on (in %)", lowest, 100, key=slider) / 100
    found = shares_at(outlook, chosen)
    st.header(f"Of 100 visitors: {words.shares(found)}", anchor=False)
    st.caption(f"On the {len(rows):,} questions of this run: {words.likely(found)}. {_due(analysis, chosen)}")
    st.altair_chart(charts.thresholds(outlook, chosen), alt="What 100 visitors would get at each confidence")
    st.caption(
        "Each upright cut shows what 100 visitors would get at that confidence; the line is the one you chose. "
        f"In this run itself, from {percent(deciding_confidence(analysis.results.run))} on: "
        f"{words.shares(shares_now(analysis.rows))}."
    )
    left_out = int(analysis.rows.judged.sum()) - len(rows)
    if left_out:
        st.caption(f"{left_out:,} answers came without a confidence and are left out here: they are given at each one.")
    using.render(principal, membership, analysis, chosen)


def _due(analysis: Analysis, chosen: float) -> str:
    outlook = analysis.outlook
    if outlook is None:
        return ""
    line = outlook.iloc[round(chosen * 100)]
    return f"Of {int(line['person']):,} handed over, {int(line['due']):,} are meant for a person."


def _cheapest(org_id: str, choice: Choice | None, slider: str) -> None:
    if choice is None:
        st.caption(f"Too few questions to say which threshold is best: it takes about {4 * LEAST_ROWS} with a label.")
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"Best at this cost: from **{percent(choice.threshold)}** on. It was chosen on {choice.chosen_on:,} "
            f"questions. On the {choice.tried.right.of:,} others: {words.shares(choice.tried)} "
            f"({words.likely(choice.tried)})."
        )
        st.button(
            "Show it",
            key=session.key(PAGE, org_id, "show_cheapest"),
            on_click=session.set_widget,
            args=(slider, round(choice.threshold * 100)),
        )
