"""How sure the engine was, whether it was right to be, and how well that tells right from wrong."""

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report import confidence_section
from core.report.figures import scores
from core.report.section import STATISTICS
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from pages.evaluations import section_view

NONE_TOLD = (
    "This engine told no confidence, so nobody can say how sure it was, or what another threshold would have done. "
    "The built-in engine tells one, and so do model servers that send the probabilities of their replies."
)


def render(analysis: Analysis) -> None:
    """Whether the bot is rightly sure, in a sentence and a chart; what analysts look for is folded in."""
    section = confidence_section.confidence(analysis)
    if section is None:
        st.info(NONE_TOLD, icon=":material/info:")
        return
    section_view.opening(section)
    with st.expander(STATISTICS):
        if section.statistics:
            section_view.render(section.statistics)
        st.dataframe(_figures(analysis), hide_index=True)


def worth(principal: Principal, org_id: str, run: Run) -> None:
    """What the engine's confidence is worth by the org's labelled questions, once there are enough of them."""
    scale = frontline().recalibrations.of(principal, org_id, run.engine_version)
    if scale is not None:
        st.info(confidence_section.worth(scale), icon=":material/straighten:")


def _figures(analysis: Analysis) -> pd.DataFrame:
    lines = [(one.label, one.value, one.gloss) for one in scores(analysis)]
    if score := analysis.brier:
        lines += [
            ("Discrimination", score.discrimination, "What the confidence knows of right and wrong; more is better."),
            (
                "Uncertainty",
                score.uncertainty,
                "The score of always saying the mean. With miscalibration added and discrimination taken away it is "
                "the Brier score.",
            ),
        ]
    return pd.DataFrame(lines, columns=["Figure", "Value", "What it says"]).round({"Value": 4})
