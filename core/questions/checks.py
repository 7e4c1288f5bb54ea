"""The rules that a table of answers keeps, and the words for each cell that breaks one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from core.errors import Problem
from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from core.questions.text import same_question_key, shortened, unusable

QUESTION_LIMIT = 500
ANSWER_LIMIT = 5_000
TAG_LIMIT = 60
ALTERNATES_LIMIT = 100
TAGS_LIMIT = 20
ENTRIES_LIMIT = 20_000
"""Limits: characters of a text, chips of a cell, entries of an org."""

LABELS = {
    "question": "Question",
    "answer": "Answer",
    "alternates": "Other phrasings",
    "tags": "Tags",
    "enabled": "On",
}


class TableChecks:
    """Checks changes against one table. Made once for a table, because the look-up of its phrasings costs the most."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self._entries = {entry.id: entry for entry in entries}
        self._first_new_id = max(self._entries, default=0) + 1
        self._askers: dict[str, list[int]] = defaultdict(list)
        for entry in entries:
            if entry.enabled:
                for key in _keys(entry):
                    self._askers[key].append(entry.id)

    def problems(self, changes: Changes) -> list[Problem]:
        """Everything the table would break after these changes, in table order. Only touched entries are looked at."""
        touched = [self._entries[i] for i in sorted({*changes.edited, *changes.deleted}) if i in self._entries]
        after = applied(touched, changes, self._first_new_id)
        found = [problem for entry in after for problem in self._cell_problems(entry)]
        found += self._same_question(after, {entry.id for entry in touched})
        size = len(self._entries) - len(touched) + len(after)
        if size > ENTRIES_LIMIT:
            reason = f"would hold {size:,} entries; {ENTRIES_LIMIT:,} is the limit. Delete some first."
            found.append(Problem(row="The table", field="size", reason=reason))
        return found

    def questions(self, changes: Changes) -> dict[str, str]:
        """The question of each touched row, by the row's name."""
        touched = [self._entries[i] for i in sorted(changes.edited) if i in self._entries]
        after = applied(touched, replace(changes, deleted=frozenset()), self._first_new_id)
        return {self.row_name(entry.id): entry.question for entry in after}

    def row_name(self, entry_id: int) -> str:
        """How people find this row: the entry's number, or the place among the new rows."""
        if entry_id in self._entries:
            return f"No. {entry_id}"
        return f"New entry {entry_id - self._first_new_id + 1}"

    def _cell_problems(self, entry: Entry) -> Iterator[Problem]:
        row = self.row_name(entry.id)
        for name, reason in _broken_cells(entry):
            yield Problem(row=row, field=LABELS[name], reason=reason)

    def _same_question(self, after: Iterable[Entry], touched: set[int]) -> Iterator[Problem]:
        taken: dict[str, int] = {}
        for entry in after:
            if not entry.enabled:
                continue
            for phrasing in entry.phrasings:
                key = same_question_key(phrasing)
                others = [i for i in self._askers.get(key, ()) if i not in touched]
                if key and taken.setdefault(key, entry.id) != entry.id:
                    others.append(taken[key])
                if key and others:
                    name = "question" if phrasing == entry.question else "alternates"
                    reason = stored_already(phrasing, self.row_name(others[0]))
                    yield Problem(row=self.row_name(entry.id), field=LABELS[name], reason=reason)


def stored_already(phrasing: str, row: str) -> str:
    """That another row stores this question."""
    return f"“{shortened(phrasing)}” is already in {row}: keep it in one place."


def _keys(entry: Entry) -> set[str]:
    return {same_question_key(phrasing) for phrasing in entry.phrasings}


def _broken_cells(entry: Entry) -> Iterator[tuple[str, str]]:
    for name, text, limit in (("question", entry.question, QUESTION_LIMIT), ("answer", entry.answer, ANSWER_LIMIT)):
        if not text.strip():
            yield name, "is empty: write something, or delete the entry."
        elif reason := unusable(text, limit):
            yield name, reason
    for name, chips, most, limit in (
        ("alternates", entry.alternates, ALTERNATES_LIMIT, QUESTION_LIMIT),
        ("tags", entry.tags, TAGS_LIMIT, TAG_LIMIT),
    ):
        if len(chips) > most:
            yield name, f"has {len(chips):,} items; {most:,} is the limit."
        for chip in chips:
            if reason := unusable(chip, limit):
                yield name, f"“{shortened(chip)}” {reason}"
