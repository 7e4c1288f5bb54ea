"""The tab on answers: what visitors read when a person takes over, and how careful the bot is."""

import streamlit as st

from core.policy_words import CAREFUL, careful
from core.questions.policy_checks import FALLBACK_LIMIT
from core.questions.policy_fields import POLICY_LABELS
from pages.settings.form import Form


def render(form: Form) -> None:
    """The two fields that every engine uses."""
    st.text_area(
        POLICY_LABELS["fallback"],
        help=f"Visitors get this text word for word. At most {FALLBACK_LIMIT} characters.",
        height=80,
        **form.options("fallback"),
    )
    start = form.start("strictness")
    st.select_slider(
        POLICY_LABELS["strictness"],
        sorted({*CAREFUL, start}),
        format_func=careful,
        help="More careful: fewer wrong answers, more questions for your people. An evaluation shows how many.",
        **form.options("strictness"),
    )
    st.html('<p class="frontline-ends"><span>Answers more</span><span>Hands over more</span></p>')
