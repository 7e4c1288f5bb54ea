"""Which column of a table means what, recognised by its heading and corrected by people."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from core.datasets.heading_names import columns_by_name, first_column
from core.errors import InvalidInput, Problem
from core.files.messages import quoted_cells
from core.files.table import NO_HEADINGS, Table, heading_key
from core.transfer import headings

ROLES = {
    "question": "Question",
    "answer": "Answer",
    "alternates": "Other phrasings",
    "tags": "Tags",
    "enabled": "On",
    "number": "Number",
}
"""The name for people of each role of a column."""
_NAMES = {
    "question": headings.QUESTION,
    "answer": headings.ANSWER,
    "alternates": headings.ALTERNATES,
    "tags": headings.TAGS,
    "enabled": headings.ENABLED,
    "number": headings.NUMBER,
}
_CONTENTS: dict[str, Callable[[str], bool]] = {
    "enabled": lambda cell: cell in headings.ON or cell in headings.OFF,
    "number": str.isdecimal,
}
"""What has to stand in every cell of a column before its heading alone is believed: "Status" may be anything."""
_ONE_COLUMN = "there is only one column. A table has one of questions and one of answers."
OWN_COLUMNS = ("id", "question", "answer", "alternates", "tags", "enabled")
"""The columns of our own download."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableColumns:
    """The column for each role, None for no such column; the phrasings may stand in several."""

    question: str | None = None
    answer: str | None = None
    alternates: tuple[str, ...] = ()
    tags: str | None = None
    enabled: str | None = None
    number: str | None = None

    def used(self) -> list[tuple[str, str]]:
        """Each role that has a column, with it."""
        single = [(role, getattr(self, role)) for role in ROLES if role != "alternates"]
        return [(role, column) for role, column in single if column] + [("alternates", one) for one in self.alternates]

    def check(self, columns: Sequence[str]) -> None:
        """Raise InvalidInput unless questions and answers have a column each, and every column is there, once."""
        if len(columns) == 1:
            raise InvalidInput(
                [_problem("answer", "there is only one column. A table has one of questions and one of answers.")]
            )
        problems = [
            _problem(role, f"choose the column that holds the {ROLES[role].lower()}s, of {quoted_cells(columns)}.")
            for role in ("question", "answer")
            if not getattr(self, role)
        ]
        taken: dict[str, str] = {}
        for role, column in self.used():
            if column not in columns:
                problems.append(_problem(role, f"there is no column “{column}” in this file."))
            elif taken.setdefault(column, role) != role:
                problems.append(_problem(role, f"the column “{column}” is already {ROLES[taken[column]]}."))
        if problems:
            raise InvalidInput(problems)


def recognise(table: Table) -> TableColumns:
    """What the headings say, whatever their case, spacing and punctuation; of two columns without, by their place."""
    by_name = columns_by_name(table.columns)
    found: dict[str, str] = {}
    for role, names in _NAMES.items():
        first = first_column(names, by_name, found.values())
        if first is not None:
            found[role] = first
        elif role in headings.ENDINGS and (longer := _ending(table, headings.ENDINGS[role], found.values())):
            found[role] = longer
    for role, fits in _CONTENTS.items():
        cells = table.column(found[role]) if role in found and not set(OWN_COLUMNS) <= set(table.columns) else []
        if not all(fits(cell.strip().casefold()) for cell in cells if cell.strip()):
            del found[role]
    main = found.pop("alternates", None)
    if "question" not in found and "answer" not in found and not main:
        found |= _by_place(table)
    several = [column for column in table.columns if column not in found.values() and _is_numbered(column)]
    alternates = tuple(dict.fromkeys([*([main] if main else []), *several]))
    return TableColumns(alternates=alternates, **found)


def _ending(table: Table, endings: Sequence[str], used: Iterable[str]) -> str | None:
    """The one column whose heading ends so; None where several do."""
    found = [column for column in table.columns if heading_key(column).endswith(tuple(endings))]
    free = [column for column in found if column not in set(used)]
    return free[0] if len(free) == 1 else None


def _by_place(table: Table) -> dict[str, str]:
    """Of a table of two columns the first has the questions; people write it so, and so does Dialogflow."""
    if len(table.columns) != 2 or table.headings.line != NO_HEADINGS:
        return {}
    return {"question": table.columns[0], "answer": table.columns[1]}


def _is_numbered(column: str) -> bool:
    key = heading_key(column)
    name = key.rstrip("0123456789")
    return name != key and name.removesuffix("s") in headings.ALTERNATES


def _problem(role: str, reason: str) -> Problem:
    return Problem(row="The columns", field=ROLES[role], reason=reason)
