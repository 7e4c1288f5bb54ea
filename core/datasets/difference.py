"""What changes from one version of a dataset to the rows of a new file: most rows are usually the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.datasets.dataset import Content, DatasetRow
from core.datasets.preview import TestRow
from core.questions.text import same_question_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The numbers of rows that end, and rows as they are from now on; ``overruled`` labels of people are gone."""

    ended: tuple[int, ...]
    written: tuple[DatasetRow, ...]
    overruled: int = 0

    def __bool__(self) -> bool:
        return bool(self.ended or self.written)


def content_of(row: TestRow) -> Content:
    """What a checked row of a file says."""
    return Content(
        question=row.question,
        kind=row.label.kind,
        meant=row.meant or row.label.entry_ids,
        tags=row.tags,
        split=row.split,
        note=row.note,
        group=row.group,
        others=row.others,
    )


def _without_others(content: Content) -> Content:
    return replace(content, others=())


def as_new(rows: Sequence[TestRow], first: int = 0) -> list[DatasetRow]:
    """Rows of a file as those of a new dataset, numbered from ``first``."""
    return [
        DatasetRow(row=first + i, line=row.line, content=content_of(row), expected_as_given=row.expected_as_given)
        for i, row in enumerate(rows)
    ]


def difference(old: Sequence[DatasetRow], new: Sequence[TestRow], next_row: int) -> Difference:
    """What makes ``new`` of the rows of the newest version.

    Nothing when they say the same in the same order, whatever lines they stand on. A row that says what an old one
    said, but perhaps for its other columns, keeps its number, and what a person said about it; other rows are new ones,
    no longer held out where an old row of the same question was not.
    """
    wanted = as_new(new, next_row)
    if [row.content for row in wanted] == [row.content for row in old]:
        return Difference(ended=(), written=())
    spare: dict[Content, list[DatasetRow]] = defaultdict(list)
    for row in reversed(old):
        spare[_without_others(row.content)].append(row)
    known = {same_question_key(row.content.question) for row in old if not row.held_out}
    written, same = [], set()
    for row in wanted:
        if same_as := spare[_without_others(row.content)]:
            kept = same_as.pop()
            same.add(kept.row)
            if (kept.line, kept.content.others) != (row.line, row.content.others):
                written.append(replace(kept, line=row.line, content=row.content))
        else:
            is_known = bool(known) and same_question_key(row.content.question) in known
            written.append(replace(row, held_out=not is_known))
    gone = [row for row in old if row.row not in same]
    moved = {row.row for row in written} & same
    return Difference(
        ended=(*(row.row for row in gone), *sorted(moved)),
        written=tuple(written),
        overruled=sum(row.labelled is not None for row in gone),
    )
