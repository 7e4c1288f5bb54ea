"""What people do with an org's questions and answers: see, save, restore, keep a draft."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.errors import InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions import policy_fields
from core.questions.changes import Changes, applied, changed_fields, cleaned, edited_entry, new_entry, one_line
from core.questions.checks import TableChecks
from core.questions.entry import UNSAVED, Entry, Published
from core.questions.policy import Policy
from core.questions.policy_checks import policy_problems
from core.questions.revisions import (
    Conflict,
    EditConflict,
    EditingPerson,
    EntryRevision,
    Revision,
    SettingsConflict,
    Snapshot,
    StoredEntry,
    UnsavedChanges,
)
from core.questions.store import Edit, QuestionStore
from core.questions.text import same_question_key

NOTE_LIMIT = 200
STILL_EDITING = timedelta(hours=1)
"""Older drafts are rather forgotten than worked on."""


class Questions:
    """The use cases on an org's table. Each checks the person's permission first.

    ``allowed_address`` raises InvalidInput for the address of a model server that an owner may not set. ``audit`` gets
    an event with each save.
    """

    def __init__(
        self,
        access: Access,
        store: QuestionStore,
        clock: Clock = now,
        *,
        allowed_address: Callable[[str], None] = lambda _base_url: None,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._clock = clock
        self._allowed_address = allowed_address
        self._audit = audit or NoAudit()

    def table(self, principal: Principal, org_id: str, revision: int | None = None) -> Snapshot:
        """The whole table at a revision, by default the newest."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.snapshot(org_id, revision)

    def settings(self, principal: Principal, org_id: str) -> Policy:
        """The settings of the newest revision, without its table."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.policy(org_id)

    def newest_revision(self, principal: Principal, org_id: str) -> int:
        """The number of the newest revision; 0 when nothing was ever saved."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.newest_revision(org_id)

    def trial(
        self, principal: Principal, org_id: str, *, revision: int | None = None, changes: Changes | None = None
    ) -> Published:
        """What visitors would get of a revision (by default the newest), or of it with these unsaved changes."""
        table = self.table(principal, org_id, revision)
        if not changes:
            return Published.of_table(org_id, table.revision, table.entries, table.policy)
        entries = applied(table.entries, changes, self._store.last_entry_id(org_id) + 1)
        return Published.of_table(org_id, UNSAVED, entries, table.policy)

    def history(self, principal: Principal, org_id: str, *, before: int | None = None) -> list[Revision]:
        """Up to 50 saves, newest first, older than ``before`` when given."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.revisions(org_id, before=before)

    def entry_changes(self, principal: Principal, org_id: str, entry_id: int) -> list[EntryRevision]:
        """The last 50 saves that changed one entry, newest first; none for a number that no entry ever had."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.entry_changes(org_id, entry_id)

    def save(
        self,
        principal: Principal,
        org_id: str,
        *,
        base_revision: int,
        changes: Changes,
        note: str = "",
        tab: str = "",
    ) -> Revision | None:
        """Save changes that were made on ``base_revision`` and forget the draft of this tab; None: they change nothing.

        Rows that others changed meanwhile are left as they are, and a new row that was saved meanwhile, word for word,
        is not made twice. Raises EditConflict when some of the same rows were
        changed (unless to the very same text), InvalidInput when the table would break a rule; then nothing is saved.
        """
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        note = checked_note(note)
        with self._store.editing(org_id) as edit:
            if not 0 <= base_revision <= edit.revision:
                raise NotFound(f"There is no revision {base_revision} of this table: load the page again.")
            rows = edit.rows()
            wanted = _still_wanted(edit, rows, base_revision, changes)
            edit.drop_draft(principal.user_id, tab)
            return self._write(edit, principal, org_id, rows=rows, wanted=wanted, note=note)

    def add_phrasing(
        self, principal: Principal, org_id: str, *, entry_id: int, phrasing: str, note: str = ""
    ) -> Revision | None:
        """Add another way to ask an entry, to the table as it is now; None when the entry has it already.

        What the person has not saved yet stays as it is. Raises NotFound when the entry is gone, InvalidInput when
        another entry is asked so, or the text cannot be stored; then nothing is saved.
        """
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        note = checked_note(note)
        with self._store.editing(org_id) as edit:
            rows = edit.rows()
            if entry_id not in rows:
                raise NotFound(f"There is no entry No. {entry_id} in the table any more.")
            entry = rows[entry_id].entry
            if same_question_key(phrasing) in map(same_question_key, entry.phrasings):
                return None
            changes = Changes(edited={entry_id: {"alternates": (*entry.alternates, one_line(phrasing))}})
            return self._write(edit, principal, org_id, rows=rows, wanted=changes, note=note)

    def _write(
        self,
        edit: Edit,
        principal: Principal,
        org_id: str,
        *,
        rows: Mapping[int, StoredEntry],
        wanted: Changes,
        note: str,
    ) -> Revision | None:
        """Make the revision of these changes of the stored ``rows``; raises InvalidInput when they break a rule."""
        if problems := TableChecks([row.entry for row in rows.values()]).problems(wanted):
            raise InvalidInput(problems)
        if not wanted:
            return None
        changed = [edited_entry(rows[entry_id].entry, fields) for entry_id, fields in wanted.edited.items()]
        added = [new_entry(edit.next_entry_id + i, fields) for i, fields in enumerate(wanted.added)]
        counts = {"added": len(added), "edited": len(changed), "deleted": len(wanted.deleted)}
        revision = self._revision(edit, principal, note, **counts)
        edit.write(
            changed=changed + added,
            deleted=wanted.deleted,
            author_id=principal.user_id,
            revision=revision,
            policy=edit.policy_at(edit.revision),
            used_ids=len(added),
            event=self._audit.event(principal, org_id, EventKind.SAVED, _counted(revision)),
        )
        return revision

    def restore(
        self, principal: Principal, org_id: str, number: int, *, answers: bool = True, settings: bool = True
    ) -> Revision | None:
        """Make the table and the settings read again as at revision ``number``; None when they do already.

        With ``answers`` or ``settings`` off these stay as they are. The settings are restored only by those who may
        change them; for others they stay too.
        """
        membership = self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        with self._store.editing(org_id) as edit:
            if not 1 <= number <= edit.revision:
                raise NotFound(f"There is no revision {number} of this table.")
            now_rows = {entry_id: row.entry for entry_id, row in edit.rows().items()}
            then = edit.rows_at(number) if answers else now_rows
            changed = [entry for entry in then.values() if now_rows.get(entry.id) != entry]
            deleted = now_rows.keys() - then.keys()
            current = edit.policy_at(edit.revision)
            may_set = settings and Permission.MANAGE in membership.permissions
            policy = edit.policy_at(number) if may_set else current
            if not changed and not deleted and policy == current:
                return None
            added = sum(entry.id not in now_rows for entry in changed)
            note = f"Restored revision {number}"
            revision = self._revision(
                edit, principal, note, added=added, edited=len(changed) - added, deleted=len(deleted)
            )
            words = f"revision {number}, as {_counted(revision)}" + ("; settings changed" if policy != current else "")
            edit.write(
                changed=changed,
                deleted=deleted,
                author_id=principal.user_id,
                revision=revision,
                policy=policy,
                event=self._audit.event(principal, org_id, EventKind.RESTORED, words),
            )
        return revision

    def save_settings(
        self, principal: Principal, org_id: str, *, base_revision: int, policy: Policy, note: str = ""
    ) -> Revision | None:
        """Change the org's policy, as a new revision; None when it reads so already.

        Raises InvalidInput for texts that no visitor should get, and SettingsConflict when the settings were
        changed since ``base_revision``; then nothing is saved. Changes of the table meanwhile do not matter.
        """
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        note = checked_note(note)
        if problems := policy_problems(policy):
            raise InvalidInput(problems)
        if policy.model.has_own_server:
            self._allowed_address(policy.model.base_url)
        with self._store.editing(org_id) as edit:
            if not 0 <= base_revision <= edit.revision:
                raise NotFound(f"There is no revision {base_revision} of these settings: load the page again.")
            current = edit.policy_at(edit.revision)
            if current == policy:
                return None
            if current != edit.policy_at(base_revision):
                raise SettingsConflict(current)
            note = note or policy_fields.note(current, policy)
            revision = self._revision(edit, principal, note, added=0, edited=0, deleted=0)
            fields = ", ".join(policy_fields.in_a_sentence(name) for name in policy_fields.changed(current, policy))
            event = self._audit.event(
                principal, org_id, EventKind.CHANGED_SETTINGS, f"revision {revision.number}: {fields}"
            )
            edit.write(author_id=principal.user_id, revision=revision, policy=policy, event=event)
        return revision

    def drafts(self, principal: Principal, org_id: str) -> list[UnsavedChanges]:
        """The changes this person has made here and not saved yet, in each tab of their browser, newest first."""
        self._access.require(principal, org_id, Permission.EDIT)
        return self._store.drafts(org_id, principal.user_id)

    def draft(self, principal: Principal, org_id: str) -> UnsavedChanges | None:
        """The newest of these drafts."""
        return next(iter(self.drafts(principal, org_id)), None)

    def draft_times(self, principal: Principal, org_id: str) -> dict[str, datetime]:
        """When (UTC) each tab of this person kept its draft."""
        self._access.require(principal, org_id, Permission.EDIT)
        return self._store.draft_times(org_id, principal.user_id)

    def others_editing(self, principal: Principal, org_id: str) -> list[EditingPerson]:
        """Who else changed something in the last hour that is not saved, the latest first; never what."""
        self._access.require(principal, org_id, Permission.EDIT)
        found = self._store.editing_people(org_id, self._clock() - STILL_EDITING)
        return [person for person in found if person.user_id != principal.user_id]

    def keep_draft(
        self, principal: Principal, org_id: str, *, base_revision: int, changes: Changes, tab: str = ""
    ) -> None:
        """Keep a tab's unsaved changes, so that a closed browser loses nothing. Empty changes drop its draft."""
        self._access.require(principal, org_id, Permission.EDIT)
        if changes:
            draft = UnsavedChanges(
                base_revision=base_revision, changes=changes, at=self._clock(), tab=tab, author=principal.name
            )
            self._store.keep_draft(org_id, principal.user_id, draft)
        else:
            self._store.drop_draft(org_id, principal.user_id, tab)

    def _revision(
        self, edit: Edit, principal: Principal, note: str, *, added: int, edited: int, deleted: int
    ) -> Revision:
        return Revision(
            number=edit.revision + 1,
            author=principal.name,
            author_id=principal.user_id,
            at=self._clock(),
            note=note,
            added=added,
            edited=edited,
            deleted=deleted,
        )


