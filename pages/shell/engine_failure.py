"""Says on every page that the org's engine fails, as long as it does."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.identity.principal import Membership, Permission, Principal
from pages.shell import notices


def place() -> DeltaGenerator:
    """Where it is said: above the page, and there on every run, filled or not.

    So what stands below never moves, and the browser does not draw a table anew in mid-edit.
    """
    return st.container(key="failing")


def tell(where: DeltaGenerator, principal: Principal, membership: Membership) -> None:
    """A line for those who may ask questions, until one is answered; after the page, which may have asked one."""
    if Permission.ASK not in membership.permissions:
        return
    trouble = frontline().answering.trouble(principal, membership.org_id)
    if trouble is None:
        return
    where.warning(
        f"**No answer when last asked, {notices.moment(trouble.last)}.** Visitors read the text for when a person "
        f"takes over, and each such call counts as a failure. {notices.plain(trouble.reason)}",
        icon=":material/cloud_off:",
    )
