"""Which column of an upload means what, recognised by its heading and corrected by people."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from core.datasets.heading_names import EXPECTED, OTHERS, QUESTION, columns_by_name, first_column
from core.errors import InvalidInput, Problem
from core.files.table import Table


class ExpectedKind(StrEnum):
    """What the column with the expectation holds. ``label`` names it for people."""

    AUTO = ("auto", "Whatever fits")
    """A question, an answer or a number, whichever is stored; refused where it fits several that differ."""
    ANSWER = ("answer", "The text of an answer")
    QUESTION = ("question", "A stored question")
    ID = ("id", "The number of an entry")

    label: str

    def __new__(cls, value: str, label: str) -> "ExpectedKind":
        """Make a member: its value, its name for people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


@dataclass(frozen=True, kw_only=True, slots=True)
class ColumnMapping:
    """The column for each role, None for no such column. ``expected_kind`` says what ``expected`` holds.

    ``also_accept`` lists other right answers, of the same kind, with a line break, ``|`` or ``;`` between them.

    Columns that are none of these and not ``ignored`` are kept with each row as they are.

    In every kind of expectation ``__fallback__`` and the org's fallback text mean the fallback, and an empty cell that
    nobody has said what is expected.
    """

    question: str | None = None
    expected: str | None = None
    expected_kind: ExpectedKind = ExpectedKind.AUTO
    also_accept: str | None = None
    tags: str | None = None
    split: str | None = None
    note: str | None = None
    group: str | None = None
    ignored: tuple[str, ...] = ()

    def columns(self) -> dict[str, str]:
        """The chosen column for each role that has one."""
        return {role: getattr(self, role) for role in ROLES if getattr(self, role) is not None}

    def kept(self, columns: Sequence[str]) -> list[str]:
        """The columns that are only kept: they have no role, and nobody said to ignore them."""
        used = {*self.columns().values(), *self.ignored}
        return [column for column in columns if column not in used]

    def check(self, columns: Sequence[str]) -> None:
        """Raise InvalidInput unless the questions have a column, not that of the expectations, and all are there."""
        problems = [] if self.question else [_problem("question", "choose the column that holds the questions.")]
        for role, column in self.columns().items():
            if column not in columns:
                problems.append(_problem(role, f"there is no column “{column}” in this file."))
        if self.question and self.expected == self.question:
            problems.append(_problem("expected", f"the column “{self.expected}” holds the questions. Choose another."))
        if problems:
            raise InvalidInput(problems)


ROLES = {
    "question": "Question",
    "expected": "Expected",
    "also_accept": "Also right",
    "tags": "Tags",
    "split": "Split",
    "note": "Note",
    "group": "Group",
}
"""The name for people of each role of a ``ColumnMapping``."""


_KINDS = {kind.value: kind for kind in ExpectedKind}


def recognise(table: Table) -> ColumnMapping:
    """What the headings say, whatever their case, spacing and punctuation ("Expected answer", ``expectedAnswer``).

    The surest name wins where several fit. A table of one column is taken for the questions.
    """
    by_name = columns_by_name(table.columns)
    question = first_column(QUESTION, by_name, ()) or (table.columns[0] if len(table.columns) == 1 else None)
    used = {question}
    expected = first_column(EXPECTED, by_name, used)
    kind = next((_KINDS[k] for name, k in EXPECTED.items() if expected and by_name.get(name) == expected), None)
    used.add(expected)
    others: dict[str, str | None] = {}
    for role, names in OTHERS.items():
        others[role] = first_column(names, by_name, used)
        used.add(others[role])
    return ColumnMapping(question=question, expected=expected, expected_kind=kind or ExpectedKind.AUTO, **others)  # type: ignore[arg-type]


def _problem(role: str, reason: str) -> Problem:
    return Problem(row="The columns", field=ROLES[role], reason=reason)
