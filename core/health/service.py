"""What people do with the health of a table: look at it, ignore a finding, put one right."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from threading import Lock, Thread
from typing import Protocol

from core.clock import Clock, now
from core.engines.semantic.left_out import LeftOutPhrasings, Progress, Stage
from core.errors import NotFound
from core.health.background import Examinations, Looking
from core.health.collisions import collisions, pairs
from core.health.cross_validation import cross_validation, lost_phrasings
from core.health.doubtful_texts import doubtful_texts
from core.health.findings import Findings, HealthReport, SameQuestion, TextFindings
from core.health.repairs import asked_once, merged, moved
from core.health.same_questions import same_questions
from core.health.store import IgnoredStore
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.lru_cache import LruCache
from core.questions.changes import Changes
from core.questions.entry import Entry, Published
from core.questions.revisions import Revision
from core.questions.service import Questions
from core.questions.store import QuestionStore

KEPT_TABLES = 16
"""Newest tables that are at hand, with what needs no engine: a page asks again at each click."""


def _quiet(_stage: Stage, _done: int, _of: int) -> None:
    """Nobody wants to know how far it is."""


class LeavesOut(Protocol):
    """The built-in engine."""

    def left_out(self, published: Published, progress: Progress, /) -> LeftOutPhrasings:
        """What would become of each stored phrasing without it. Raises EngineUnavailable."""


@dataclass(frozen=True, kw_only=True)
class Glance:
    """What is known of a table's health by now. ``looking`` says how far the engine is, or what is in its way."""

    report: HealthReport
    looking: Looking
    revision: int


@dataclass(frozen=True, kw_only=True)
class _Table:
    """The newest revision of an org, and what needs no engine as of a day."""

    published: Published
    entries: Mapping[int, Entry]
    texts: TextFindings
    day: date


