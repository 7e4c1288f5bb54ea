"""Links to other pages of the same organisation, for words and numbers that come from there."""

import streamlit as st


def link(url_path: str, label: str, *, icon: str | None = None, query: dict[str, str] | None = None) -> None:
    """A link to the page of this name; ``query`` says what to open there. The organisation stays open.

    A link works where ``st.switch_page`` does not: with the organisation's id in the address.
    """
    st.page_link(st.Page(_elsewhere, url_path=url_path), label=label, icon=icon, query_params=query)


def _elsewhere() -> None:
    """Stands for the page, which the menu knows by its name."""
