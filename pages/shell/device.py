"""What the person's browser says of the device, for what cannot be laid out by the stylesheet: a table is drawn."""

import streamlit as st


def is_phone() -> bool:
    """Whether the browser calls itself a phone's, as their makers advise to ask it."""
    return "Mobi" in (st.context.headers.get("User-Agent") or "")
