"""What visitors would get if the engine had to be more or less sure, without asking anything again."""

import streamlit as st

from core.evaluation.numbers import percent, span
from core.evaluation.proportion import Proportion
from core.evaluation.thresholds import LEAST_ROWS, Choice, Shares, shares_at, shares_now
from core.runs.analysis import Analysis
from pages.evaluations import charts
from pages.evaluations.confidence import NONE_TOLD
from pages.shell import session

PAGE = "evaluations"
COSTS = (1, 2, 3, 5, 10, 20, 50, 100)
USUAL_COST = 5


def render(org_id: str, analysis: Analysis) -> None:
    """The slider with what it means for 100 visitors, and the threshold that costs least."""
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
    session.seed(slider, round(choice.threshold * 100) if choice else 50)
    _cheapest(org_id, choice, slider)
    chosen = st.slider("Answer from this confidence on (in %)", 0, 100, key=slider) / 100
    found = shares_at(outlook, chosen)
    st.subheader(f"Of 100 visitors: {in_words(found)}", anchor=False)
    st.caption(f"On the {len(rows):,} questions of this run: {likely(found)}. {_due(analysis, chosen)}")
    st.altair_chart(charts.thresholds(outlook, chosen), alt="What 100 visitors would get at each confidence")
    st.caption(
        "Each upright cut shows what 100 visitors would get at that confidence; the line is the one you chose. "
        f"In this run itself: {in_words(shares_now(analysis.rows))}."
    )
    left_out = int(analysis.rows.judged.sum()) - len(rows)
    if left_out:
        st.caption(f"{left_out:,} answers came without a confidence and are left out here.")


def in_words(shares: Shares) -> str:
    """What became of 100 visitors, e.g. "71 right, 2 wrong, 27 to a person"."""
    right, wrong, person = shares.of_a_hundred
    return f"{right} right, {wrong} wrong, {person} to a person"


def likely(shares: Shares) -> str:
    """The 95 % interval of each share, e.g. "right likely 67–75 %, wrong likely 1–4 %, …"."""
    parts = {"right": shares.right, "wrong": shares.wrong, "to a person": shares.person}
    return ", ".join(f"{name} likely {_span(part)}" for name, part in parts.items())


def _span(part: Proportion) -> str:
    return span(part.interval) if part.interval else "–"


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
            f"questions. On the {choice.tried.right.of:,} others: {in_words(choice.tried)} ({likely(choice.tried)})."
        )
        st.button(
            "Show it",
            key=session.key(PAGE, org_id, "show_cheapest"),
            on_click=session.set_widget,
            args=(slider, round(choice.threshold * 100)),
        )
