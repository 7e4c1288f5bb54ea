"""The number of a card, large, which leads to where it comes from."""

import streamlit as st

from pages.shell import page_links


def render(heading: str, told: str, url_path: str, query: dict[str, str] | None = None) -> None:
    """What is told under which heading, as a link to a page; ``query`` says what to open there."""
    st.header(heading, anchor=False)
    with st.container(key=f"overview-number-{url_path}-{'-'.join(query or ())}"):
        page_links.link(url_path, told, query=query)
