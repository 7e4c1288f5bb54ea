"""The way from the one that is open to those before and after it in a list."""

from collections.abc import Callable, Sequence

import streamlit as st


def arrows(
    order: Sequence[int],
    now: int,
    *,
    what: str,
    key: str,
    on_turn: Callable[[str, int], None],
    org_id: str,
    told: str,
) -> None:
    """An arrow back and one on, for ``now`` among the ids of ``order``; ``told`` stands between them, "" for nothing.

    ``what`` names one of them ("entry"), ``key`` begins the buttons' keys, and ``on_turn`` gets the org and the id.
    """
    place = order.index(now)
    with st.container(horizontal=True, vertical_alignment="center", width="content"):
        for words, icon, step in (("Previous", "arrow_back", -1), ("Next", "arrow_forward", 1)):
            there = place + step
            is_there = 0 <= there < len(order)
            st.button(
                f":material/{icon}:",
                key=f"{key}_{step}",
                type="tertiary",
                help=f"{words} {what}",
                disabled=not is_there,
                on_click=on_turn,
                args=(org_id, order[there] if is_there else now),
            )
            if step < 0 and told:
                st.caption(told, width="content")
