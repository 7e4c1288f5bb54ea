"""Batch tests of QnA Maker: tab-separated, without headings, which the reader of files gives them by their place."""

from core.datasets.columns import ColumnMapping
from core.datasets.formats.recognised import RecognisedFile
from core.files.headings import BATCH_TEST
from core.files.table import Table

_KB_ID, _QUESTION, _METADATA, _, _EXPECTED = BATCH_TEST


def read(table: Table) -> RecognisedFile | None:
    """The table if it has the headings of a batch test; the metadata become tags.

    The answer ids (-1 where QnA Maker has no answer) are its own: like labels that are plain numbers they say nothing
    before somebody has said what they mean.
    """
    if table.columns[:2] != (_KB_ID, _QUESTION) or not set(table.columns) <= set(BATCH_TEST):
        return None
    has_ids = _EXPECTED in table.columns
    mapping = ColumnMapping(
        question=_QUESTION,
        expected=_EXPECTED if has_ids else None,
        tags=_METADATA if _METADATA in table.columns else None,
    )
    its_own = "The expected answer ids are those of QnA Maker: say below which entries here they mean."
    return RecognisedFile(
        words="a batch test of QnA Maker",
        table=table,
        mapping=mapping,
        remarks=(its_own,) if has_ids else (),
    )
