"""What publishing needs of a storage."""

from contextlib import AbstractContextManager
from typing import Protocol

from core.audit.event import Event
from core.publishing.publication import KeptCheck, LiveState, Publication, PublishingRules


class PublishingEdit(Protocol):
    """How an org publishes, under its lock, while a change is decided and written."""

    state: LiveState

    @property
    def next_number(self) -> int:
        """The number that the next publication gets."""

    def publish(self, publication: Publication, event: Event | None) -> None:
        """Make a revision live and keep that it was."""

    def make_each_save_live(self, publication: Publication | None, event: Event | None) -> None:
        """From now on the newest revision is live; keep the publication by which saves that waited became live."""

    def write_rules(self, rules: PublishingRules, event: Event | None) -> None:
        """Keep the rules in place of older ones."""


class PublishingStore(Protocol):
    """The publications of all orgs; every method works on one org."""

    def state(self, org_id: str) -> LiveState:
        """Which revision is live, and which is the newest."""

    def publications(self, org_id: str, limit: int | None = 50) -> list[Publication]:
        """The newest publications, newest first; None for all of them."""

    def check(self, org_id: str, *, revision: int, replaced: int) -> KeptCheck | None:
        """The last check of one revision in place of another, None when there was none."""

    def keep_check(self, org_id: str, check: KeptCheck) -> None:
        """Keep a check in place of an older one of the same two revisions."""

    def editing(self, org_id: str) -> AbstractContextManager[PublishingEdit]:
        """One change at a time, whole or not at all; no save comes in between."""
