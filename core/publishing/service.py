"""What people do with the live revision: see where it stands, publish another one, say how publishing works."""

from core.audit.event import Event, EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.errors import InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.plurals import counted
from core.publishing.check import Checks
from core.publishing.publication import (
    MOST_BROKEN,
    MOST_DATASETS,
    LiveChanged,
    LiveState,
    Publication,
    PublishingRules,
    ReasonNeeded,
)
from core.publishing.store import PublishingEdit, PublishingStore
from core.publishing.were_live import were_live
from core.questions.service import checked_note


class Publishing:
    """The use cases on an org's live revision. Each checks the person's permission first."""

    def __init__(
        self,
        *,
        access: Access,
        store: PublishingStore,
        checks: Checks,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._checks = checks
        self._clock = clock
        self._audit = audit or NoAudit()

    def state(self, principal: Principal, org_id: str) -> LiveState:
        """Which revision visitors get, and which is the newest."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.state(org_id)

    def publications(self, principal: Principal, org_id: str) -> list[Publication]:
        """The last 50 publications, newest first."""
        self._access.require(principal, org_id, Permission.VIEW)
        return self._store.publications(org_id)

    def were_live(self, principal: Principal, org_id: str) -> list[range]:
        """The revisions that visitors got at some time, as ranges that may overlap."""
        self._access.require(principal, org_id, Permission.VIEW)
        return were_live(self._store.publications(org_id, limit=None), self._store.state(org_id))

    def publish(self, principal: Principal, org_id: str, *, revision: int, live: int, reason: str = "") -> Publication:
        """Make a revision live; ``live`` is the one that the person saw as live. An older one may be made live again.

        Raises NotFound for a revision that is not there, InvalidInput where each save is live or the revision is live
        already, LiveChanged when somebody else published meanwhile, and ReasonNeeded when it breaks more test questions
        than the rules allow without a reason. Then nothing is published.
        """
        self._access.require(principal, org_id, Permission.PUBLISH, fresh=True)
        reason = checked_note(reason)
        state = self._store.state(org_id)
        self._refuse(state, revision, live)
        broken = self._checked(org_id, state, revision, reason)
        with self._store.editing(org_id) as edit:
            self._refuse(edit.state, revision, live)
            publication = Publication(
                number=edit.next_number,
                revision=revision,
                replaced=live,
                at=self._clock(),
                author_id=principal.user_id,
                author=principal.name,
                reason=reason,
                broken=broken,
            )
            words = f"revision {revision} in place of {live}" + ("" if broken is None else f", {broken:,} broken")
            edit.publish(publication, self._audit.event(principal, org_id, EventKind.PUBLISHED, words))
        return publication

    def make_each_save_live(self, principal: Principal, org_id: str) -> None:
        """From now on visitors get each save at once, the saves that wait too."""
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        with self._store.editing(org_id) as edit:
            if not edit.state.each_save_is_live:
                words = f"each save is live, from revision {edit.state.newest} on"
                waited = edit.state.newest != edit.state.live
                edit.make_each_save_live(
                    self._of_newest(principal, edit) if waited else None, self._event(principal, org_id, words)
                )

    def publish_by_hand(self, principal: Principal, org_id: str) -> None:
        """From now on a save waits until somebody publishes it; the newest revision stays live."""
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        with self._store.editing(org_id) as edit:
            if not edit.state.each_save_is_live:
                return
            words = f"saves wait to be published, from revision {edit.state.newest} on"
            edit.publish(self._of_newest(principal, edit), self._event(principal, org_id, words))

    def set_rules(self, principal: Principal, org_id: str, rules: PublishingRules) -> None:
        """Keep what is checked before a revision becomes live. Raises InvalidInput for numbers out of reach."""
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        if rules.max_broken is not None and not 0 <= rules.max_broken <= MOST_BROKEN:
            raise InvalidInput([Problem(row="Publishing", field="Broken", reason=f"must be 0 to {MOST_BROKEN:,}.")])
        if len(rules.dataset_ids) > MOST_DATASETS:
            reason = f"are more than {MOST_DATASETS}: choose fewer."
            raise InvalidInput([Problem(row="Publishing", field="Test questions", reason=reason)])
        with self._store.editing(org_id) as edit:
            if edit.state.rules != rules:
                allowed = "no rule" if rules.max_broken is None else f"at most {rules.max_broken:,} broken"
                words = f"{counted(len(rules.dataset_ids), 'set')} of test questions, {allowed}"
                edit.write_rules(rules, self._event(principal, org_id, words))

    def _of_newest(self, principal: Principal, edit: PublishingEdit) -> Publication:
        """The newest revision becomes live, or stays it, because publishing works otherwise from now on."""
        return Publication(
            number=edit.next_number,
            revision=edit.state.newest,
            replaced=edit.state.live,
            at=self._clock(),
            author_id=principal.user_id,
            author=principal.name,
            reason="",
            broken=None,
        )

    def _event(self, principal: Principal, org_id: str, words: str) -> Event | None:
        return self._audit.event(principal, org_id, EventKind.CHANGED_PUBLISHING, words)

    def _refuse(self, state: LiveState, revision: int, live: int) -> None:
        if state.each_save_is_live:
            raise _not_now("is not needed: each save is live at once.")
        if not 1 <= revision <= state.newest:
            raise NotFound(f"There is no revision {revision} of this table.")
        if state.live != live:
            raise LiveChanged(state.live)
        if revision == state.live:
            raise _not_now(f"is not needed: visitors get revision {revision} already.")

    def _checked(self, org_id: str, state: LiveState, revision: int, reason: str) -> int | None:
        """How many test questions it breaks; None where no rule asks for a check."""
        most = state.rules.max_broken
        if most is None:
            return None
        found = self._checks.between(org_id, state.live, revision)
        if not reason and state.rules.need_a_reason(broken=found.broken, failed=found.failed):
            raise ReasonNeeded(found.broken, found.failed, most)
        return found.broken


def _not_now(reason: str) -> InvalidInput:
    return InvalidInput([Problem(row="Publishing", field="Revision", reason=reason)])
