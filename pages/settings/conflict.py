"""Both settings, when others were saved after this person opened them."""

import streamlit as st

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, in_a_sentence, value, with_values
from core.questions.revisions import SettingsConflict
from pages.settings.unsaved_settings import PAGE, OpenedSettings, put_away
from pages.settings.words import said
from pages.shell import notices, session


def shown(principal: Principal, sheet: OpenedSettings) -> bool:
    """Show the conflict, if there is one; then nothing else of the page is shown before it is settled."""
    found: tuple[SettingsConflict, Policy] | None = session.get(PAGE, sheet.org_id, "conflict")
    if found is None:
        return False
    conflict, mine = found
    notices.show(conflict)
    my_changes = {name: value(mine, name) for name in changed(sheet.stored, mine)}
    theirs = [name for name in changed(sheet.stored, conflict.current) if name not in my_changes]
    names = {example.example_id: example.name for example in frontline().examples.available(principal, sheet.org_id)}
    for name in changed(conflict.current, with_values(conflict.current, my_changes)):
        with st.container(border=True):
            st.markdown(f"**{POLICY_LABELS[name]}**")
            for column, whose, policy in zip(st.columns(2), ("Now", "Yours"), (conflict.current, mine), strict=True):
                column.caption(whose)
                column.text(said(name, value(policy, name), names) or "(empty)")
    if theirs:
        st.caption(f"Changed meanwhile, and kept: {', '.join(map(in_a_sentence, theirs))}.")
    with st.container(horizontal=True, horizontal_alignment="right"):
        st.button("Show the newest settings", on_click=put_away, args=(sheet,))
        st.button("Put my changes on top", type="primary", on_click=put_away, args=(sheet, my_changes))
    return True
