"""Test data of semantic-router: an utterance, the route it belongs to, and routes that are right as well."""

from dataclasses import replace

from core.datasets.columns import ExpectedKind, recognise
from core.datasets.expectations import FALLBACK_MARK
from core.datasets.formats.recognised import RecognisedFile, plainly_named, rewritten
from core.files.table import Table

_NO_ROUTE = ("none", "null")


def read(table: Table) -> RecognisedFile | None:
    """The table if it names routes; "None" as the expected route means that a person takes over."""
    names = plainly_named(table)
    if not {"utterance", "expectedroute"} <= names.keys():
        return None
    expected = names["expectedroute"]
    columns = {column: table.column(column) for column in table.columns}
    columns[expected] = [FALLBACK_MARK if c.strip().casefold() in _NO_ROUTE else c for c in columns[expected]]
    return RecognisedFile(
        words="test data of semantic-router",
        table=rewritten(table, columns, {}),
        mapping=replace(
            recognise(table),
            question=names["utterance"],
            expected=expected,
            expected_kind=ExpectedKind.AUTO,
            also_accept=names.get("alternateroutes"),
        ),
        remarks=("A route is taken for the question, the answer or the number of an entry.",),
    )
