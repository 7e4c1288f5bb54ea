"""Files that Frontline exported itself: the results of a run, and kept test questions."""

from core.datasets.answer_lists import joined
from core.datasets.columns import ROLES, ColumnMapping, ExpectedKind
from core.datasets.expectations import FALLBACK_MARK
from core.datasets.export_names import A_PERSON_READ, DATASET_COLUMNS, RESULT_COLUMNS, name_in_file
from core.datasets.formats.recognised import RecognisedFile, rewritten
from core.files.table import Table

_RESULTS = {"Line", "Question", "Outcome", "Expected", "Given", "Answer given", "Expected No."}
_DATASET = {"question", "expected_id", "also_accept", "held_out", "corrected_by"}
_LABELS = "What is expected is read from the numbers in “Expected No.”, and what came out of the run is left aside."


def read_results(table: Table) -> RecognisedFile | None:
    """The table if it holds the rows of a run: the test questions with their labels, without what came out.

    The other columns of the file that was run are there again, under the names that they had.
    """
    if not set(table.columns) >= _RESULTS:
        return None
    numbers = table.column("Expected No.")
    named = table.column("Named No.") if "Named No." in table.columns else numbers
    ids = [(some or every).split() for some, every in zip(named, numbers, strict=True)]
    nobody = [FALLBACK_MARK if text.strip() in A_PERSON_READ else "" for text in table.column("Expected")]
    columns = {
        "question": table.column("Question"),
        "expected": [found[0] if found else mark for found, mark in zip(ids, nobody, strict=True)],
        "also_accept": [joined(found[1:]) for found in ids],
    }
    columns |= {role: table.column(role.capitalize()) for role in _OPTIONAL if role.capitalize() in table.columns}
    return _recognised(table, columns, RESULT_COLUMNS, words="results exported by Frontline", remarks=(_LABELS,))


def read_dataset(table: Table) -> RecognisedFile | None:
    """The table if it holds kept test questions; what is only there to be read is left aside."""
    if not set(table.columns) >= _DATASET:
        return None
    columns = {"question": table.column("question"), "expected": table.column("expected_id")}
    columns |= {role: table.column(role) for role in ("also_accept", *_OPTIONAL) if role in table.columns}
    return _recognised(table, columns, DATASET_COLUMNS, words="test questions kept by Frontline", remarks=())


_NEEDED = ("question", "expected")
_OPTIONAL = ("tags", "split", "note", "group")


def _recognised(
    table: Table, by_role: dict[str, list[str]], own: tuple[str, ...], *, words: str, remarks: tuple[str, ...]
) -> RecognisedFile:
    """The columns that have a role, and those of the file that was uploaded once; of our own no other."""
    others = {name_in_file(heading, own): table.column(heading) for heading in table.columns if heading not in own}
    by_role = {role: cells for role, cells in by_role.items() if role in _NEEDED or any(map(str.strip, cells))}
    names = {role: _free(ROLES[role], others) for role in by_role}
    columns = {names[role]: cells for role, cells in by_role.items()} | others
    mapping = ColumnMapping(**names, expected_kind=ExpectedKind.ID)  # type: ignore[arg-type]
    return RecognisedFile(words=words, table=rewritten(table, columns, {}), mapping=mapping, remarks=remarks)


def _free(name: str, taken: dict[str, list[str]]) -> str:
    while name in taken:
        name = f"{name} (Frontline)"
    return name
