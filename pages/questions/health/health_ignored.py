"""The findings that people chose to ignore: a line with "Undo" where one stood, and each of them to show again."""

import streamlit as st

from core.bootstrap import frontline
from core.health.findings import AlikePair, Collision, DoubtfulText, Finding, HealthReport
from core.plurals import counted
from core.questions.text import shortened
from pages.questions.health import health_actions
from pages.questions.health.health_actions import At
from pages.shell import notices, session

PAGE = "questions"
SHOWN = 50
"""Ignored findings that are listed."""


def undo(at: At, report: HealthReport, key: str) -> None:
    """A line in the place of a finding that was ignored just now; nothing once it is shown again."""
    if all(one.key != key for one in report.hidden):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("Ignored.", width="content")
        _again(at, key, "Undo")


def listed(at: At, report: HealthReport) -> None:
    """Each of them, and all at once."""
    if not report.hidden:
        return
    with st.expander(f"{counted(report.ignored, 'finding')} ignored"):
        for one in report.hidden[:SHOWN]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.caption(notices.plain(_words(one)), width="content")
                if at.may_edit:
                    _again(at, one.key, "Show again")
        if at.may_edit and report.ignored > 1:
            health_actions.show_ignored(at)


def _again(at: At, key: str, words: str) -> None:
    if st.button(words, key=session.key(PAGE, at.org_id, f"health_{words}_{key}"), type="tertiary"):
        with notices.shown():
            frontline().table_health.show_again(at.principal, at.org_id, key)
            st.rerun()


def _words(one: Finding) -> str:
    """What it is about, in a line."""
    if isinstance(one, AlikePair):
        first, second = one.entry_ids
        return f"No. {first} “{shortened(one.questions[0])}” and No. {second} “{shortened(one.questions[1])}”"
    if isinstance(one, Collision):
        return f"“{shortened(one.phrasing)}” of No. {one.entry_id}, nearer to No. {one.rival_id}"
    if isinstance(one, DoubtfulText):
        return f"No. {one.entry_id}: {one.kind.value}: {shortened(one.found)}"
    return f"“{shortened(one.texts[1])}” twice"
