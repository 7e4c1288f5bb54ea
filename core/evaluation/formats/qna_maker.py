"""Batch tests of QnA Maker: tab-separated, without headings, which the reader of files gives them by their place."""

from core.evaluation.columns import ExpectedKind, Mapping
from core.evaluation.expectations import FALLBACK_MARK
from core.evaluation.formats.recognised import Recognised, rewritten
from core.files.headings import BATCH_TEST
from core.files.table import Table

_KB_ID, _QUESTION, _METADATA, _, _EXPECTED = BATCH_TEST
_NO_MATCH = "-1"
"""The id that QnA Maker gives when it has no answer."""


def read(table: Table) -> Recognised | None:
    """The table if it has the headings of a batch test; the metadata become tags, and the id -1 a person."""
    if table.columns[:2] != (_KB_ID, _QUESTION) or not set(table.columns) <= set(BATCH_TEST):
        return None
    columns = {column: table.column(column) for column in table.columns}
    has_ids = _EXPECTED in columns
    if has_ids:
        columns[_EXPECTED] = [FALLBACK_MARK if cell.strip() == _NO_MATCH else cell for cell in columns[_EXPECTED]]
    mapping = Mapping(
        question=_QUESTION,
        expected=_EXPECTED if has_ids else None,
        expected_kind=ExpectedKind.ID if has_ids else ExpectedKind.AUTO,
        tags=_METADATA if _METADATA in columns else None,
    )
    same_numbers = (
        "The expected answer ids are read as the numbers of entries here. Those of QnA Maker are its own: look below "
        "whether they mean the same."
    )
    return Recognised(
        words="a batch test of QnA Maker",
        table=rewritten(table, columns, {}),
        mapping=mapping,
        remarks=(same_numbers,) if has_ids else (),
    )
