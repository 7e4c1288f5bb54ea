"""The part on the prompt: how a model is asked, and what it is told besides the table."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.questions.policy import Style
from core.questions.policy_checks import (
    COMPANY_LIMIT,
    DESCRIPTION_LIMIT,
    EXAMPLES_LIMIT,
    NEGATIVE_LIMIT,
    NEGATIVES_LIMIT,
)
from core.questions.policy_fields import POLICY_LABELS
from pages.settings.form import Form
from pages.settings.words import ABOUT_STYLES, STYLES, example_name


def render(principal: Principal, form: Form) -> None:
    """The fields that only model servers use."""
    st.header("Prompt", anchor=False)
    st.selectbox(POLICY_LABELS["style"], list(STYLES), format_func=STYLES.__getitem__, **form.options("style"))
    style = form.entered["style"]
    st.caption(ABOUT_STYLES[style])
    if style is Style.COMPANIES:
        _examples(principal, form)
    st.text_input(
        POLICY_LABELS["company"],
        help=f"The model reads it with each question. At most {COMPANY_LIMIT} characters.",
        placeholder=form.hint("Northwind Clothing"),
        **form.options("company"),
    )
    st.text_area(
        POLICY_LABELS["description"],
        help=f"A sentence or two help the model to see what a visitor is likely to mean. At most {DESCRIPTION_LIMIT:,} "
        "characters.",
        placeholder=form.hint("We sell warm clothes in two shops and on the web."),
        height=80,
        **form.options("description"),
    )
    st.text_area(
        f"{POLICY_LABELS['negatives']}, one a line",
        help="Examples of what no stored answer settles, so that the model hands the like over. At most "
        f"{NEGATIVES_LIMIT} of {NEGATIVE_LIMIT} characters.",
        placeholder=form.hint("\nwhere is my order\nI was charged twice"),
        height=120,
        **form.options("negatives"),
    )


def _examples(principal: Principal, form: Form) -> None:
    available = frontline().examples.available(principal, form.org_id)
    names = {example.example_id: example.name for example in available}
    labels = {example.example_id: f"{example.name} ({example.whose})" for example in available}
    st.multiselect(
        POLICY_LABELS["examples"],
        list(dict.fromkeys([*names, *form.start("examples")])),
        format_func=lambda example_id: labels.get(example_id) or example_name(example_id, names),
        max_selections=EXAMPLES_LIMIT,
        placeholder="Choose one or more",
        help="Their tables stand before yours in the prompt, in this order. Visitors never see them.",
        **form.options("examples"),
    )
