"""The settings as a person opened them, kept in their session until they save, discard or open another org."""

from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, with_values
from pages.shell import session

PAGE = "settings"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The settings as they were opened.

    ``stored`` is what revision ``revision`` holds: a save has to say what it was made on. ``filled`` is what the fields
    begin with: the same, or after a conflict with this person's own changes on top. ``generation`` counts the sheets
    of this session: a new one has new fields, so that nothing of the old one stays in them.
    """

    org_id: str
    revision: int
    stored: Policy
    filled: Policy
    generation: int

    def key(self, name: str) -> str:
        """The session's key of a field."""
        return session.key(PAGE, self.org_id, f"{name}_{self.generation}")


def opened(principal: Principal, org_id: str) -> Sheet:
    """The sheet of this session; the newest settings where there is none."""
    sheet: Sheet | None = session.get(PAGE, org_id, "sheet")
    if sheet is None:
        newest = frontline().questions.table(principal, org_id)
        on_top: dict[str, Any] = session.get(PAGE, org_id, "on_top") or {}
        session.drop(PAGE, org_id, "on_top")
        sheet = Sheet(
            org_id=org_id,
            revision=newest.revision,
            stored=newest.policy,
            filled=with_values(newest.policy, on_top),
            generation=session.get(PAGE, org_id, "generation") or 0,
        )
        session.put(PAGE, org_id, "sheet", sheet)
    return sheet


def put_away(sheet: Sheet, on_top: dict[str, Any] | None = None) -> None:
    """Forget what was entered and read the settings anew at the next run, with these values ``on_top``."""
    org_id = sheet.org_id
    for name in (*POLICY_LABELS, "note"):
        session.drop(PAGE, org_id, f"{name}_{sheet.generation}")  # the session would keep it for ever
    session.put(PAGE, org_id, "generation", sheet.generation + 1)
    session.put(PAGE, org_id, "on_top", on_top)
    for name in ("sheet", "conflict", "trouble"):
        session.drop(PAGE, org_id, name)


def show_newer(principal: Principal, sheet: Sheet) -> None:
    """Show what others saved meanwhile. Only where nothing is unsaved: else the save finds out, and loses nothing."""
    if frontline().questions.latest_revision(principal, sheet.org_id) == sheet.revision:
        return
    newest = frontline().questions.table(principal, sheet.org_id)
    if newest.policy != sheet.stored:
        put_away(sheet)
        st.rerun()
    session.put(PAGE, sheet.org_id, "sheet", replace(sheet, revision=newest.revision))