def _still_wanted(edit: Edit, rows: Mapping[int, StoredEntry], base_revision: int, changes: Changes) -> Changes:
    """The changes against the table as it is now, without those that are so already.

    Raises EditConflict for rows that somebody else changed after ``base_revision``.
    """
    shown = edit.rows_at(base_revision) if base_revision != edit.revision else {i: r.entry for i, r in rows.items()}
    touched = {*changes.edited, *changes.deleted}
    if unknown := touched - shown.keys():
        raise NotFound(f"There is no entry No. {min(unknown)} in revision {base_revision}: load the page again.")
    conflicts = []
    edited: dict[int, dict[str, Any]] = {}
    deleted = set()
    for entry_id in sorted(touched):
        mine = None if entry_id in changes.deleted else edited_entry(shown[entry_id], changes.edited[entry_id])
        row = rows.get(entry_id)
        theirs = row.entry if row else None
        if mine == theirs or mine == shown[entry_id]:
            continue
        if theirs is None or (row and row.since > base_revision):
            conflicts.append(_conflict(edit, shown[entry_id], theirs, mine, row))
        elif mine is None:
            deleted.add(entry_id)
        else:
            edited[entry_id] = changed_fields(theirs, changes.edited[entry_id])
    if conflicts:
        raise EditConflict(conflicts, edit.revision)
    later = (row.entry for row in rows.values() if row.since > base_revision and row.entry.id not in shown)
    made = {replace(entry, id=0) for entry in later}
    added = tuple(cleaned(fields) for fields in changes.added if new_entry(0, fields) not in made)
    return Changes(edited=edited, added=added, deleted=frozenset(deleted))


def _conflict(edit: Edit, shown: Entry, theirs: Entry | None, mine: Entry | None, row: StoredEntry | None) -> Conflict:
    revision = edit.saved_by(row.since if row else edit.deleted_in(shown.id))
    return Conflict(
        entry_id=shown.id,
        shown=shown,
        theirs=theirs,
        mine=mine,
        by=revision.author,
        at=revision.at,
        by_id=revision.author_id,
    )


def _counted(revision: Revision) -> str:
    """What a save did, without a word of the table or of the note, which may quote it."""
    counts = {"new": revision.added, "edited": revision.edited, "deleted": revision.deleted}
    said = ", ".join(f"{count:,} {what}" for what, count in counts.items() if count)
    return f"revision {revision.number}: {said or 'no entry changed'}"


def checked_note(note: str) -> str:
    """A person's note on one line. Raises InvalidInput for one that is too long."""
    text = one_line(note)
    if len(text) > NOTE_LIMIT:
        reason = f"has {len(text):,} characters; {NOTE_LIMIT} is the limit."
        raise InvalidInput([Problem(row="This save", field="Note", reason=reason)])
    return text
