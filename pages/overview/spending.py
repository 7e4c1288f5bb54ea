"""What model servers took of this month's limit."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.spending.ledger import SpendingLimits
from core.spending.words import money, tokens
from pages.overview import number
from pages.settings import limits, tabs
from pages.shell import notices

HEADING = "Spending this month"


def render(principal: Principal, org_id: str) -> None:
    """Money of the limit; tokens whose price nobody knows below it. Where nothing can cost, that alone is told."""
    app = frontline()
    model = app.questions.settings(principal, org_id).model
    month = app.spending.month(principal, org_id)
    if not app.engines.asks_a_server(model.engine):
        number.render(HEADING, "Costs nothing", "settings", {tabs.SHOWN: tabs.SettingsTab.ENGINE.value})
        st.caption(notices.plain(f"The built-in engine answers. {limits.used(month) if month.calls else ''}".rstrip()))
        return
    limit = SpendingLimits.of(model)
    of_limit = f" of {money(limit.nano_usd)}" if limit.nano_usd is not None else ""
    told = notices.plain(f"{money(month.nano_usd)}{of_limit}")
    number.render(HEADING, told, "settings", {tabs.SHOWN: tabs.SettingsTab.LIMITS.value})
    said = (limits.used(month), _bounded(limit, month.unpriced_tokens))
    st.caption(notices.plain(" ".join(sentence for sentence in said if sentence)))


def _bounded(limit: SpendingLimits, unpriced: int) -> str:
    if limit.unpriced_tokens is None:
        return "No limit is set." if limit.nano_usd is None else ""
    return f"Where the price is unknown: {unpriced:,} of {tokens(limit.unpriced_tokens)}."
