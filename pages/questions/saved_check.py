"""The check of one saved table against another: the test questions that end otherwise, in a dialog."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.plurals import counted
from core.publishing.flips import CheckResult
from pages.questions import check_view
from pages.shell import notices, session

PAGE = "questions"
_KEPT = "saved_check"


def render(principal: Principal, org_id: str, base: int, revision: int) -> CheckResult | None:
    """What ends otherwise with ``revision`` than with ``base``; kept until ``forget``.

    Where a model server is asked, only after what it costs was said. None where nothing was checked.
    """
    checks = frontline().checks
    count = checks.count(principal, org_id)
    if not count:
        st.caption("There are no test questions yet. Upload some under Evaluations, and they are checked here.")
        return None
    with notices.shown():
        made: tuple[int, int, CheckResult] | None = session.get(PAGE, org_id, _KEPT)
        if made is None or made[:2] != (base, revision):
            effort = checks.effort_of_saved(principal, org_id, base, revision)
            if effort and not check_view.agreed(effort, session.key(PAGE, org_id, "saved_check_begin")):
                return None
            with st.spinner(f"Asking {counted(count, 'test question')} on both revisions…"):
                result = checks.of_saved(principal, org_id, base, revision)
            made = (base, revision, result)
            session.put(PAGE, org_id, _KEPT, made)
        before, after = (
            {entry.id: entry for entry in frontline().questions.table(principal, org_id, number).entries}
            for number in (base, revision)
        )
        if made[2].failed and st.button("Check again", key=session.key(PAGE, org_id, "saved_check_again")):
            with st.spinner("Asking again…"):
                made = (base, revision, checks.of_saved(principal, org_id, base, revision))
            session.put(PAGE, org_id, _KEPT, made)
        check_view.render(made[2], before, after)
        return made[2]
    return None


def forget(org_id: str) -> None:
    """Ask anew the next time."""
    session.drop(PAGE, org_id, _KEPT)
