"""What keeps a table from being saved: a short list, in which each line leads to its row."""

import streamlit as st

from core.errors import Problem
from core.plurals import counted
from core.questions.changes import Changes
from core.questions.checks import LABELS
from core.questions.pasted_rows import cut_cells, spills
from pages.questions.editor.state import Editor
from pages.shell import notices, session

PAGE = "questions"
SHOWN = 50
HEIGHT = 100
"""Pixels of the list; a longer one scrolls."""
QUESTION = 32
"""Characters of a row's question that are enough to know it by."""
_SHORT = 2
"""So many problems need no scrolling."""


def found(editor: Editor, changes: Changes) -> list[Problem]:
    """Every cell that has to be put right before the table can be saved."""
    cut = [
        Problem(
            row=_row(key),
            field=LABELS[name],
            reason="letters after an emoji got lost. Delete the pasted rows, press Enter on an empty question, and "
            "paste there: then they come whole.",
        )
        for key, name in cut_cells(changes)
    ]
    held = [
        Problem(
            row=_row(spill.key),
            field=LABELS[spill.field],
            reason=f"holds {counted(len(spill.rows), 'pasted row')}: choose above the table what becomes of them.",
        )
        for spill in spills(changes)
        if spill.field == "question"
    ]
    pasted = {problem.row: problem for problem in [*held, *cut]}  # one is enough for a row that will not stay
    return [*pasted.values(), *(each for each in editor.checks.problems(changes) if each.row not in pasted)]


def _row(key: int) -> str:
    return f"No. {key}" if key > 0 else f"New entry {-key}"


def render(org_id: str, editor: Editor, changes: Changes, problems: list[Problem]) -> None:
    """The list; a click on a line finds its row."""
    questions = editor.checks.questions(changes)
    cells = counted(len(problems), "cell")
    st.markdown(f":red[:material/error: **{cells} to put right before you can save.** Click one to find its entry.]")
    with st.container(height=HEIGHT if len(problems) > _SHORT else "content", border=False, gap=None):
        for place, problem in enumerate(problems[:SHOWN]):
            question = questions.get(problem.row, "")
            start = f" “{question[:QUESTION]}{'…' * (len(question) > QUESTION)}”" if question else ""
            st.button(
                notices.plain(f"{problem.row}{start} · {problem.field}: {problem.reason}"),
                key=session.key(PAGE, org_id, f"problem_{place}"),
                type="tertiary",
                on_click=_find,
                args=(org_id, problem.row),
            )
        if len(problems) > SHOWN:
            st.caption(f"and {len(problems) - SHOWN:,} more")


def _find(org_id: str, row: str) -> None:
    session.set_widget(session.key(PAGE, org_id, "search"), row)
