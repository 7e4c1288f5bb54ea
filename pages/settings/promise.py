"""The promise to visitors: how it stands with what is entered, and the way to take it back."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.policy_words import at_most
from pages.settings.form import Form
from pages.shell import promise_note


def render(principal: Principal, form: Form) -> None:
    """Whether the promise is kept, and how it stands with these settings; where there is none, how to make one."""
    promise = form.sheet.stored.promise or form.sheet.filled.promise
    if promise is None:
        st.caption(
            f"Nothing is promised to visitors. A promise, such as “{at_most(2)}”, is made in an evaluation, under "
            "*Threshold*."
        )
        return
    st.checkbox(
        f"Promise that {at_most(promise.most_wrong)}",
        help="Without it the bot stays as careful as it is set.",
        **form.options("promise"),
    )
    standing = frontline().promises.standing(principal, form.org_id, form.policy)
    if standing is not None:
        promise_note.render(standing)


def warn(principal: Principal, form: Form) -> None:
    """On the other tabs: why the promise may not hold with what is entered; nothing as long as it does."""
    standing = frontline().promises.standing(principal, form.org_id, form.policy) if form.policy.promise else None
    if standing is not None and standing.stale:
        promise_note.render(standing)
