"""Test questions with their labels, and what is kept of them: a named dataset, its versions, who labelled its rows."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from core.datasets.labels import Label


@dataclass(frozen=True, kw_only=True, slots=True)
class TestQuestion:
    """A question, and what is right for it as far as anybody has said.

    ``line`` is its place in the file or the dataset; ``expected_as_given`` the cell behind the label. ``meant`` are the
    entries that the file or a person named; the label may have more, with the same answers.
    Questions of one ``group`` (of one conversation, say) are not independent of each other: statistics take them
    together. ``others`` are the cells of the file's other columns that hold something, each with its heading.
    """

    __test__: ClassVar[bool] = False  # else pytest takes the name for a class of tests

    line: int
    question: str
    expected_as_given: str
    label: Label
    meant: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    split: str = ""
    note: str = ""
    group: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Dataset:
    """Test questions under a name. ``version`` is the number of the newest of its versions, ``rows`` that one's size.

    An archived one is no longer offered; runs that used it still know it.
    """

    org_id: str
    dataset_id: str
    name: str
    version: int
    rows: int
    archived: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Version:
    """One state of a dataset: its number (1, 2, …), when (UTC) and by whom, why, and from which file if from one."""

    number: int
    at: datetime
    author_id: str
    author: str
    note: str
    source: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonsLabel:
    """Who said by hand what is right, and when (UTC)."""

    user_id: str
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetRow:
    """A row of a version. ``row`` is its number, the same in all versions; its content's line is its place.

    The content's label has the entries alone that the file or a person named: which others are right as well, because
    they have the same answer, depends on the revision of the table. ``held_out`` says that its phrasing is not in the
    table of answers, so that it can test the engine; ``labelled`` is the person who corrected its label, None for a
    label of the file.
    """

    row: int
    content: TestQuestion
    held_out: bool = True
    labelled: PersonsLabel | None = None
