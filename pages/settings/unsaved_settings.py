"""The settings as a person opened them, kept until they save, discard or open another org; what is entered outlives
their session."""

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
class OpenedSettings:
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


def opened(principal: Principal, org_id: str, *, may_change: bool) -> OpenedSettings:
    """The sheet of this session; without one what the person entered before and did not save, else the newest."""
    sheet: OpenedSettings | None = session.get(PAGE, org_id, "sheet")
    if sheet is None and may_change and not _generation(org_id):
        sheet = _drafted(principal, org_id)
    if sheet is None:
        newest = frontline().questions.table(principal, org_id)
        on_top: dict[str, Any] = session.get(PAGE, org_id, "on_top") or {}
        session.drop(PAGE, org_id, "on_top")
        sheet = OpenedSettings(
            org_id=org_id,
            revision=newest.revision,
            stored=newest.policy,
            filled=with_values(newest.policy, on_top),
            generation=_generation(org_id),
        )
    session.put(PAGE, org_id, "sheet", sheet)
    return sheet


def _drafted(principal: Principal, org_id: str) -> OpenedSettings | None:
    """The sheet as an earlier session left it; None when nothing was unsaved then."""
    draft = frontline().settings_drafts.find(principal, org_id)
    if draft is None:
        return None
    session.put(PAGE, org_id, "kept", (draft.base_revision, draft.policy))
    session.put(PAGE, org_id, "draft_from", draft.at)
    seen = frontline().questions.table(principal, org_id, draft.base_revision)
    return OpenedSettings(org_id=org_id, revision=seen.revision, stored=seen.policy, filled=draft.policy, generation=0)


def _generation(org_id: str) -> int:
    return session.get(PAGE, org_id, "generation") or 0


def keep_draft(principal: Principal, sheet: OpenedSettings, policy: Policy) -> None:
    """Keep what is entered now for a reload, when it is another than before; nothing once all is as it is stored."""
    unsaved = (sheet.revision, policy) if policy != sheet.stored else None
    if unsaved == session.get(PAGE, sheet.org_id, "kept"):
        return
    if unsaved is None:
        frontline().settings_drafts.drop(principal, sheet.org_id)
        session.drop(PAGE, sheet.org_id, "draft_from")
    else:
        frontline().settings_drafts.keep(principal, sheet.org_id, base_revision=sheet.revision, policy=policy)
    session.put(PAGE, sheet.org_id, "kept", unsaved)


def put_away(sheet: OpenedSettings, on_top: dict[str, Any] | None = None) -> None:
    """Forget what was entered and read the settings anew at the next run, with these values ``on_top``."""
    org_id = sheet.org_id
    for name in (*POLICY_LABELS, "note"):
        session.drop(PAGE, org_id, f"{name}_{sheet.generation}")  # the session would keep it for ever
    session.put(PAGE, org_id, "generation", sheet.generation + 1)  # from then on no draft is looked for
    session.put(PAGE, org_id, "on_top", on_top)
    for name in ("sheet", "conflict", "trouble", "draft_from"):
        session.drop(PAGE, org_id, name)


def show_newer(principal: Principal, sheet: OpenedSettings) -> None:
    """Show what others saved meanwhile. Only where nothing is unsaved: else the save finds out, and loses nothing."""
    if frontline().questions.newest_revision(principal, sheet.org_id) == sheet.revision:
        return
    newest = frontline().questions.table(principal, sheet.org_id)
    if newest.policy != sheet.stored:
        put_away(sheet)
        st.rerun()
    session.put(PAGE, sheet.org_id, "sheet", replace(sheet, revision=newest.revision))
