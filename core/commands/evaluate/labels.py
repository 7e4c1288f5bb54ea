"""What labels mean, on the command line: as somebody says there or said before, and words for those nobody knows."""

import shlex
from collections.abc import Mapping

from core.datasets.expectations import is_plain_number, value_key
from core.datasets.label_values import How, LabelValue
from core.datasets.labels import Label, LabelKind
from core.datasets.meanings import NOTHING, PERSON, meaning_of
from core.datasets.preview import Preview
from core.plurals import counted

TOLD = 50
_FORM = (
    f"“{{}}”: write LABEL=MEANING, where the meaning is the number of an entry, {PERSON}, or {NOTHING} for no label."
)


def label_said(text: str) -> tuple[str, Label]:
    """A label and its meaning, from LABEL=MEANING. Raises ValueError with words."""
    value, _, meaning = text.rpartition("=")
    if not value.strip() or (label := meaning_of(meaning)) is None:
        raise ValueError(_FORM.format(text))
    return value_key(value), label


def open_labels(preview: Preview) -> list[str]:
    """What to do about labels of which nobody has said what they mean, a line each; nothing where there are none."""
    waiting = [value for value in preview.values if value.open]
    if not waiting:
        return []
    means = "1 label means" if len(waiting) == 1 else f"{len(waiting):,} labels mean"
    lines = [
        f"What {means} is not sure. Say it here, or on the page Evaluations; it is kept with the test questions of "
        "this name:",
        *(f"  {_advice(value, preview.stored)}" for value in waiting[:TOLD]),
    ]
    if len(waiting) > TOLD:
        lines.append(f"  and {len(waiting) - TOLD:,} more")
    if all(is_plain_number(value.text) for value in waiting):
        lines.append("If these are all numbers of entries, say so with --expected-kind id.")
    return lines


def nothing_labelled(preview: Preview) -> str:
    """Words for a file in which no question has a label, with the columns that may hold them; "" where one has."""
    if any(row.label.kind is not LabelKind.NONE for row in preview.good):
        return ""
    offered = ", ".join(f"--column {shlex.quote(f'expected={column}')}" for column in preview.offered)
    perhaps = f" If one of these columns says what is expected, name it: {offered}" if offered else ""
    return f"No question has a label, so nothing can be said about what is right.{perhaps}"


def _advice(value: LabelValue, questions: Mapping[int, str]) -> str:
    rows = counted(value.rows, "row")
    option = "--label=" if value.text.startswith("-") else "--label "
    if value.how is How.UNKNOWN or value.meant is None:
        return f"{option}{shlex.quote(f'{value.text}=…')}  ({rows}; nothing fits)"
    ids = value.meant.entry_ids
    meaning = str(ids[0]) if ids else PERSON
    means = f"“{questions.get(ids[0], '')}”, " if ids else ""
    return f"{option}{shlex.quote(f'{value.text}={meaning}')}  ({rows}; {means}a guess: {value.reason})"
