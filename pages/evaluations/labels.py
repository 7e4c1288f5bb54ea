"""What the labels of a file mean that are no stored texts: guessed, to be changed, taken once somebody says so."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from core.datasets.expectations import is_plain_number
from core.datasets.export_names import A_PERSON
from core.datasets.label_values import How, LabelValue
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.plurals import counted
from core.questions.entry import Entry
from pages.shell import session

PAGE = "evaluations"
SHOWN_VALUES = 500
PERSON, NOTHING, LEFT_OUT = A_PERSON, "Not labelled", "(leave these rows out)"
MEANS = "Means"
NUMBERS = (
    ":material/warning: The labels are plain numbers. They may be those of entries, or of classes somewhere else. "
    "Beside each stands the entry that has this number here: look whether it is meant."
)


def render(org_id: str, key: str, values: Sequence[LabelValue], entries: Sequence[Entry]) -> dict[str, Label]:
    """What somebody says that labels mean, by their key; ``key`` names the file, its columns and the table.

    Nothing is shown where every label is a stored text.
    """
    unstored = sorted((v for v in values if v.how is not How.STORED), key=lambda value: -value.rows)
    if not unstored:
        return {}
    told = unstored[:SHOWN_VALUES]
    confirmed = f"labels_confirmed_{key}"
    is_open = any(v.open for v in told)
    with st.expander(needed(told) if is_open else "What the labels mean", expanded=is_open):
        above = st.container()
        is_confirmed = bool(session.get(PAGE, org_id, confirmed))
        means = _edited(org_id, key, told, entries, confirmed=is_confirmed)
        below = st.container(horizontal=True, vertical_alignment="center")
        if any(value.how is How.GUESSED for value in told):
            below.button(
                "These meanings are right",
                icon=":material/check:",
                key=session.key(PAGE, org_id, f"labels_right_{key}"),
                on_click=session.put,
                args=(PAGE, org_id, confirmed, True),
                disabled=is_confirmed,
            )
        chosen = said(told, means, confirmed=is_confirmed)
        for line in in_words(told, chosen):
            above.markdown(line)
        if len(unstored) > len(told):
            above.caption(f"The {len(told):,} most frequent of {len(unstored):,} labels.")
    return chosen


def needed(values: Sequence[LabelValue]) -> str:
    """What is left for a person to do, e.g. "3 labels need you: check 1 guess, choose 2"."""
    guesses = sum(value.how is How.GUESSED for value in values)
    unknown = sum(value.how is How.UNKNOWN for value in values)
    todo = [f"check {counted(guesses, 'guess', 'guesses')}"] if guesses else []
    todo += [f"choose {unknown:,}"] if unknown else []
    need = "needs" if guesses + unknown == 1 else "need"
    return f"{counted(guesses + unknown, 'label')} {need} you: {', '.join(todo)}"


def said(values: Sequence[LabelValue], means: Sequence[str | None], *, confirmed: bool) -> dict[str, Label]:
    """What counts: what somebody chose, and guesses once somebody has said that they are right."""
    chosen = {}
    for value, text in zip(values, means, strict=True):
        label = label_of(text)
        is_guess = value.how is How.GUESSED and label == value.meant
        if label is not None and (confirmed or not is_guess):
            chosen[value.key] = label
    return chosen


def in_words(values: Sequence[LabelValue], chosen: dict[str, Label]) -> list[str]:
    """How far it is, in sentences."""
    left = [value for value in values if value.key not in chosen]
    guesses = sum(value.how is How.GUESSED for value in left)
    unknown = len(left) - guesses
    if not left:
        return ["Every label has a meaning. It is kept with the test questions, for the next file of this name."]
    lines = [NUMBERS] if guesses and all(is_plain_number(value.text) for value in values) else []
    found = []
    if guesses:
        found.append(f"**Check {counted(guesses, 'guess', 'guesses')}:** change what is wrong, then press the button.")
    if unknown:
        found.append(f"**Choose for {counted(unknown, 'label')}** an entry or a person, or leave its rows out.")
    return [*lines, " ".join(found)]


def words(label: Label | None, questions: dict[int, str]) -> str | None:
    """A meaning as the box names it; None where there is none."""
    if label is None:
        return None
    if label.kind is LabelKind.ENTRY:
        entry_id = label.entry_ids[0]
        return f"No. {entry_id} · {questions.get(entry_id, 'switched off or gone')}"
    return PERSON if label.kind is LabelKind.FALLBACK else NOTHING


def label_of(text: str | None) -> Label | None:
    """What the box says; None where the rows are left out."""
    if text == PERSON:
        return TO_FALLBACK
    if text == NOTHING:
        return UNLABELLED
    if text is None or text == LEFT_OUT:
        return None
    return Label(kind=LabelKind.ENTRY, entry_ids=(int(text.removeprefix("No. ").partition(" ")[0]),))


def _edited(
    org_id: str, key: str, told: Sequence[LabelValue], entries: Sequence[Entry], *, confirmed: bool
) -> list[str | None]:
    """The table of labels, and what stands in its boxes.

    Only Why follows what is chosen there: a table with a key and a fixed number of rows keeps its edits when values
    that it was given change.
    """
    questions = {entry.id: " ".join(entry.question.split()) for entry in entries if entry.enabled}
    first = [words(value.meant, questions) for value in told]
    options = [f"No. {entry_id} · {question}" for entry_id, question in questions.items()]
    further = [text for text in dict.fromkeys(first) if text is not None and text not in {PERSON, NOTHING, *options}]
    frame = pd.DataFrame(
        {
            "Label": [value.text for value in told],
            "Rows": [value.rows for value in told],
            MEANS: first,
            "Why": [
                why(value, was, now, confirmed=confirmed)
                for value, was, now in zip(told, first, _chosen(org_id, key, first), strict=True)
            ],
            "First question": [value.question for value in told],
        }
    )
    edited = st.data_editor(
        frame,
        hide_index=True,
        num_rows="fixed",
        placeholder="Choose…",
        disabled=[name for name in frame.columns if name != MEANS],
        key=session.key(PAGE, org_id, f"labels_{key}"),
        column_config={
            "Label": st.column_config.TextColumn(width=160),
            "Rows": st.column_config.NumberColumn(format="localized", width=60),
            MEANS: st.column_config.SelectboxColumn(width=260, options=[PERSON, NOTHING, LEFT_OUT, *options, *further]),
            "Why": st.column_config.TextColumn(width=220),
            "First question": st.column_config.TextColumn(width=180),
        },
    )
    return [text if isinstance(text, str) else None for text in edited[MEANS]]


def _chosen(org_id: str, key: str, first: Sequence[str | None]) -> list[str | None]:
    """What stands in the boxes before they are drawn: what each began with, or what somebody chose."""
    edits = session.widget(session.key(PAGE, org_id, f"labels_{key}"))
    rows = edits.get("edited_rows", {}) if isinstance(edits, Mapping) else {}
    return [rows.get(row, {}).get(MEANS, text) for row, text in enumerate(first)]


def why(value: LabelValue, was: str | None, now: str | None, *, confirmed: bool) -> str:
    """Whence the meaning in a box is: it was ``was`` to begin with, and is ``now``."""
    if now != was:
        return "nothing chosen" if now is None else "left out by you" if now == LEFT_OUT else "chosen by you"
    if value.how is How.GUESSED and confirmed:
        return "confirmed"
    if value.how is How.CHOSEN:
        return "as you said before"
    return f"guess: {value.reason}" if value.how is How.GUESSED else "nothing fits"
