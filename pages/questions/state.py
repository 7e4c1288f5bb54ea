"""The editor's state in a person's session: the table that is shown, and what was changed in it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from core.questions.changes import Changes
from core.questions.checks import TableChecks
from core.questions.entry import Entry
from core.questions.revisions import EditConflict, Snapshot
from pages.questions.delta import Shown, absorbed, shown


@dataclass(frozen=True)
class Editor:
    """One table on the screen. It changes only by the methods below, each of which gives a new one.

    ``generation`` counts the tables that were shown: a new one has a new widget, so that no old edit is applied to it.
    """

    snapshot: Snapshot
    changes: Changes = field(default_factory=Changes)
    search: str = ""
    generation: int = 0
    conflict: EditConflict | None = None

    @cached_property
    def table(self) -> Shown:
        """The rows that are shown."""
        return shown(self.snapshot.entries, self.changes, self.search)

    @cached_property
    def entries(self) -> dict[int, Entry]:
        """The stored entries by id."""
        return {entry.id: entry for entry in self.snapshot.entries}

    @cached_property
    def checks(self) -> TableChecks:
        """The rules, ready for this table."""
        return TableChecks(self.snapshot.entries)

    def current(self, delta: dict[str, Any] | None) -> Changes:
        """Every unsaved change: those in the shown table and those that the widget reports."""
        return absorbed(self.table, self.entries, delta)

    def again(self, **differences: Any) -> "Editor":  # noqa: ANN401 - fields of this class
        """The same editor with these differences, as a new table on the screen."""
        return replace(self, generation=self.generation + 1, **differences)
