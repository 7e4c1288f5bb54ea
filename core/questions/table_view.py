"""Which rows of a table are shown and in which order: what a person looks for, keeps to, and sorts by."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from core.questions.entry import Entry
from core.questions.finding import FoldedTexts, found
from core.questions.text import same_question_key

SIMILAR_LIMIT = 100
"""So many entries are shown at most that a search finds only with a typing error."""
_ROW_NAME = re.compile(r"no\.\s*(?P<number>\d{1,9})|new entry\s*(?P<new>\d{1,9})", re.IGNORECASE)


class Filter(StrEnum):
    """What entries can be kept to; the values are the words that are shown."""

    OFF = "Off"
    NO_PHRASINGS = "No other phrasing"
    NO_TAG = "No tag"
    NO_TEST = "No test question"
    UNSAVED = "Changed, not saved"


class SortOrder(StrEnum):
    """What the rows are sorted by; the values are the words that are shown."""

    NUMBER = "No."
    NEWEST = "Newest first"
    QUESTION = "Question, A–Z"
    ANSWER = "Answer, A–Z"
    TAGS = "Tags, A–Z"
    FEWEST_PHRASINGS = "Fewest phrasings"


Row = tuple[int, Entry]
"""A row's key and what it reads: the key is an entry's id, or below 0 for a new row."""

_SORTED_BY: dict[SortOrder, Callable[[Row], Any]] = {
    SortOrder.NEWEST: lambda row: -row[0],
    SortOrder.QUESTION: lambda row: same_question_key(row[1].question),
    SortOrder.ANSWER: lambda row: same_question_key(row[1].answer),
    SortOrder.TAGS: lambda row: (not row[1].tags, [tag.casefold() for tag in row[1].tags]),
    SortOrder.FEWEST_PHRASINGS: lambda row: len(row[1].alternates),
}


@dataclass(frozen=True, kw_only=True)
class TableView:
    """What a person wants to see of a table: entries that hold each word, pass each filter and have each tag.

    ``only`` are the entries that another part of the page asked for, None for all; ``only_words`` says which these are.
    New rows are always shown, last, so that nothing typed is ever out of sight. A search for the name of a row, such as
    "No. 12" or "New entry 3", shows that row alone, whatever else is wanted.
    """

    search: str = ""
    filters: frozenset[Filter] = frozenset()
    tags: frozenset[str] = frozenset()
    order: SortOrder = SortOrder.NUMBER
    only: frozenset[int] | None = None
    only_words: str = ""

    @property
    def is_narrow(self) -> bool:
        """Whether some entries may be left out."""
        return bool(self.search.strip() or self.filters or self.tags or self.only is not None)


@dataclass(frozen=True, kw_only=True)
class ViewedRows:
    """The rows to show, in order; the last ``similar`` of the entries hold the words only with a typing error."""

    rows: tuple[Row, ...]
    similar: int = 0


def viewed(
    view: TableView,
    table: Sequence[Row],
    *,
    changed: Collection[int] = (),
    tested: Collection[int] = (),
    texts: FoldedTexts | None = None,
) -> ViewedRows:
    """The rows of a table, new ones last, that a view shows.

    ``changed`` are the ids of entries with unsaved changes, ``tested`` of those that a test question expects.
    """
    if (only := _row_named(view.search)) is not None:
        return ViewedRows(rows=tuple(row for row in table if row[0] == only))
    new = tuple(row for row in table if row[0] < 0)
    stored = [row for row in table if row[0] > 0 and _passes(view, row, changed, tested)]
    if view.order in _SORTED_BY:
        stored.sort(key=_SORTED_BY[view.order])
    if not view.search.strip():
        return ViewedRows(rows=(*stored, *new))
    errors = found(view.search, (entry for _, entry in stored), texts or FoldedTexts())
    hits = sorted((row for row in stored if row[0] in errors), key=lambda row: errors[row[0]])
    exact = sum(not errors[key] for key, _ in hits)
    hits = hits[: exact + SIMILAR_LIMIT]
    return ViewedRows(rows=(*hits, *new), similar=len(hits) - exact)


def _passes(view: TableView, row: Row, changed: Collection[int], tested: Collection[int]) -> bool:
    key, entry = row
    if view.only is not None and key not in view.only:
        return False
    if not view.tags.issubset(entry.tags):
        return False
    broken = {
        Filter.OFF: entry.enabled,
        Filter.NO_PHRASINGS: bool(entry.alternates),
        Filter.NO_TAG: bool(entry.tags),
        Filter.NO_TEST: key in tested,
        Filter.UNSAVED: key not in changed,
    }
    return not any(broken[wanted] for wanted in view.filters)


def _row_named(search: str) -> int | None:
    """The key of the row with this name (``TableChecks.row_name``), None when it is no name."""
    found_name = _ROW_NAME.fullmatch(search.strip())
    if found_name is None:
        return None
    return -int(found_name["new"]) if found_name["new"] else int(found_name["number"])
