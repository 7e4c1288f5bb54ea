"""Under the table what the unsaved changes do to the test questions; in the save bar that some break, and which."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.plurals import counted
from core.publishing.check_words import in_short
from core.publishing.flips import CheckResult
from core.questions.changes import Changes
from core.questions.entry import Published
from pages.questions import check_view
from pages.questions.editor.state import Editor
from pages.shell import dialogs, notices, session

PAGE = "questions"
LIVE_UP_TO = 2_000
"""So many test questions are asked at each change; more are asked when somebody wants it."""


def render(principal: Principal, org_id: str, editor: Editor, changes: Changes, in_bar: DeltaGenerator) -> None:
    """The check, asked anew at each change with the built-in engine; nothing where there are no test questions.

    ``in_bar`` is the place in the save bar: the bar is there before the check is done.
    """
    checks = frontline().checks
    count = checks.count(principal, org_id)
    if not count or checks.asks_a_server(principal, org_id):
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
            after = frontline().questions.trial(principal, org_id, revision=editor.snapshot.revision, changes=changes)
            _shown(editor, after, found)
        if found.broken or found.failed:
            with in_bar:
                _in_bar(org_id, editor, after, found)


def _in_bar(org_id: str, editor: Editor, after: Published, found: CheckResult) -> None:
    """One line that cannot be missed beside *Save*; a click lists the test questions."""
    words = [f"{counted(len(found.broken), 'test question')} broken"] if found.broken else []
    words += [f"{counted(found.failed, 'test question')} not checked"] if found.failed else []
    label = f":red[:material/warning: **{' · '.join(words)}**] · show which"
    if st.button(label, key=session.key(PAGE, org_id, "broken_by_unsaved"), type="tertiary"):
        _listed(found, editor, after)


@dialogs.dialog("What this does to the test questions", width="large")
def _listed(found: CheckResult, editor: Editor, after: Published) -> None:
    check_view.render(found, editor.entries, after.by_id)


def _shown(editor: Editor, after: Published, found: CheckResult) -> None:
    mark = ":material/warning: " if found.broken else ""
    with st.expander(f"{mark}Check: {in_short(found)}"):
        check_view.render(found, editor.entries, after.by_id)
