"""What the questions need of a storage."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from core.audit.event import Event
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from core.questions.revisions import EditingPerson, EntryRevision, Revision, Snapshot, StoredEntry, UnsavedChanges


class Edit(Protocol):
    """One org's state under its lock, while a save is decided and written."""

    revision: int
    next_entry_id: int

    def rows(self) -> dict[int, StoredEntry]:
        """The table as it is stored now."""

    def rows_at(self, revision: int) -> dict[int, Entry]:
        """The table as it stood at a revision."""

    def policy_at(self, revision: int) -> Policy:
        """The org's policy as it stood at a revision."""

    def saved_by(self, revision: int) -> Revision:
        """Who made a revision, and when."""

    def deleted_in(self, entry_id: int) -> int:
        """The revision that deleted an entry that is gone now."""

    def write(
        self,
        *,
        author_id: str,
        revision: Revision,
        policy: Policy,
        changed: Iterable[Entry] = (),
        deleted: Iterable[int] = (),
        used_ids: int = 0,
        event: Event | None = None,
    ) -> None:
        """Make the revision, and keep the event of it in the same transaction."""

    def drop_draft(self, user_id: str, tab: str) -> None:
        """Forget the draft of this tab of the person in the same transaction."""


class QuestionStore(Protocol):
    """The Q&As of all orgs; every method works on one."""

    def newest_revision(self, org_id: str) -> int:
        """The number of the newest revision; 0 when nothing was ever saved."""

    def snapshot(self, org_id: str, revision: int | None = None) -> Snapshot:
        """The whole table as it stood at a revision, by default the newest."""

    def live_revision(self, org_id: str) -> int:
        """The number of the revision that visitors get; 0 when nothing was ever saved."""

    def published(self, org_id: str, revision: int) -> Published:
        """What visitors get, or would get, where this revision is the live one."""

    def newest(self, org_id: str) -> Published:
        """What visitors would get if the newest revision were live: what editors and analysts try out."""

    def last_entry_id(self, org_id: str) -> int:
        """The highest number that an entry has or ever had; 0 before the first."""

    def policy(self, org_id: str) -> Policy:
        """The org's newest policy, without reading its table."""

    def revisions(self, org_id: str, *, before: int | None = None, limit: int = 50) -> list[Revision]:
        """Saves, newest first; ``before`` continues a list."""

    def entry_changes(self, org_id: str, entry_id: int, *, limit: int = 50) -> list[EntryRevision]:
        """The saves that changed one entry, newest first, at most so many."""

    def editing(self, org_id: str) -> AbstractContextManager[Edit]:
        """One save of this org at a time, whole or not at all."""

    def drafts(self, org_id: str, user_id: str) -> list[UnsavedChanges]:
        """The changes this person has not saved yet, of each tab, newest first."""

    def draft_times(self, org_id: str, user_id: str) -> dict[str, datetime]:
        """When the draft of each tab of this person was kept."""

    def editing_people(self, org_id: str, since: datetime) -> list[EditingPerson]:
        """Who kept a draft since then, each person once, the latest first."""

    def keep_draft(self, org_id: str, user_id: str, draft: UnsavedChanges) -> None:
        """Keep these changes as the draft of the person's tab, in place of an older one."""

    def drop_draft(self, org_id: str, user_id: str, tab: str) -> None:
        """Forget the draft of this tab of the person."""
