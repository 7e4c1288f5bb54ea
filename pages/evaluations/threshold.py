"""What visitors would get if the engine had to be more or less sure, without asking anything again."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Membership, Principal
from core.plurals import counted
from core.report import confidence_section, consequence_words, words
from core.runs.analysis import Analysis
from core.runs.run_threshold import deciding_confidence
from core.statistics.numbers import percent
from core.statistics.thresholds import LEAST_ROWS, LEAST_TOLD, shares_at
from pages.evaluations import apply_threshold, section_view
from pages.evaluations.confidence import NONE_TOLD
from pages.shell import session

PAGE = "evaluations"
_NEAR_THE_END = 0.7
"""Of the slider's width: from there on words stand to the left of their place."""
COSTS = (1, 2, 3, 5, 10, 20, 50, 100)


def render(principal: Principal, membership: Membership, analysis: Analysis) -> None:
    """The slider with what it means for visitors and the way to use it, then the threshold that costs least."""
    org_id = membership.org_id
    rows, outlook = analysis.usable, analysis.outlook
    if rows is None or outlook is None:
        st.info(NONE_TOLD, icon=":material/info:")
        return
    run_id = analysis.results.run.run_id
    slider = session.key(PAGE, org_id, f"threshold_{run_id}")
    lowest = round(analysis.lowest_threshold * 100)
    session.seed(slider, max(lowest, round(deciding_confidence(analysis.results.run) * 100)))
    if lowest == 100:
        st.info("This run asked for 100 %, so it does not tell what less would have done.", icon=":material/info:")
        return
    scale = frontline().recalibrations.of(principal, org_id, analysis.results.run.engine_version)
    in_ask = confidence_section.shown_in_ask(scale, int(session.widget(slider)) / 100) if scale else ""
    chosen = st.slider("Answer from this confidence on (in %)", lowest, 100, key=slider, help=in_ask or None) / 100
    _marked(deciding_confidence(analysis.results.run), lowest / 100)
    _ends("answers more", "hands over more")
    if len(rows) >= LEAST_TOLD:
        apply_threshold.render(principal, membership, analysis, chosen)
    found = shares_at(outlook, chosen)
    st.header(f"Of {words.visitors(found)}: {consequence_words.in_short(found)}", anchor=False)
    st.caption(words.on_these(found))
    section = confidence_section.threshold(analysis, chosen)
    if section:
        section_view.chart(*section.charts)
    left_out = analysis.judged - len(rows)
    if left_out:
        are = "is" if left_out == 1 else "are"
        st.caption(f"{counted(left_out, 'answer')} without a confidence {are} left out here: given at each one.")
    _cheapest(org_id, analysis, len(rows), slider)
    if section and section.statistics:
        with st.expander(section.statistics.title):
            section_view.render(section.statistics)


def too_few(questions: int) -> str:
    """What so many questions with a label are too few for, and how many each takes."""
    best = f"which threshold is best (that takes about {4 * LEAST_ROWS}: it is chosen on one half, tried on the other)"
    said = f"{counted(questions, 'question')} with a label {'is' if questions == 1 else 'are'} too few to say {best}"
    if questions < LEAST_TOLD:
        return f"{said}, or to set one by your own choice here (that takes {LEAST_TOLD})."
    return f"{said}, but enough to look for yourself and set one above (that takes {LEAST_TOLD})."


def _marked(now: float, lowest: float) -> None:
    """The threshold of now, below its place on the slider above."""
    at = max(0.0, now - lowest) / (1 - lowest)
    words = f"now: {percent(now)}"
    shown = f'left: {at:.0%}">↑ {words}' if at < _NEAR_THE_END else f'right: {1 - at:.0%}">{words} ↑'
    st.html(f'<p class="frontline-now"><span style="{shown}</span></p>')


def _ends(*words: str) -> None:
    """What the two ends of the slider above mean."""
    with st.container(horizontal=True, horizontal_alignment="distribute"):
        for one in words:
            st.caption(one, width="content")


def _cheapest(org_id: str, analysis: Analysis, questions: int, slider: str) -> None:
    """The threshold that costs least, by how bad a wrong answer is; too few questions are told what it takes."""
    if analysis.choice(confidence_section.WRONG_COSTS) is None:
        st.caption(
            f"To say which threshold is best takes about {4 * LEAST_ROWS} questions with a label.",
            help=too_few(questions),
        )
        return
    st.header("The best threshold", anchor=False)
    costs = st.select_slider(
        "How bad is a wrong answer? As bad as this many handoffs",
        COSTS,
        value=confidence_section.WRONG_COSTS,
        key=session.key(PAGE, org_id, f"costs_{analysis.results.run.run_id}"),
    )
    _ends("hardly worse than a handoff", "must not happen")
    choice = analysis.choice(costs)
    if choice is None:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(section_view.words(confidence_section.cheapest(choice, costs)))
        st.button(
            "Show it",
            key=session.key(PAGE, org_id, "show_cheapest"),
            on_click=session.set_widget,
            args=(slider, round(choice.threshold * 100)),
        )
