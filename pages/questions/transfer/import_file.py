"""The file that is imported: uploaded, read once a session, its columns chosen where the headings do not tell."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from core.bootstrap import frontline
from core.errors import FrontlineError
from core.files.table import ReadingChoices
from core.identity.principal import Principal
from core.plurals import counted
from core.transfer.columns import ROLES, TableColumns
from core.transfer.reading import KINDS, ReadFile, Upload
from pages.evaluations import reading_choices
from pages.shell import notices, session, uploads

PAGE = "questions"
MEGABYTES = 25
_NONE = "None"
_A_LINE = 3
_ABOUT = (
    "Excel (.xlsx), CSV, TSV, JSON, YAML or ZIP. Downloads of Frontline, QnA Maker, Azure question answering, QnABot, "
    "Chatwoot, Dialogflow and Rasa are recognised; of any other table you choose the columns. For Rasa, upload "
    "nlu.yml and domain.yml together."
)


@dataclass(frozen=True)
class _Read:
    """Files that were read, the name for these very files, and how they were to be read."""

    digest: str
    choices: ReadingChoices
    found: ReadFile


def render(principal: Principal, org_id: str) -> ReadFile | None:
    """The field, what was uploaded, and how it is understood; None while something is to be said first."""
    times: int = session.get(PAGE, org_id, "imports") or 0
    given = uploads.fields(
        "Upload a table of questions and answers",
        kinds=KINDS,
        megabytes=MEGABYTES,
        key=session.key(PAGE, org_id, f"import_{times}"),
        about=_ABOUT,
    )
    if not given:
        st.caption(
            "Nothing changes before you have seen what every row does. A table has a column **question** and one "
            "**answer**; **alternates**, **tags**, **enabled** and **id** may follow."
        )
        return None
    files = [(one.name, one.getvalue()) for one in given]
    digest = _digest(files)
    choices = reading_choices.made(org_id, digest)
    read = _read(principal, org_id, files, digest, choices)
    if read is None:
        return None
    found = read.found
    _told(found)
    if found.has_columns:
        with st.expander("How the file is read", expanded=not found.is_clear):
            st.caption(notices.plain(f"Read as {found.how}."))
            if len(files) == 1:
                reading_choices.render(org_id, digest, found.table, _as_read(found, choices))
            found = found.with_columns(_columns(org_id, read))
    return found


def forget(org_id: str) -> None:
    """Empty the field, once the file is imported."""
    session.put(PAGE, org_id, "imports", (session.get(PAGE, org_id, "imports") or 0) + 1)
    session.drop(PAGE, org_id, "import_read")


def _as_read(found: ReadFile, choices: ReadingChoices) -> ReadingChoices:
    """The choices with the line of the headings that was guessed, so that it can be put right."""
    return ReadingChoices(sheet=choices.sheet, key=choices.key, headings=found.table.headings.line)


def _told(found: ReadFile) -> None:
    rows = sum(len(table.rows) + len(table.problems) for table in found.tables)
    how = "" if found.has_columns else f" ({found.how})"  # else it is told where it can be put right
    words = f"Read “{found.name}” as {found.format.words}: {counted(rows, 'row')}{how}"
    st.caption(notices.plain(words))
    if found.unread_sheets:
        way = " Choose the sheet under “How the file is read” to import it." if found.has_columns else ""
        st.info(notices.plain(found.unread_sheets + way), icon=":material/tab:")


def _read(
    principal: Principal, org_id: str, files: Sequence[Upload], digest: str, choices: ReadingChoices
) -> _Read | None:
    kept: _Read | None = session.get(PAGE, org_id, "import_read")
    if kept is not None and kept.digest == digest and _fits(kept, choices):
        return kept
    try:
        with st.spinner("Reading the file…"):
            found = frontline().transfer.read(principal, org_id, files, choices=choices)
    except FrontlineError as error:
        notices.show(error)
        return None
    read = _Read(digest, choices, found)
    session.put(PAGE, org_id, "import_read", read)
    return read


def _fits(kept: _Read, choices: ReadingChoices) -> bool:
    """Whether a file was read as is asked for now; what nobody has chosen may be as it is."""
    table = kept.found.table
    line = table.headings.line if table.headings.known else None
    asked = ((choices.sheet, table.sheet), (choices.key, table.key), (choices.headings, line))
    return all(wanted is None or wanted == have for wanted, have in asked)


def _columns(org_id: str, read: _Read) -> TableColumns:
    """The column of each role: as it was recognised, or as somebody chose."""
    table, seen = read.found.table, read.found.columns
    name = f"{read.digest}_{table.sheet}_{table.key}_{table.headings.line}"
    chosen: dict[str, str | None] = {}
    single = [role for role in ROLES if role != "alternates"]
    for start in range(0, len(single), _A_LINE):
        for place, role in zip(st.columns(_A_LINE), single[start : start + _A_LINE], strict=False):
            with place:
                chosen[role] = _box(org_id, name, role, table.columns, getattr(seen, role))
    alternates = st.multiselect(
        ROLES["alternates"],
        table.columns,
        default=list(seen.alternates),
        key=session.key(PAGE, org_id, f"column_alternates_{name}"),
        placeholder=_NONE,
    )
    return TableColumns(alternates=tuple(alternates), **chosen)


def _box(org_id: str, name: str, role: str, columns: Sequence[str], seen: str | None) -> str | None:
    found: str | None = st.selectbox(
        ROLES[role],
        [None, *columns],
        index=columns.index(seen) + 1 if seen else 0,
        format_func=lambda column: _NONE if column is None else column,
        key=session.key(PAGE, org_id, f"column_{role}_{name}"),
    )
    return found


def _digest(files: Sequence[Upload]) -> str:
    made = hashlib.sha256()
    for name, data in files:
        made.update(hashlib.sha256(name.encode("utf-8", "replace")).digest() + hashlib.sha256(data).digest())
    return made.hexdigest()
