"""What share links need of a storage."""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from core.audit.event import Event
from core.share_links.share_link import ShareLink


class ShareLinkEdit(Protocol):
    """One link, under its org's lock, while a change is decided and written. ``link`` is None when there is none."""

    link: ShareLink | None

    def write(self, link: ShareLink, event: Event | None = None) -> None:
        """Keep the link as it is now."""


class ShareLinkStore(Protocol):
    """The links of all orgs; every method but ``place`` works on one org."""

    def add(self, link: ShareLink, token_hash: str, event: Event | None, *, most: int) -> bool:
        """Keep a new link; False, and nothing is kept, when ``most`` of the org's links work already."""

    def forget_over(self, org_id: str, before: datetime) -> None:
        """Delete the links that ended or were revoked before this moment."""

    def rename(self, org_id: str, org_name: str) -> None:
        """Keep with all links of the org that this is its name."""

    def listed(self, org_id: str) -> list[ShareLink]:
        """All links of the org, newest first."""

    def find(self, org_id: str, link_id: str) -> ShareLink | None:
        """One link, None when there is none."""

    def place(self, token_hash: str) -> tuple[str, str] | None:
        """The ids of the org and the link that a token is of; None when it is of none."""

    def editing(self, org_id: str, link_id: str) -> AbstractContextManager[ShareLinkEdit]:
        """One change at a time, whole or not at all."""
