"""How sure the engine was, whether it was right to be, and how well that tells right from wrong."""

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report import charts, confidence_section, titles
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.statistics.calibration import reliability
from core.statistics.confidences import histogram

NONE_TOLD = (
    "This engine told no confidence, so nobody can say how sure it was, or what another threshold would have done. "
    "The built-in engine tells one, and so do model servers that send the probabilities of their replies."
)


def render(analysis: Analysis) -> None:
    """Three charts, each with what to see in it, and the figures that sum them up."""
    found = analysis.confidences
    if found is None or analysis.risk_coverage is None:
        st.info(NONE_TOLD, icon=":material/info:")
        return
    more = f" {found.without:,} more came without a confidence." if found.without else ""
    questions = "the one question" if len(found) == 1 else f"each of {len(found):,} questions"
    st.caption(f"The confidence of the entry nearest to {questions} with a label, whether it was given or not.{more}")
    _chart(
        titles.tells_apart(found),
        "How many questions have which confidence. Where the nearest entry is the right one they should stand at the "
        "right, all others at the left: the less they mix, the better.",
        charts.histogram(histogram(found)),
    )
    _chart(
        titles.keeps_word(analysis),
        f"The title tells of the answers that were given, the chart of all. {confidence_section.RELIABILITY}",
        charts.reliability(reliability(found.value, found.right)),
    )
    if few := confidence_section.too_few_to_be_choosy(analysis):
        st.caption(few)
    else:
        _chart(
            titles.choosy(analysis.risk_coverage),
            confidence_section.CHOOSY,
            charts.risk_coverage(analysis.risk_coverage.curve),
        )
    with st.expander("The same in figures"):
        st.dataframe(_figures(analysis), hide_index=True)


def worth(principal: Principal, org_id: str, run: Run) -> None:
    """What the engine's confidence is worth by the org's labelled questions, once there are enough of them."""
    scale = frontline().recalibrations.of(principal, org_id, run.engine_version)
    if scale is not None:
        st.info(confidence_section.worth(scale), icon=":material/straighten:")


def _chart(title: str, see: str, chart: charts.Chart) -> None:
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.altair_chart(chart, alt=f"{title}. {see}")
        st.caption(see)


def _figures(analysis: Analysis) -> pd.DataFrame:
    score, curve = analysis.brier, analysis.risk_coverage
    if score is None or curve is None:
        return pd.DataFrame()
    return pd.DataFrame(
        [
            ("Brier score", score.score, "Mean squared distance of confidence and outcome; 0 is perfect"),
            ("Miscalibration", score.miscalibration, "The part of it that a better scale of confidence would save"),
            ("Discrimination", score.discrimination, "What the confidence knows of right and wrong; more is better"),
            ("Uncertainty", score.uncertainty, "The score of always saying the mean; the three add up to the first"),
            (
                "AURC",
                curve.aurc,
                "Mean share of answers wrong or out of scope, over all shares answered; less is better",
            ),
            ("Excess AURC", curve.excess, "The part of it that a perfect order of the questions would save"),
        ],
        columns=["Figure", "Value", "What it says"],
    ).round({"Value": 4})
