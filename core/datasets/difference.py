"""What changes from one version of a dataset to the rows of a new file: most rows are usually the same."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.datasets.dataset import DatasetRow, TestQuestion
from core.questions.text import same_question_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """The numbers of rows that end, and rows as they are from now on; ``overruled`` labels of people are gone."""

    ended: tuple[int, ...]
    written: tuple[DatasetRow, ...]
    overruled: int = 0

    def __bool__(self) -> bool:
        return bool(self.ended or self.written)


def content_of(question: TestQuestion) -> TestQuestion:
    """What a test question says, wherever it stands and however its file writes the label."""
    return replace(_named(question), line=0, expected_as_given="")


def as_new(questions: Sequence[TestQuestion], first: int = 0) -> list[DatasetRow]:
    """Test questions of a file as the rows of a new dataset, numbered from ``first``."""
    return [DatasetRow(row=first + i, content=_named(question)) for i, question in enumerate(questions)]


def _named(question: TestQuestion) -> TestQuestion:
    """With a label of the entries alone that it names: others are right at one revision of the table only."""
    meant = question.meant or question.label.entry_ids
    return replace(question, label=replace(question.label, entry_ids=meant), meant=meant)


def difference(old: Sequence[DatasetRow], new: Sequence[TestQuestion], next_row: int) -> Difference:
    """What makes ``new`` of the rows of the newest version.

    Nothing when they say the same in the same order, whatever lines they stand on. A row that says what an old one
    said, but perhaps for its other columns, keeps its number, and what a person said about it; other rows are new ones,
    no longer held out where an old row of the same question was not.
    """
    wanted = as_new(new, next_row)
    before, after = ([content_of(row.content) for row in rows] for rows in (old, wanted))
    if before == after:
        return Difference(ended=(), written=())
    spare: dict[TestQuestion, list[DatasetRow]] = defaultdict(list)
    for row, content in zip(reversed(old), reversed(before), strict=True):
        spare[replace(content, others=())].append(row)
    known = {same_question_key(row.content.question) for row in old if not row.held_out}
    written, same = [], set()
    for row, content in zip(wanted, after, strict=True):
        if same_as := spare[replace(content, others=())]:
            kept = same_as.pop()
            same.add(kept.row)
            moved = replace(row.content, expected_as_given=kept.content.expected_as_given)
            if moved != kept.content:
                written.append(replace(kept, content=moved))
        else:
            is_known = bool(known) and same_question_key(row.content.question) in known
            written.append(replace(row, held_out=not is_known))
    gone = [row for row in old if row.row not in same]
    ended = {row.row for row in written} & same
    return Difference(
        ended=(*(row.row for row in gone), *sorted(ended)),
        written=tuple(written),
        overruled=sum(row.labelled is not None for row in gone),
    )
