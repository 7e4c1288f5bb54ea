"""The editor's state in a person's session: the table that is shown, and what was changed in it."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from core.questions.changes import FIELD_NAMES, Changes, applied, changed_fields
from core.questions.checks import TableChecks
from core.questions.entry import Entry
from core.questions.finding import FoldedTexts
from core.questions.revisions import EditConflict, Snapshot
from core.questions.table_view import TableView
from pages.questions.editor.delta import Shown, absorbed, shown


class StoredTable:
    """What is worked out of a stored table once, however often its rows are shown anew."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.texts = FoldedTexts()

    @cached_property
    def entries(self) -> dict[int, Entry]:
        """The entries by id."""
        return {entry.id: entry for entry in self.snapshot.entries}

    @cached_property
    def checks(self) -> TableChecks:
        """The rules, ready for this table."""
        return TableChecks(self.snapshot.entries)

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """Every tag, by letter."""
        return tuple(sorted({tag for entry in self.snapshot.entries for tag in entry.tags}, key=str.casefold))

    @cached_property
    def on(self) -> int:
        """How many entries are on."""
        return sum(entry.enabled for entry in self.snapshot.entries)


@dataclass(frozen=True)
class Editor:
    """One table on the screen. It changes only by the methods below, each of which gives a new one.

    ``generation`` counts the tables that were shown: a new one has a new widget, so that no old edit is applied to it.
    ``tested`` are the entries that a test question expects, as far as the view asks for them. While ``is_selecting``,
    rows can be selected and no cell changed. ``drawn`` are the rows of a table that stayed on the screen when it was
    saved, None where the rows are those of the snapshot.
    """

    snapshot: Snapshot
    changes: Changes = field(default_factory=Changes)
    view: TableView = field(default_factory=TableView)
    tested: frozenset[int] = frozenset()
    is_selecting: bool = False
    generation: int = 0
    conflict: EditConflict | None = None
    drawn: Shown | None = None
    stored: StoredTable = None  # type: ignore[assignment] # made below

    def __post_init__(self) -> None:
        if self.stored is None or self.stored.snapshot is not self.snapshot:
            object.__setattr__(self, "stored", StoredTable(self.snapshot))

    @cached_property
    def table(self) -> Shown:
        """The rows that are shown."""
        return self.drawn or shown(
            self.snapshot.entries, self.changes, self.view, tested=self.tested, texts=self.stored.texts
        )

    @property
    def entries(self) -> dict[int, Entry]:
        """The stored entries by id."""
        return self.stored.entries

    @property
    def checks(self) -> TableChecks:
        """The rules, ready for this table."""
        return self.stored.checks

    def current(self, delta: dict[str, Any] | None) -> Changes:
        """Every unsaved change: those in the shown table and those that the widget reports."""
        return absorbed(self.table, self.entries, delta)

    def again(self, **differences: Any) -> "Editor":  # noqa: ANN401 - fields of this class
        """The same editor with these differences, as a new table on the screen."""
        return replace(self, generation=self.generation + 1, drawn=None, **differences)

    def keeps_rows(self, changes: Changes) -> bool:
        """Whether the rows on the screen are the same ones when these changes are saved: new ones get numbers."""
        return not changes.added and min(self.table.keys, default=1) > 0

    def saved(self, snapshot: Snapshot, changes: Changes, delta: dict[str, Any] | None) -> "Editor | None":
        """The editor of the table with these changes saved, while the widget stays and what is typed into it meanwhile.

        None when the widget cannot stay, for it shows other rows or other texts than those that were saved: new rows
        have got numbers, somebody else's changes came in, or the rows would now be others or in another order.
        """
        if not self.keeps_rows(changes):
            return None
        if applied(self.snapshot.entries, changes, first_new_id=0) != list(snapshot.entries):
            return None
        now = {entry.id: entry for entry in snapshot.entries}
        # The browser speaks of edits only where a cell is other than it was drawn: that has to be counted, too.
        before = applied(self.snapshot.entries, self.table.changes, first_new_id=0)
        back = {entry.id: _other_fields(now[entry.id], entry) for entry in before if entry.id in now}
        drawn = replace(self.table, changes=Changes(edited={key: fields for key, fields in back.items() if fields}))
        after = replace(self, snapshot=snapshot, changes=Changes(), drawn=drawn)
        anew = replace(after, drawn=None).table.keys
        if anew != tuple(key for key in drawn.keys if key in now) or after.current(delta):
            return None
        return after


def _other_fields(entry: Entry, before: Entry) -> dict[str, Any]:
    return changed_fields(entry, {name: getattr(before, name) for name in FIELD_NAMES})
