"""A part of a page that looks again by itself until what it waits for has ended; then the whole page is drawn again."""

from collections.abc import Callable

import streamlit as st

from pages.shell import dialogs

TRY_EVERY_SECONDS = 2.0


def until_ended(draw: Callable[[], bool], *, every: float = 1.0) -> None:
    """Draw a part now and every so many seconds until ``draw`` says that what it shows has ended.

    The page is then drawn again, but not while a dialog stands above it, which would lose what is being typed, and not
    by the run that draws the page: ``st.rerun`` forgets which button was pressed, so that a press of *Save* would do
    nothing when what is waited for ends just then.
    """
    page_is_being_drawn = [True]

    @st.fragment(run_every=every)
    def part() -> None:
        if draw() and not page_is_being_drawn and not dialogs.is_open():
            st.rerun()

    part()
    page_is_being_drawn.clear()


def try_again() -> None:
    """Draw the whole page again every few seconds: what it needs is away now. Says so."""
    st.caption("This page tries again by itself.")
    until_ended(lambda: True, every=TRY_EVERY_SECONDS)
