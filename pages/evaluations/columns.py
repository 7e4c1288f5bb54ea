"""How the columns of a file of test questions are read: each with what it is taken for, to be changed."""

from collections.abc import Sequence

import streamlit as st

from core.datasets.columns import ColumnMapping, ExpectedKind
from core.files.table import Table
from core.plurals import counted
from core.questions.text import shortened
from pages.shell import notices, session

PAGE = "evaluations"
SHOWN = 40
"""Columns with a box of their own, so that a file with hundreds does not fill the page."""
KEEP, IGNORE = "keep", "ignore"
_A_LINE = 3
_EXPECTED = "expected"
_TAKEN_FOR = {
    "question": "Question",
    "expected:question": "Expected: a stored question",
    "expected:answer": "Expected: the text of an answer",
    "expected:id": "Expected: the number of an entry",
    "expected:auto": "Expected",
    "also_accept": "Also right",
    "tags": "Tags",
    "group": "Group",
    "split": "Split",
    "note": "Note",
    KEEP: "Only kept",
    IGNORE: "Ignored",
}
"""What a column may be taken for, in words; before the colon is its role."""
_KINDS = {kind.value: kind for kind in ExpectedKind}


def render(org_id: str, digest: str, table: Table, seen: ColumnMapping, about: str) -> ColumnMapping:
    """What each column is taken for: as ``seen``, or as somebody changed it. ``about`` says what the file is."""
    shown = _shown(org_id, digest, table, seen)
    keys = {column: _key(org_id, digest, table, column) for column in shown}
    for column, key in keys.items():
        session.seed(key, taken_for(column, seen))
    if seen.question is None:
        place = st.container(border=True)
        place.markdown("**Which column holds the question?**")
    else:
        place = st.popover("How this file is read", icon=":material/view_column:")
    with place:
        st.caption(about)
        told = st.container()
        st.caption("What each column is taken for. What is only kept is shown with each result and in every download.")
        for start in range(0, len(shown), _A_LINE):
            for place, column in zip(st.columns(_A_LINE), shown[start : start + _A_LINE], strict=False):
                with place:
                    _box(column, table, keys)
        if len(table.columns) > SHOWN:
            st.toggle(f"Show all {len(table.columns):,} columns", key=_all_key(org_id, digest))
    mapping = mapping_of({column: str(session.widget(key)) for column, key in keys.items()})
    told.caption(in_words(mapping, table))
    return mapping


def take_for_expected(org_id: str, digest: str, table: Table, column: str) -> None:
    """Take a column for what is expected, from now on."""
    session.set_widget(_key(org_id, digest, table, column), f"{_EXPECTED}:{ExpectedKind.AUTO}")


def taken_for(column: str, mapping: ColumnMapping) -> str:
    """What a column is taken for, as the boxes name it."""
    role = next((role for role, used in mapping.columns().items() if used == column), None)
    if role == _EXPECTED:
        return f"{role}:{mapping.expected_kind}"
    return role or (IGNORE if column in mapping.ignored else KEEP)


def mapping_of(taken: dict[str, str]) -> ColumnMapping:
    """The mapping that the boxes say."""
    roles = {taken_as.partition(":")[0]: column for column, taken_as in taken.items()}
    kind = next((t.partition(":")[2] for t in taken.values() if t.startswith(_EXPECTED)), ExpectedKind.AUTO.value)
    ignored = tuple(column for column, taken_as in taken.items() if taken_as == IGNORE)
    roles = {role: column for role, column in roles.items() if role not in (KEEP, IGNORE)}
    return ColumnMapping(**roles, expected_kind=_KINDS[kind], ignored=ignored)


def in_words(mapping: ColumnMapping, table: Table) -> str:
    """What the columns are taken for, on a line of Markdown."""
    said = [f"{name(column)} → **{_TAKEN_FOR[taken_for(column, mapping)]}**" for column in mapping.columns().values()]
    if kept := mapping.kept(table.columns):
        names = ", ".join(name(column) for column in kept[:5])
        said.append(f"only kept: {names}" + (f" and {len(kept) - 5:,} more" if len(kept) > 5 else ""))
    if mapping.ignored:
        said.append(f"{counted(len(mapping.ignored), 'column')} ignored")
    return " · ".join(said)


def name(column: str) -> str:
    """A column's heading for Markdown, shortened: where headings are missing it may be a whole question."""
    return notices.plain(shortened(" ".join(column.split())))


def _box(column: str, table: Table, keys: dict[str, str]) -> None:
    st.selectbox(
        name(column),
        list(_TAKEN_FOR),
        format_func=_TAKEN_FOR.__getitem__,
        key=keys[column],
        on_change=_once,
        args=(column, keys),
    )
    example = next((cell for cell in table.column(column)[:200] if cell.strip()), "")
    st.caption(f"such as “{notices.plain(_short(example))}”" if example else "empty at first")


def _once(column: str, keys: dict[str, str]) -> None:
    """Of two columns with one role the one that was just chosen has it; the other is only kept."""
    role = str(session.widget(keys[column])).partition(":")[0]
    for other, key in keys.items():
        if other != column and role not in (KEEP, IGNORE) and str(session.widget(key)).partition(":")[0] == role:
            session.set_widget(key, KEEP)


def _shown(org_id: str, digest: str, table: Table, seen: ColumnMapping) -> Sequence[str]:
    if len(table.columns) <= SHOWN or session.widget(_all_key(org_id, digest)):
        return table.columns
    used = {*seen.columns().values()}
    return [*used, *(column for column in table.columns if column not in used)][:SHOWN]


def _key(org_id: str, digest: str, table: Table, column: str) -> str:
    return session.key(PAGE, org_id, f"taken_{digest}_{table.columns.index(column)}")


def _all_key(org_id: str, digest: str) -> str:
    return session.key(PAGE, org_id, f"all_columns_{digest}")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:59]}…"
