"""Gives headings to a kind of file that is known to come without: its columns are known by their place."""

import itertools
import re
from collections.abc import Iterable, Iterator

from core.files.records import Record
from core.files.table import NO_HEADINGS, RowProblem

BATCH_TEST = ("KB ID", "Question", "Metadata tags", "Top", "Expected answer ID")
"""The columns of a batch test of QnA Maker, in order; the last three may be left out.

Source: https://learn.microsoft.com/azure/ai-services/qnamaker/reference-tsv-format-batch-testing
"""
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def with_headings(records: Iterable[Record], delimiter: str) -> Iterator[Record]:
    """The records, after the headings of a batch test where the first is a row of one: it begins with an id."""
    source = iter(records)
    for record in source:
        if not isinstance(record, RowProblem) and not any(cell.strip() for cell in record[1]):
            continue
        if delimiter == "\t" and not isinstance(record, RowProblem) and _is_batch_test(record[1]):
            yield NO_HEADINGS, list(BATCH_TEST[: len(record[1])])
        yield from itertools.chain([record], source)


def _is_batch_test(cells: list[str]) -> bool:
    return 2 <= len(cells) <= len(BATCH_TEST) and _UUID.fullmatch(cells[0].strip()) is not None
