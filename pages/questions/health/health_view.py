"""Health: what can be told of the table without test questions, and one click to put it right."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from core.bootstrap import frontline
from core.engines.semantic.reach import why_entries_are_unread
from core.health.background import Looking
from core.health.findings import AlikePair, Collision, DoubtfulText, HealthReport, LostPhrasing, Outcomes, SameQuestion
from core.health.service import Glance
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.questions.entry import Entry
from core.questions.text import shortened
from core.runs.results import A_PERSON
from pages.questions.editor import view_bar
from pages.questions.entry import entry_panel
from pages.questions.health import health_actions, health_ignored, suggestions
from pages.questions.health.health_actions import At
from pages.shell import notices, polling, session

PAGE = "questions"
SHOWN = 25
"""Findings of a kind that are shown at first, and at each wish for more."""
_WAIT = 0.7
"""Seconds that a page waits for a small table."""
_ANSWER, _QUESTION = 160, 90
_TOLD = 3
"""Phrasings that a card of two entries names."""
_OFFERED = 300
"""Entries to choose from for suggestions: those in need; a list of thousands is no choice."""
_COLUMNS = {
    "No.": st.column_config.NumberColumn(width=60, alignment="left"),
    "Question": st.column_config.TextColumn(width=420),
}
_LOST_COLUMNS = {"No.": st.column_config.NumberColumn(width=60, alignment="left")}
_MIX_UPS = (
    "Entries that are easily taken for each other, and phrasings that another entry would win. A visitor who writes a "
    "stored phrasing word for word still gets its own answer; one who writes it a little differently may not."
)
_ABOUT = (
    "Visitors seldom use the stored words. So each phrasing is taken out of the table in turn and asked: it should "
    "still get its own answer, thanks to the other phrasings of its entry. No test question is needed for that."
)
_OTHER_YARDSTICK = (
    "These are the stored phrasings, each left out in turn. Evaluations, and the carefulness in Settings, count test "
    "questions instead, so their numbers differ."
)


def render(principal: Principal, membership: Membership) -> None:
    """The findings of the saved table, the worst first."""
    org_id = membership.org_id
    with notices.shown():
        glance = frontline().table_health.glance(principal, org_id, wait=_WAIT)
        at = At(
            principal=principal,
            org_id=org_id,
            revision=glance.revision,
            may_edit=Permission.EDIT in membership.permissions,
        )
        if not glance.report.entries:
            st.caption("The table is empty, so there is nothing to look at yet.")
            return
        if glance.looking.active:
            polling.until_ended(lambda: _progress(principal, org_id))
        elif glance.looking.trouble:
            st.info(f"Only the texts were looked at. {notices.plain(glance.looking.trouble)}", icon=":material/info:")
        _findings(at, glance)


def line(principal: Principal, membership: Membership) -> None:
    """One line for beside the table, and the way to the findings."""
    org_id = membership.org_id
    glance = frontline().table_health.glance(principal, org_id)
    if not glance.report.entries:
        return
    words = glance.report.things
    if glance.looking.active:
        words = f"{words} …" if words else "looking …"
        polling.until_ended(lambda: not _looking(principal, org_id).active)
    st.button(
        f"Health: {words or 'nothing found'}",
        key=session.key(PAGE, org_id, "to_health"),
        icon=":material/stethoscope:",
        type="tertiary",
        help=f"{glance.report.kinds or 'What was found in the saved table'}. Open Health",
        on_click=lambda: session.set_widget(session.key(PAGE, org_id, "view"), "Health"),
    )


def _looking(principal: Principal, org_id: str) -> Looking:
    return frontline().table_health.glance(principal, org_id).looking


def _progress(principal: Principal, org_id: str) -> bool:
    """How far the engine is with the table; whether it has ended."""
    looking = _looking(principal, org_id)
    share = looking.done / looking.of if looking.of else 0.0
    st.progress(share, text=f"Looking for likely mix-ups: {_how_far(looking)}. You can go on meanwhile.")
    return not looking.active


def _how_far(looking: Looking) -> str:
    if not looking.of:
        return "waiting for its turn"
    return f"{looking.stage.value}, {looking.done:,} of {looking.of:,}"


def _findings(at: At, glance: Glance) -> None:
    report = glance.report
    found = report.found
    if found is not None:
        st.markdown(f"**{_capital(report.in_short or 'nothing to look at')}**")
        st.caption(f"{found.left_out.words} {_OTHER_YARDSTICK}", help=_ABOUT)
        if not report.in_short:
            st.success("Nothing was found that needs a look.", icon=":material/check:")
        _unread(at, report, found.unread)
        _section(at, report, "Likely mix-ups", report.mix_ups, _mix_up, about=_MIX_UPS)
    _section(at, report, "The same question twice", report.texts.same, _same)
    _section(at, report, "Texts to look at again", report.texts.doubtful, _doubtful)
    if found is not None:
        _lost(at, report)
    _single(at, report)
    if at.may_edit:
        suggestions.render(at, _in_need_first(report))
    health_ignored.listed(at, report)


def _section(
    at: At,
    report: HealthReport,
    title: str,
    found: Sequence[Any],
    draw: Callable[[At, HealthReport, Any], None],
    *,
    about: str | None = None,
) -> None:
    """A heading and the first findings; nothing where there are none. "Undo" stands where one was ignored just now."""
    (under, place), key = session.get(PAGE, at.org_id, health_actions.IGNORED_LAST) or (("", 0), "")
    if found:
        st.header(f"{title} · {len(found):,}", help=about)
    name = f"shown_{title}"
    shown: int = session.get(PAGE, at.org_id, name) or SHOWN
    for number, one in enumerate(found[:shown]):
        if (under, place) == (title, number):
            health_ignored.undo(at, report, key)
        with st.container(border=True, gap="small"):
            draw(replace(at, spot=(title, number)), report, one)
    if under == title and place >= len(found[:shown]):
        health_ignored.undo(at, report, key)
    if len(found) > shown:
        st.button(
            f"Show more ({len(found) - shown:,} left)",
            key=session.key(PAGE, at.org_id, f"more_{title}"),
            type="tertiary",
            on_click=lambda: session.put(PAGE, at.org_id, name, shown + SHOWN),
        )


def _entry(report: HealthReport, entry_id: int, *, mark: str = "") -> None:
    """An entry in a few lines; ``mark`` is the phrasing that it is about."""
    entry = report.entries[entry_id]
    st.markdown(f"**No. {entry.id}** · {notices.plain(shortened(entry.question, _QUESTION))}")
    if mark:
        st.markdown(f":orange-background[{notices.plain(shortened(mark, _QUESTION))}]")
    st.caption(notices.plain(shortened(" ".join(entry.answer.split()), _ANSWER)))


def _mix_up(at: At, report: HealthReport, one: AlikePair | Collision) -> None:
    if isinstance(one, AlikePair):
        _pair(at, report, one)
    else:
        _collision(at, report, one)


def _pair(at: At, report: HealthReport, one: AlikePair) -> None:
    told = one.lost[:_TOLD]
    for lost in told:
        _why(lost)
    if len(one.lost) > len(told):
        st.caption(f"And {counted(len(one.lost) - len(told), 'more phrasing', 'more phrasings')} like this.")
    if not one.lost:
        single = " and ".join(f"No. {i}" for i in one.entry_ids if not report.entries[i].alternates)
        st.markdown(f"They are much alike, and there is only one phrasing in {single}: write another one.")
    for column, entry_id in zip(st.columns(2), one.entry_ids, strict=True):
        with column:
            _entry(report, entry_id)
    if one.same_answer:
        st.caption("Both give the same answer, so visitors get it either way. One entry is easier to keep.")
    with st.container(horizontal=True):
        if one.same_answer:
            health_actions.merge(at, report, one)
        else:
            for lost in told:
                health_actions.move(at, lost, is_one_of_several=len(told) > 1)
        _open(at, one.entry_ids, one.key)
        health_actions.ignore(at, one.key)
        if not one.same_answer:
            health_actions.merge(at, report, one)


def _why(one: Collision) -> None:
    """What makes it a likely mix-up."""
    phrasing = f"**“{notices.plain(shortened(one.phrasing, _QUESTION))}”** of No. {one.entry_id}"
    if one.is_given:
        st.markdown(f"{phrasing} would be answered with No. {one.rival_id}, if it were not stored word for word.")
    else:
        st.markdown(f"{phrasing} is nearer to No. {one.rival_id} than to the rest of its own entry.")


def _collision(at: At, report: HealthReport, one: Collision) -> None:
    _why(one)
    left, right = st.columns(2)
    with left:
        _entry(report, one.entry_id, mark=one.phrasing)
    with right:
        _entry(report, one.rival_id, mark=one.rival_phrasing)
    with st.container(horizontal=True):
        health_actions.move(at, one)
        _open(at, (one.entry_id, one.rival_id), one.key)
        health_actions.ignore(at, one.key)


def _same(at: At, report: HealthReport, one: SameQuestion) -> None:
    first, second = one.entry_ids
    where = f"twice in No. {first}" if first == second else f"in No. {first} and in No. {second}"
    st.markdown(f"“{notices.plain(one.texts[0])}” {where}, there as “{notices.plain(one.texts[1])}”")
    with st.container(horizontal=True):
        health_actions.ask_once(at, report, one)
        _open(at, tuple(dict.fromkeys(one.entry_ids)), one.key)
        health_actions.ignore(at, one.key)


def _doubtful(at: At, report: HealthReport, one: DoubtfulText) -> None:
    entry = report.entries[one.entry_id]
    st.markdown(f"**No. {entry.id}** · {notices.plain(shortened(entry.question, _QUESTION))}")
    st.markdown(f"{_capital(one.kind.value)}: :orange-background[{notices.plain(shortened(one.found, _QUESTION))}]")
    st.caption(one.advice)
    with st.container(horizontal=True):
        _open(at, (one.entry_id,), one.key)
        health_actions.ignore(at, one.key)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _lost(at: At, report: HealthReport) -> None:
    """The phrasings that would not find their own entry; a click on one opens that."""
    lost = report.found.lost if report.found else ()
    if not lost:
        return
    key = session.key(PAGE, at.org_id, f"health_lost_{at.revision}")

    def clicked() -> None:
        if cells := session.widget(key)["selection"]["cells"]:
            entry_panel.open_for(at.org_id, lost[cells[0][0]].entry_id)

    with st.expander(f"Phrasings that need another one like them · {len(lost):,}", expanded=True):
        st.caption("In slightly different words, these would not get their answer. Click one to open its entry.")
        st.dataframe(
            _lost_rows(report, lost),
            hide_index=True,
            width="stretch",
            column_config=_LOST_COLUMNS,
            key=key,
            on_select=clicked,
            selection_mode="single-cell",
        )
        _show_in_table(at, list(dict.fromkeys(one.entry_id for one in lost)), "with a phrasing that misses them")


def _lost_rows(report: HealthReport, lost: Sequence[LostPhrasing]) -> pd.DataFrame:
    def given(entry_id: int | None) -> str:
        return A_PERSON if entry_id is None else f"No. {entry_id} {report.entries[entry_id].question}"

    return pd.DataFrame(
        [(one.entry_id, one.phrasing, given(one.given_id), report.entries[one.entry_id].question) for one in lost],
        columns=["No.", "Phrasing", "Visitors would get", "Question"],
    )


def _in_need_first(report: HealthReport) -> list[Entry]:
    """The entries that are on and need more phrasings the most."""
    outcomes = report.found.by_entry if report.found else {}

    def need(entry: Entry) -> tuple[bool, int, int]:
        one = outcomes.get(entry.id, Outcomes())
        return bool(entry.alternates), -(one.wrong + one.to_a_person), entry.id

    return sorted((entry for entry in report.entries.values() if entry.enabled), key=need)[:_OFFERED]


def _unread(at: At, report: HealthReport, unread: Sequence[int]) -> None:
    """The entries in a language or script that the engine does not know."""
    if not unread:
        return
    st.header(f"Entries that cannot be read · {len(unread):,}")
    st.markdown(why_entries_are_unread())
    _rows(at, report, unread, "that cannot be read")


def _single(at: At, report: HealthReport) -> None:
    single = report.texts.single
    if not single:
        return
    with st.expander(f"Entries with a single phrasing · {len(single):,}"):
        st.caption("A second and third way to ask help more than any setting. Four or five are good.")
        _rows(at, report, single, "with a single phrasing")


def _rows(at: At, report: HealthReport, entry_ids: Sequence[int], words: str) -> None:
    """Entries a line each, and the way to them in the table."""
    rows = pd.DataFrame([(i, report.entries[i].question) for i in entry_ids], columns=["No.", "Question"])
    st.dataframe(rows, hide_index=True, width="stretch", column_config=_COLUMNS)
    _show_in_table(at, entry_ids, words)


def _open(at: At, entry_ids: Sequence[int], key: str) -> None:
    """Buttons that open these entries."""
    for entry_id in entry_ids:
        entry_panel.button(at.org_id, entry_id, f"Open No. {entry_id}", key=f"health_{key}_{entry_id}")


def _show_in_table(at: At, entry_ids: Sequence[int], words: str) -> None:
    """A button that shows these entries alone in the table."""

    def act() -> None:
        view_bar.show_only(at.org_id, entry_ids, words)
        session.set_widget(session.key(PAGE, at.org_id, "view"), "Table")

    st.button(
        "Show these in the table",
        key=session.key(PAGE, at.org_id, f"health_show_{words}"),
        icon=":material/table_rows:",
        type="tertiary",
        on_click=act,
    )
