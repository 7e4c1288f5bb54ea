"""Test sets of Copilot Studio: a question, and the whole reply that is expected."""

from dataclasses import replace

from core.datasets.columns import ExpectedKind, recognise
from core.datasets.formats.recognised import RecognisedFile, plainly_named
from core.files.table import Table


def read(table: Table) -> RecognisedFile | None:
    """The table if it has the two columns of a test set; the replies are taken for texts of stored answers."""
    names = plainly_named(table)
    if not {"question", "expectedresponse"} <= names.keys():
        return None
    mapping = replace(
        recognise(table),
        question=names["question"],
        expected=names["expectedresponse"],
        expected_kind=ExpectedKind.ANSWER,
    )
    return RecognisedFile(words="a test set of Copilot Studio", table=table, mapping=mapping)
