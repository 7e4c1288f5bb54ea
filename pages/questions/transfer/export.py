"""The saved table to take away: as a workbook at one click, or in the format of another tool."""

import streamlit as st

from core.bootstrap import frontline
from core.files.writing import safe_file_name
from core.identity.principal import Membership, Principal
from core.transfer.exporting import FORMATS, ExportFormat
from core.transfer.service import taken
from pages.shell import downloads, notices, session

PAGE = "questions"
WORKBOOK = "xlsx"


def render(principal: Principal, membership: Membership) -> None:
    """The button for the workbook, and below it the other formats."""
    revision = frontline().questions.newest_revision(principal, membership.org_id)
    _button(principal, membership, FORMATS[WORKBOOK], revision, "Download the table")
    key = st.selectbox(
        "Format",
        [key for key in FORMATS if key != WORKBOOK],
        index=None,
        placeholder="Or in another format",
        format_func=lambda key: FORMATS[key].label,
        label_visibility="collapsed",
        key=session.key(PAGE, membership.org_id, "format"),
    )
    if key is not None:
        _losses(principal, membership.org_id, FORMATS[key], revision)
        _button(principal, membership, FORMATS[key], revision, "Download this file")


def _losses(principal: Principal, org_id: str, format_: ExportFormat, revision: int) -> None:
    """What the file will not hold; reading the table for that costs nothing where it holds all."""
    losses = [] if format_.is_own else format_.losses(frontline().questions.table(principal, org_id, revision).entries)
    if losses:
        st.markdown("\n".join(f"- {notices.plain(loss)}" for loss in losses))
    else:
        st.caption("This file holds everything.")


def _button(principal: Principal, membership: Membership, format_: ExportFormat, revision: int, label: str) -> None:
    def make() -> bytes:
        return frontline().transfer.export(principal, membership.org_id, format_).data

    name = f"{membership.org_name} revision {revision}"
    downloads.button(
        label,
        make=downloads.noted(principal, membership.org_id, taken(format_), make),
        file_name=safe_file_name(name if format_.is_own else f"{name} {format_.key}", f".{format_.suffix}"),
        mime=format_.mime,
        key=session.key(PAGE, membership.org_id, f"download_{format_.key}"),
    )
