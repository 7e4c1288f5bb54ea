"""What is kept of test questions: a named dataset, its versions, and rows that say who labelled them."""

from dataclasses import dataclass
from datetime import datetime

from core.datasets.labels import LabelKind


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
class Content:
    """What a row says. ``meant`` are the entries that the file or a person named, each of which is right.

    Which others are right as well, because they have the same answer, depends on the revision of the table. ``others``
    are the cells of the file's other columns, each with its heading.
    """

    question: str
    kind: LabelKind
    meant: tuple[int, ...] = ()
    tags: tuple[str, ...] = ()
    split: str = ""
    note: str = ""
    group: str = ""
    others: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class DatasetRow:
    """A row of a version. ``row`` is its number, the same in all versions; ``line`` its place in the order.

    ``held_out`` says that its phrasing is not in the table of answers, so that it can test the engine; ``labelled`` is
    the person who corrected its label, None for a label of the file.
    """

    row: int
    line: int
    content: Content
    expected_as_given: str
    held_out: bool = True
    labelled: PersonsLabel | None = None
