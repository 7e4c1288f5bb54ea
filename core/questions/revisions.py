"""What is kept of every save, and what is said when two people changed the same row."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from core.errors import FrontlineError
from core.questions.changes import Changes
from core.questions.entry import Entry
from core.questions.policy import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class Revision:
    """One save of an org's table: its number (1, 2, …), who, when (UTC), why, and how many rows it touched.

    ``author`` is the person's name then, ``author_id`` their account.
    """

    number: int
    author: str
    at: datetime
    note: str
    added: int
    edited: int
    deleted: int
    author_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryRevision:
    """What one save made of one entry. ``before`` is None where it made the entry, ``after`` where it deleted it."""

    revision: Revision
    before: Entry | None
    after: Entry | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """The whole table, disabled entries too, and the policy, as they stood at one revision. Revision 0 is empty."""

    org_id: str
    revision: int
    entries: tuple[Entry, ...]
    policy: Policy = field(default_factory=Policy)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnsavedChanges:
    """Changes that a person has not saved yet, and the revision that they saw while making them.

    ``tab`` is the tab of their browser in which they were made: each keeps its own. ``author`` is the person's name.
    """

    base_revision: int
    changes: Changes
    at: datetime
    tab: str = ""
    author: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class EditingPerson:
    """Somebody with unsaved changes: their account, their name ("" if unknown), and when (UTC) they last changed one.

    What they changed is theirs until they save it.
    """

    user_id: str
    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Conflict:
    """A row that two people changed: as it was shown, as it is stored now, and as this person wants it.

    None stands for a deleted row. ``by`` is the name of who changed it, ``by_id`` their account.
    """

    entry_id: int
    shown: Entry
    theirs: Entry | None
    mine: Entry | None
    by: str
    at: datetime
    by_id: str = ""


class EditConflict(FrontlineError):
    """The same rows were saved meanwhile. Nothing was saved now; ``conflicts`` holds both texts of each row."""

    def __init__(self, conflicts: Sequence[Conflict], latest: int) -> None:
        self.conflicts = tuple(conflicts)
        self.latest = latest
        rows = ", ".join(f"No. {conflict.entry_id}" for conflict in self.conflicts[:5])
        super().__init__(f"{rows} changed in the saved table after you opened it. Nothing was saved yet: choose below.")


class SettingsConflict(FrontlineError):
    """The settings were changed meanwhile, by somebody else or by this person elsewhere. Nothing was saved.

    ``current`` is what holds now.
    """

    def __init__(self, current: Policy) -> None:
        self.current = current
        super().__init__("The settings were changed after you opened them. Look at them again, then save.")


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredEntry:
    """An entry and the revision since which it reads so."""

    entry: Entry
    since: int