class TableHealth:
    """The use cases. The table is the newest revision."""

    def __init__(
        self,
        *,
        access: Access,
        store: QuestionStore,
        questions: Questions,
        engine: LeavesOut,
        ignored: IgnoredStore,
        clock: Clock = now,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._engine = engine
        self._ignored = ignored
        self._clock = clock
        self._examinations = Examinations(self._examine)
        self._tables: LruCache[str, _Table] = LruCache(KEPT_TABLES)
        self._reading: LruCache[str, Thread] = LruCache(KEPT_TABLES)
        self._lock = Lock()

    def report(self, principal: Principal, org_id: str, progress: Progress = _quiet) -> HealthReport:
        """All findings of the newest table. Raises EngineUnavailable; ``texts`` needs no engine."""
        table = self._table(principal, org_id)
        return self._made(table, self._examine(table.published, progress))

    def texts(self, principal: Principal, org_id: str) -> HealthReport:
        """The findings that need no engine."""
        return self._made(self._table(principal, org_id), None)

    def glance(self, principal: Principal, org_id: str, wait: float = 0.0) -> Glance:
        """What is known by now, after so many seconds at most; the rest is looked for meanwhile."""
        table = self._table(principal, org_id)
        looking = self._examinations.look(table.published, wait)
        return Glance(report=self._made(table, looking.found), looking=looking, revision=table.published.revision)

    def at_hand(self, principal: Principal, org_id: str, wait: float = 0.0) -> Glance | None:
        """As ``glance``, for who does not wait for a large table to be read: None until it is, which takes place in a
        thread of its own. Waits so many seconds for it."""
        self._access.require(principal, org_id, Permission.VIEW)
        if self._kept(org_id, self._store.newest_revision(org_id)) is None:
            self._being_read(org_id).join(wait)
            if self._kept(org_id, self._store.newest_revision(org_id)) is None:
                return None
        return self.glance(principal, org_id)

    def ignore(self, principal: Principal, org_id: str, key: str) -> None:
        """Show a finding no more, for the whole org, until one of its texts changes."""
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        self._ignored.ignore(org_id, key, user_id=principal.user_id, at=self._clock())

    def show_again(self, principal: Principal, org_id: str, key: str) -> None:
        """Show a finding that was ignored."""
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        self._ignored.forget(org_id, key)

    def ignore_nothing(self, principal: Principal, org_id: str) -> None:
        """Show every finding again."""
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        self._ignored.forget_all(org_id)

    def merge(self, principal: Principal, org_id: str, *, base_revision: int, keep: int, gone: int) -> Revision | None:
        """Give the phrasings and tags of one entry to another, and delete it: a save like any other.

        Raises NotFound where one of them is gone, else as ``Questions.save``.
        """
        return self._repaired(
            principal,
            org_id,
            base_revision,
            {keep, gone},
            lambda entries: merged(entries[keep], entries[gone]),
            note=f"No. {gone} merged into No. {keep}",
        )

    def move(
        self, principal: Principal, org_id: str, *, base_revision: int, phrasing: str, source: int, target: int
    ) -> Revision | None:
        """Move a phrasing to another entry. Raises as ``merge``."""
        return self._repaired(
            principal,
            org_id,
            base_revision,
            {source, target},
            lambda entries: moved(phrasing, entries[source], entries[target]),
            note=f"A phrasing of No. {source} moved to No. {target}",
        )

    def ask_once(
        self, principal: Principal, org_id: str, *, base_revision: int, found: SameQuestion
    ) -> Revision | None:
        """Take out the second of two equal phrasings. Raises as ``merge``."""
        entry_id = found.entry_ids[1]
        return self._repaired(
            principal,
            org_id,
            base_revision,
            {entry_id},
            lambda entries: asked_once(found, entries[entry_id]),
            note=f"A phrasing of No. {entry_id} taken out that is asked twice",
        )

    def close(self) -> None:
        """End what is looked for in the background."""
        self._examinations.close()

    def _repaired(
        self,
        principal: Principal,
        org_id: str,
        base_revision: int,
        entry_ids: Collection[int],
        change: Callable[[Mapping[int, Entry]], Changes],
        *,
        note: str,
    ) -> Revision | None:
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        table = self._questions.table(principal, org_id, base_revision)
        entries = {entry.id: entry for entry in table.entries}
        if missing := [one for one in entry_ids if one not in entries]:
            raise NotFound(f"There is no entry No. {missing[0]} in the table any more.")
        changes = change(entries)
        return self._questions.save(principal, org_id, base_revision=base_revision, changes=changes, note=note)

    def _table(self, principal: Principal, org_id: str) -> _Table:
        self._access.require(principal, org_id, Permission.VIEW)
        return self._read(org_id)

    def _kept(self, org_id: str, newest: int) -> _Table | None:
        kept = self._tables.get(org_id)
        is_new = kept is not None and (kept.published.revision, kept.day) == (newest, self._clock().date())
        return kept if is_new else None

    def _being_read(self, org_id: str) -> Thread:
        """The thread that reads the newest table; begins where none does."""
        with self._lock:
            reading = self._reading.get(org_id)
            if reading is None or not reading.is_alive():
                reading = Thread(target=self._read, args=(org_id,), name="frontline-health-table", daemon=True)
                self._reading.put(org_id, reading)
                reading.start()
            return reading

    def _read(self, org_id: str) -> _Table:
        today, newest = self._clock().date(), self._store.newest_revision(org_id)
        if (kept := self._kept(org_id, newest)) is not None:
            return kept
        table = self._store.snapshot(org_id, newest)
        made = _Table(
            published=Published.of_table(org_id, table.revision, table.entries, table.policy),
            entries={entry.id: entry for entry in table.entries},
            texts=text_findings(table.entries, today),
            day=today,
        )
        self._tables.put(org_id, made)
        return made

    def _examine(self, published: Published, progress: Progress) -> Findings:
        found = self._engine.left_out(published, progress)
        strictness = published.policy.strictness
        alike = pairs(found, strictness)
        total, by_entry = cross_validation(found, strictness)
        return Findings(
            pairs=tuple(alike),
            collisions=tuple(collisions(found, frozenset(frozenset(pair.entry_ids) for pair in alike), strictness)),
            unread=found.unread,
            left_out=total,
            by_entry=by_entry,
            lost=tuple(lost_phrasings(found, strictness)),
        )

    def _made(self, table: _Table, found: Findings | None) -> HealthReport:
        whole = HealthReport(entries=table.entries, texts=table.texts, found=found)
        return whole.without(self._ignored.ignored(table.published.org_id))


def text_findings(entries: Sequence[Entry], today: date) -> TextFindings:
    """What can be told of a table without an engine."""
    return TextFindings(
        same=tuple(same_questions(entries)),
        doubtful=tuple(doubtful_texts(entries, today)),
        single=tuple(entry.id for entry in entries if entry.enabled and not entry.alternates),
    )
