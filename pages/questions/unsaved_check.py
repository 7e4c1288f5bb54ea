"""Beside the save bar: what the unsaved changes do to the test questions, before anybody saves them."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.plurals import counted
from core.publishing.flips import CheckResult
from core.questions.changes import Changes, applied
from pages.questions import check_view
from pages.questions.state import Editor
from pages.shell import notices, session

PAGE = "questions"
LIVE_UP_TO = 2_000
"""So many test questions are asked at each change; more are asked when somebody wants it."""


def render(principal: Principal, org_id: str, editor: Editor, changes: Changes) -> None:
    """The check, asked anew at each change with the built-in engine; nothing where there are no test questions."""
    checks = frontline().checks
    count = checks.count(principal, org_id)
    if not count or checks.asks_a_server(principal, org_id) or editor.checks.problems(changes):
        return
    place = st.empty()
    with notices.shown():
        if count > LIVE_UP_TO:
            label = f"Check with {counted(count, 'test question')}"
            if not st.button(label, key=session.key(PAGE, org_id, "check_unsaved"), icon=":material/rule:"):
                return
        with place, st.spinner("Asking the test questions…"):
            found = checks.of_unsaved(principal, org_id, editor.snapshot.revision, changes)
        with place:
            _shown(editor, changes, found)


def _shown(editor: Editor, changes: Changes, found: CheckResult) -> None:
    icon = ":material/warning:" if found.broken else ":material/rule:"
    with st.expander(f"What this does to the test questions: {check_view.in_short(found)}", icon=icon):
        after = applied(editor.snapshot.entries, changes, first_new_id=max(editor.entries, default=0) + 1)
        check_view.render(found, editor.entries, {entry.id: entry for entry in after})
