"""The tab on limits: how sure a model must be, how much it is sent, and what a month may cost."""

from datetime import datetime

import streamlit as st

from core.bootstrap import frontline
from core.engines.shortlist import LARGEST_TABLE, LARGEST_TOKENS, RECALL_MEASURED
from core.identity.principal import Principal
from core.plurals import counted
from core.questions.policy_checks import CALLS_IN_FLIGHT, MOST_TOKENS, MOST_USD, SHORTLIST
from core.questions.policy_fields import POLICY_LABELS
from core.spending.ledger import Month
from core.spending.words import spent
from pages.settings.field_values import MILLION
from pages.settings.form import Form
from pages.shell import notices, page_links

_NOTHING_TO_LIMIT = (
    "The built-in engine costs nothing. Limits on what a month may cost appear here once a model server is chosen."
)


def render(principal: Principal, form: Form) -> None:
    """The fields that bound what model servers are asked, and what was used of the month's limits."""
    if not form.asks_a_server:
        with st.container(border=True, key="nothing-to-limit"):
            st.header("Nothing to limit", anchor=False)
            st.caption(_NOTHING_TO_LIMIT)
            page_links.link("settings", "Choose the engine", icon=":material/arrow_forward:", query={"show": "engine"})
        return
    left, right = st.columns(2)  # in rows of two, so that on a narrow screen they stand in the order of reading
    with left:
        _dollars(form)
    with right:
        _tokens(form)
    st.caption(notices.plain(used(frontline().spending.month(principal, form.org_id))))
    st.slider(
        POLICY_LABELS["min_confidence"],
        0.0,
        100.0,
        step=1.0,
        format="%g %%",
        help="Some servers tell a probability with each answer. One below this goes to a person. 0 %: every answer of "
        "the model is given. “How careful the bot is” is added to this.",
        **form.options("min_confidence"),
    )
    left, right = st.columns(2)
    with left:
        _whole(
            form,
            "shortlist",
            SHORTLIST,
            f"Of a table of more than {LARGEST_TABLE} answers, or about {LARGEST_TOKENS:,} tokens, only those nearest "
            f"to the question are sent. {RECALL_MEASURED} An evaluation shows it for your own questions.",
        )
    with right:
        _whole(form, "calls_in_flight", CALLS_IN_FLIGHT, "In an evaluation. More are faster, if the server keeps up.")


def used(month: Month) -> str:
    """What was used in a month, e.g. "Used in November 2026: $0.42 in 120 calls"."""
    calls = counted(month.calls, "call")
    when = datetime.strptime(month.month, "%Y-%m")
    words = f"Used in {when:%B %Y}: {spent(month.booked)} in {calls}"
    reserved = month.reserved
    aside = reserved.nano_usd or reserved.unpriced_tokens
    return f"{words}. Set aside for what is under way: {spent(reserved)}." if aside else f"{words}."


def _whole(form: Form, name: str, bounds: tuple[int, int], help: str) -> None:
    st.number_input(POLICY_LABELS[name], *bounds, step=1, help=help, **form.options(name))


def _dollars(form: Form) -> None:
    st.number_input(
        POLICY_LABELS["usd_a_month"],
        0.0,
        float(MOST_USD),
        value=None,
        step=5.0,
        format="%.2f",
        placeholder="No limit",
        help="For models whose price is known. When it is reached, no question is asked until the next month (UTC).",
        **form.options("usd_a_month"),
    )


def _tokens(form: Form) -> None:
    st.number_input(
        f"{POLICY_LABELS['tokens_a_month']}, in millions",
        0.0,
        MOST_TOKENS / MILLION,
        value=None,
        step=1.0,
        format="%g",
        placeholder="No limit",
        help="For models whose price nobody knows, such as those on your own computers. A token is about four letters.",
        **form.options("tokens_a_month"),
    )
