"""The section on the prompt: how a model is asked, and what it is told besides the table."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.questions.changes import one_line
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
    style = st.selectbox(POLICY_LABELS["style"], list(STYLES), format_func=STYLES.__getitem__, **form.options("style"))
    form.put("style", style)
    st.caption(ABOUT_STYLES[style])
    if style is Style.COMPANIES:
        _examples(principal, form)
    company = st.text_input(
        POLICY_LABELS["company"],
        help=f"The model reads it with each question. At most {COMPANY_LIMIT} characters.",
        placeholder=form.hint("Northwind Clothing"),
        **form.options("company"),
    )
    form.put("company", one_line(company))
    description = st.text_area(
        POLICY_LABELS["description"],
        help=f"A sentence or two help the model to see what a visitor is likely to mean. At most {DESCRIPTION_LIMIT:,} "
        "characters.",
        placeholder=form.hint("We sell warm clothes in two shops and on the web."),
        height=80,
        **form.options("description"),
    )
    form.put("description", description.strip())
    negatives = st.text_area(
        f"{POLICY_LABELS['negatives']}, one a line",
        help="Examples of what no stored answer settles, so that the model hands the like over. At most "
        f"{NEGATIVES_LIMIT} of {NEGATIVE_LIMIT} characters.",
        placeholder=form.hint("\nwhere is my order\nI was charged twice"),
        height=120,
        **form.options("negatives", "\n".join(form.start("negatives"))),
    )
    lines = (one_line(line) for line in negatives.split("\n"))
    form.put("negatives", tuple(dict.fromkeys(line for line in lines if line)))


def _examples(principal: Principal, form: Form) -> None:
    available = frontline().examples.available(principal, form.org_id)
    names = {example.example_id: example.name for example in available}
    labels = {example.example_id: f"{example.name} ({example.whose})" for example in available}
    chosen = st.multiselect(
        POLICY_LABELS["examples"],
        list(dict.fromkeys([*names, *form.start("examples")])),
        format_func=lambda example_id: labels.get(example_id) or example_name(example_id, names),
        max_selections=EXAMPLES_LIMIT,
        placeholder="Choose one or more",
        help="Their tables stand before yours in the prompt, in this order. Visitors never see them.",
        **form.options("examples", list(form.start("examples"))),
    )
    form.put("examples", tuple(chosen))
