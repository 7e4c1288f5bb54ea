"""What is known of one entry beside its texts: its history, its test questions, and what else is near."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.health.findings import Findings
from core.identity.principal import Principal
from core.questions.entry import Entry
from core.questions.revisions import EntryRevision
from core.questions.text import shortened
from core.runs.entry_tests import EntryTest
from core.runs.results import A_PERSON
from core.statistics.verdict import Verdict
from pages.questions import differences
from pages.questions.entry import entry_opening
from pages.questions.entry.entry_opening import OpenPanel
from pages.shell import notices, session

PAGE = "questions"
HISTORY, TESTS, NEARBY = "History", "Test questions", "Nearby"
MOST = 10
"""Collisions that are listed."""
WAIT = 0.7
LOOK_AGAIN = 1.0
"""Seconds to wait for the collisions of a table that was just saved, and between two looks at a large one."""


def render(principal: Principal, org_id: str, panel: OpenPanel, entry: Entry) -> None:
    """One of the sections, the history at first; only that one is worked out."""
    chosen = st.segmented_control(
        "More about this entry",
        (HISTORY, TESTS, NEARBY),
        default=HISTORY,
        required=True,
        key=session.key(PAGE, org_id, f"panel_section_{panel.opening}"),
        label_visibility="collapsed",
    )
    with notices.shown():
        if chosen == HISTORY:
            history(principal, org_id, entry.id)
        elif chosen == TESTS:
            _tests(principal, org_id, panel.opening, entry.id)
        else:
            _nearby(principal, org_id, entry)


def history(principal: Principal, org_id: str, entry_id: int) -> None:
    """Who changed it, when, and what, the newest first."""
    found = frontline().questions.entry_changes(principal, org_id, entry_id)
    if not found:
        st.caption("Nothing was saved of it yet.")
    for one in found:
        _revision(one)


def _revision(one: EntryRevision) -> None:
    save = one.revision
    note = f": “{notices.plain(save.note)}”" if save.note else ""
    st.caption(f"Revision {save.number}, {notices.moment(save.at)}, {notices.plain(save.author)}{note}")
    differences.render(differences.of_entry(one.before, one.after), of_one_entry=True)


def _tests(principal: Principal, org_id: str, opening: int, entry_id: int) -> None:
    shown_for, found = session.get(PAGE, org_id, "panel_tests") or (None, [])
    if shown_for != (opening, entry_id):  # once, not at each thing that is written
        with st.spinner("Looking for its test questions…"):
            found = frontline().entry_tests.of(principal, org_id, entry_id)
        session.put(PAGE, org_id, "panel_tests", ((opening, entry_id), found))
    names = {entry.id: entry.question for entry in frontline().questions.table(principal, org_id).entries}
    own, strays = ([one for one in found if one.is_stray == is_stray] for is_stray in (False, True))
    if own:
        _listed(own, names)
    else:
        st.caption("No test question expects this entry. Ask has a button that keeps one, Evaluations takes files.")
    if strays:
        st.caption("Test questions that got this answer by mistake")
        _listed(strays, names)


def _listed(found: Sequence[EntryTest], names: dict[int, str]) -> None:
    st.dataframe(
        pd.DataFrame(
            [(one.question, _became(one, names), one.dataset) for one in found],
            columns=["Test question", "In the newest evaluation", "Set"],
        ),
        hide_index=True,
        height="content" if len(found) <= 6 else 250,
        width="stretch",
    )


def _became(one: EntryTest, names: dict[int, str]) -> str:
    if not one.held_out:
        return "Left out: its phrasing is in the table"
    if one.verdict is None:
        return "Not asked yet"
    if one.verdict in (Verdict.RIGHT, Verdict.FAILED):
        return one.verdict.label
    given = A_PERSON if one.given_id is None else f"No. {one.given_id} {names.get(one.given_id, '')}"
    return f"{one.verdict.label}: {given}"


def _nearby(principal: Principal, org_id: str, entry: Entry) -> None:
    """What visitors could get by mistake: what was found in the saved table, then the nearest entries as they are."""
    glance = frontline().table_health.glance(principal, org_id, wait=WAIT)
    if glance.looking.active:
        # The engine reads the table: a large one takes long the first time, and nobody waits for that here.
        st.fragment(run_every=LOOK_AGAIN)(_progress)(principal, org_id)
        # By a click, and not by itself: the panel drawn anew would lose what is being typed.
        st.button("Show what is near", key=session.key(PAGE, org_id, "panel_near_again"))
        return
    if glance.report.found is not None:
        _collisions(org_id, glance.report.found, glance.report.entries, entry.id)
    with st.spinner("Looking for what is near…"):
        near = frontline().nearest_entries.of(principal, org_id, entry.id, entry.phrasings)
    if not near:
        st.caption("There is no other entry that is on.")
        return
    st.caption("The nearest other entries. A very near one could be given for a question of this one.")
    for one in near:
        pair = f"{one.words}: “{shortened(one.phrasing)}” and “{shortened(one.other)}”"
        _way(org_id, one.entry.id, one.entry.question, pair, key=f"near_{one.entry.id}")


def _progress(principal: Principal, org_id: str) -> None:
    """How far the engine is with the table."""
    looking = frontline().table_health.glance(principal, org_id).looking
    if not looking.active:
        st.caption("The table was looked through.")
    elif looking.of:
        st.caption(f"The table is looked through: {looking.stage.value}, {looking.done:,} of {looking.of:,}.")
    else:
        st.caption("The table is looked through in a moment.")


def _collisions(org_id: str, found: Findings, entries: Mapping[int, Entry], entry_id: int) -> None:
    """What the health of the saved table says of this entry."""
    if (left_out := found.by_entry.get(entry_id)) is not None and left_out.asked:
        st.caption(left_out.words)
    for place, (other, words) in enumerate(collisions_of(found, entry_id)[:MOST]):
        question = entries[other].question if other in entries else ""
        _way(org_id, other, question, words, key=f"collision_{place}", icon=":material/warning:")


def collisions_of(found: Findings, entry_id: int) -> list[tuple[int, str]]:
    """The collisions of one entry: the other entry, and what there is, in words."""
    pairs = [
        (one.entry_ids[0] if one.entry_ids[1] == entry_id else one.entry_ids[1], "is easily taken for this one")
        for one in found.pairs
        if entry_id in one.entry_ids
    ]
    mine = [
        (one.rival_id, f"would get “{shortened(one.phrasing)}” if it did not stand here")
        for one in found.collisions
        if one.entry_id == entry_id
    ]
    theirs = [
        (one.entry_id, f"would lose “{shortened(one.phrasing)}” to this one if it did not stand there")
        for one in found.collisions
        if one.rival_id == entry_id
    ]
    return [*pairs, *mine, *theirs]


def _way(org_id: str, entry_id: int, question: str, words: str, *, key: str, icon: str | None = None) -> None:
    """A line on another entry, which leads to it."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            notices.plain(f"No. {entry_id} {shortened(question)}"),
            key=session.key(PAGE, org_id, f"panel_{key}"),
            icon=icon,
            type="tertiary",
            on_click=entry_opening.turn_to,
            args=(org_id, entry_id),
        )
        st.caption(notices.plain(words), width="content")
