"""A card in the middle of the page, for pages that say one thing."""

import contextlib
from collections.abc import Iterator

import streamlit as st

WIDTH = 480
"""Pixels, where the window has them."""


@contextlib.contextmanager
def card(width: int = WIDTH) -> Iterator[None]:
    """What is drawn within stands in the card."""
    with (
        st.container(horizontal_alignment="center", key="centre"),
        st.container(border=True, width=width, key="centre-card"),
    ):
        yield
