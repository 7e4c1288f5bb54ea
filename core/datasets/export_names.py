"""The names of the columns that Frontline writes itself, so that its files can be uploaded again whole."""

from collections.abc import Collection, Iterable

from core.files.escaping import MARKER

A_PERSON = "a person"
"""What stands for a person where an entry's question would, wherever it is read."""

A_PERSON_READ = frozenset({A_PERSON, "(to a person)"})
"""What is read as that, in files that were exported earlier too."""

RESULT_COLUMNS = (
    *("Line", "Question", "Outcome", "Expected", "Given", "Confidence", "Nearest question", "Nearest phrasing"),
    *("Answer given", "Time (ms)", "Problem", "Threshold", "Expected as given", "Expected No.", "Named No."),
    *("Given No.", "Nearest No.", "Score", "Tags", "Split", "Note", "Group", "Tokens sent", "Tokens received"),
    *("Tokens from cache", "Cost (USD)", "Kept reply", "Expected was offered"),
)
"""The columns of a run's rows; those of the uploaded file that have no role follow them."""

DATASET_COLUMNS = (
    *("question", "expected_id", "also_accept", "tags", "split", "note", "group"),
    *("expected_question", "held_out", "corrected_by", "corrected_at"),
)
"""The columns of kept test questions; those of the uploaded file that have no role follow them."""

_OF_FILE = " (file)"


def name_in_export(column: str, own: Collection[str]) -> str:
    """The heading of a file's column among our ``own`` ones: marked where it reads like one of these."""
    return f"{column}{_OF_FILE}" if _base(column) in {*own, MARKER} else column


def name_in_file(heading: str, own: Collection[str]) -> str:
    """The heading that ``name_in_export`` was given."""
    is_marked = heading.endswith(_OF_FILE) and _base(heading) in {*own, MARKER}
    return heading.removesuffix(_OF_FILE) if is_marked else heading


def others_as_columns(rows: Iterable[Iterable[tuple[str, str]]], own: Collection[str]) -> dict[str, list[str]]:
    """The other cells of rows as columns to export, in the order in which they come up; empty where a row has none."""
    cells = [dict(row) for row in rows]
    names = dict.fromkeys(name for row in cells for name in row)
    return {name_in_export(name, own): [row.get(name, "") for row in cells] for name in names}


def _base(heading: str) -> str:
    while heading.endswith(_OF_FILE):
        heading = heading.removesuffix(_OF_FILE)
    return heading
