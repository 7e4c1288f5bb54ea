"""The rows of a dataset as they read against one revision of the table: what was right may have changed since."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.datasets.columns import ExpectedKind
from core.datasets.dataset import DatasetRow, TestQuestion
from core.datasets.expectations import Expectations
from core.datasets.labels import Label, LabelKind
from core.datasets.preview import BadRow, Preview, preview_of
from core.questions.entry import Entry

NOT_HELD_OUT = "in the table"
"""The tag of rows that are run although their phrasing was put into the table, so that figures can show them apart."""


def resolved(rows: Iterable[DatasetRow], entries: Sequence[Entry], *, with_known: bool = False) -> Preview:
    """The rows that can be run against ``entries`` (the whole table of a revision), and why others cannot.

    Wherever a row expects an entry, enabled ones with the same answer are right as well. Rows that are no longer held
    out are left out unless ``with_known``; then they carry the tag NOT_HELD_OUT.
    """
    return preview_of(_checked(rows, Expectations(entries, "", ExpectedKind.ID), with_known), entries)


def _checked(
    rows: Iterable[DatasetRow], expectations: Expectations, with_known: bool
) -> Iterator[TestQuestion | BadRow]:
    labels: dict[tuple[int, ...], Label | str] = {}
    for row in rows:
        if not row.held_out and not with_known:
            continue
        content = row.content
        if content.label.kind is LabelKind.FALLBACK:
            label: Label | str = content.label
        else:
            if content.meant not in labels:
                labels[content.meant] = expectations.of_entries(content.meant)
            label = labels[content.meant]
        if isinstance(label, str):
            yield BadRow(line=content.line, question=content.question, reason=label)
            continue
        tags = content.tags if row.held_out else (*content.tags, NOT_HELD_OUT)
        yield replace(content, label=label, tags=tags)
