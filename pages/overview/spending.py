"""What model servers took of this month's limit."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.spending.ledger import SpendingLimits
from core.spending.words import money, tokens
from pages.overview import number
from pages.settings import limits, tabs
from pages.shell import notices


def render(principal: Principal, org_id: str) -> None:
    """Money of the limit; tokens whose price nobody knows below it."""
    app = frontline()
    model = app.questions.settings(principal, org_id).model
    month, limit = app.spending.month(principal, org_id), SpendingLimits.of(model)
    of_limit = f" of {money(limit.nano_usd)}" if limit.nano_usd is not None else ""
    told = notices.plain(f"{money(month.nano_usd)}{of_limit}")
    number.render("Spending this month", told, "settings", {tabs.SHOWN: tabs.SettingsTab.LIMITS.value})
    free = "" if app.engines.asks_a_server(model.engine) else "The built-in engine decides, which costs nothing."
    said = (limits.used(month), _bounded(limit, month.unpriced_tokens), free)
    st.caption(notices.plain(" ".join(sentence for sentence in said if sentence)))


def _bounded(limit: SpendingLimits, unpriced: int) -> str:
    if limit.unpriced_tokens is None:
        return "No limit is set." if limit.nano_usd is None else ""
    return f"Where the price is unknown: {unpriced:,} of {tokens(limit.unpriced_tokens)}."
