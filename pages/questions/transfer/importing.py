"""The view Import: a file, what to do with it, what every row would do, and the button that does it as one save."""

from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError, InvalidInput
from core.identity.principal import Membership, Principal
from core.questions.revisions import EditConflict
from core.questions.service import checked_note
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.plan import Plan
from core.transfer.reading import ReadFile
from core.transfer.service import counts_told, done, note_of
from pages.questions.editor import review, unsaved
from pages.questions.transfer import import_done, import_file, import_preview
from pages.shell import notices, session

PAGE = "questions"
_ON_MATCH, _MATCH_BY = list(OnMatch), list(MatchBy)
_CHOOSE = "Choose the columns with the questions and the answers above."
_ONE_COLUMN = "This file has only one column. A table has one with the questions and one with the answers."
_MEANWHILE = "The table was saved meanwhile, so nothing was imported. Look at what the file would do now, then import."


@dataclass(frozen=True)
class _Planned:
    """A plan, and what it was made of."""

    found: ReadFile
    options: Options
    plan: Plan

    def fits(self, found: ReadFile, options: Options) -> bool:
        """Whether it was made of this file, read so."""
        same = self.found.tables is found.tables and self.found.columns == found.columns
        return same and self.options == options


@dataclass(frozen=True)
class _Shown:
    """A plan, and whether the person has ``seen`` it already when this run of the page begins."""

    plan: Plan
    seen: bool


def render(principal: Principal, membership: Membership) -> None:
    """The view for those who may edit."""
    org_id = membership.org_id
    above = st.container()
    found = import_file.render(principal, org_id)
    if found is None:
        with above:
            import_done.render(principal, membership)
        return
    import_done.forget(org_id)
    if not found.is_clear:
        st.info(_ONE_COLUMN if len(found.table.columns) == 1 else _CHOOSE, icon=":material/view_column:")
        return
    options = _options(org_id, found)
    shown = _plan(principal, org_id, found, options)
    if shown is None:
        return
    seen, made = shown.seen, shown.plan
    pressed = bool(session.widget(_apply_key(org_id)))
    if pressed and not seen:
        st.warning(_MEANWHILE, icon=":material/group:")
    import_preview.render(org_id, found, made)
    _unsaved(org_id)
    if _wanted(org_id, found, made) and seen:
        _apply(principal, org_id, made)


def _options(org_id: str, found: ReadFile) -> Options:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        on_match = st.selectbox(
            "If an entry is there already",
            _ON_MATCH,
            format_func=_label,
            key=session.key(PAGE, org_id, "import_on_match"),
            width=240,
        )
        match_by = st.selectbox(
            "Find the entry by",
            _MATCH_BY,
            format_func=_label,
            key=session.key(PAGE, org_id, "import_match_by"),
            help="By number: the entry with the number in the file, else the one with the same question. By question: "
            "the entry that has it, as its question or among its other phrasings.",
            width=240,
        )
        join = found.may_join and st.toggle(
            "Rows with the same answer are one entry",
            key=session.key(PAGE, org_id, "import_join"),
            help="For files with one question a row: the first becomes the question, the others its phrasings.",
        )
    plain = bool(session.widget(import_preview.plain_text_key(org_id)))  # the switch stands where the HTML is told of
    return Options(match_by=match_by, on_match=on_match, join_answers=join, plain_text=plain)


def _label(one: OnMatch | MatchBy) -> str:
    return one.label


def _plan(principal: Principal, org_id: str, found: ReadFile, options: Options) -> _Shown | None:
    """What the file would do to the newest table; made again only when something changed."""
    kept: _Planned | None = session.get(PAGE, org_id, "import_plan")
    try:
        newest = frontline().questions.newest_revision(principal, org_id)
        if kept is not None and kept.fits(found, options) and kept.plan.base_revision == newest:
            return _Shown(kept.plan, seen=True)
        with st.spinner("Comparing with the table…"):
            made = frontline().transfer.plan(principal, org_id, found, options)
    except FrontlineError as error:
        notices.show(error)
        return None
    session.put(PAGE, org_id, "import_plan", _Planned(found, options, made))
    return _Shown(made, seen=False)


def _unsaved(org_id: str) -> None:
    """What happens to what the person has not saved yet."""
    changes = unsaved.here(org_id)
    if changes:
        st.info(
            f"Your unsaved changes in the table ({review.counted_changes(changes)}) stay unsaved and are not part of "
            "the import. Where both change the same entry, you will see both texts when you save yours.",
            icon=":material/edit_note:",
        )


def _wanted(org_id: str, found: ReadFile, made: Plan) -> bool:
    """The bar at the foot, with the note and the button; whether it was pressed."""
    count = len(made.changes)
    with st.bottom, st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{counts_told(made)}**" if count else "No row of the file changes the table.", width="content")
        st.text_input(
            "Note",
            value=note_of(found.name),
            key=_note_key(org_id),
            label_visibility="collapsed",
        )
        return st.button(
            f"{done(made)} as one save" if count else "Nothing to import",
            type="primary",
            disabled=not count or bool(made.problems),
            icon=":material/upload:",
            key=_apply_key(org_id),
        )


def _apply(principal: Principal, org_id: str, made: Plan) -> None:
    try:
        note = checked_note(str(session.widget(_note_key(org_id)) or ""))
    except InvalidInput as error:
        notices.show(error)
        return
    try:
        with st.spinner("Importing…"):
            revision = frontline().transfer.apply(principal, org_id, made, note=note)
    except (EditConflict, InvalidInput):  # somebody saved between the look at the newest revision and this
        session.drop(PAGE, org_id, "import_plan")
        session.say(_MEANWHILE)
        st.rerun()
    except FrontlineError as error:
        notices.show(error)
        return
    if revision is not None:
        import_done.keep(org_id, revision.number, len(made.changes))
    if not unsaved.here(org_id):
        unsaved.forget(org_id)  # the table shows what is saved now
    import_file.forget(org_id)
    session.drop(PAGE, org_id, "import_plan")
    st.rerun()


def _note_key(org_id: str) -> str:
    """Another one for each file, whose name stands in the note."""
    times: int = session.get(PAGE, org_id, "imports") or 0
    return session.key(PAGE, org_id, f"import_note_{times}")


def _apply_key(org_id: str) -> str:
    return session.key(PAGE, org_id, "import_apply")
