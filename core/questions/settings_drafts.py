"""Settings that a person has entered and not saved yet: kept, so that a reload or a closed browser loses nothing."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.clock import Clock
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.policy import Policy


@dataclass(frozen=True, kw_only=True, slots=True)
class SettingsDraft:
    """Settings as they were entered, the revision that the person saw meanwhile, and when. Never holds a key."""

    base_revision: int
    policy: Policy
    at: datetime


class SettingsDraftStore(Protocol):
    """Keeps one draft for each person and org."""

    def find(self, org_id: str, user_id: str) -> SettingsDraft | None:
        """The person's draft; None without one."""

    def keep(self, org_id: str, user_id: str, draft: SettingsDraft) -> None:
        """Keep it in place of an older one."""

    def drop(self, org_id: str, user_id: str) -> None:
        """Forget the person's draft; does nothing without one."""


class SettingsDrafts:
    """The use cases. Each raises AccessDenied for who may not change the settings."""

    def __init__(self, access: Access, store: SettingsDraftStore, clock: Clock) -> None:
        self._access = access
        self._store = store
        self._clock = clock

    def find(self, principal: Principal, org_id: str) -> SettingsDraft | None:
        """What this person has entered here and not saved yet; None without anything."""
        self._access.require(principal, org_id, Permission.MANAGE)
        return self._store.find(org_id, principal.user_id)

    def keep(self, principal: Principal, org_id: str, *, base_revision: int, policy: Policy) -> None:
        """Keep what is entered, made on ``base_revision``."""
        self._access.require(principal, org_id, Permission.MANAGE)
        draft = SettingsDraft(base_revision=base_revision, policy=policy, at=self._clock())
        self._store.keep(org_id, principal.user_id, draft)

    def drop(self, principal: Principal, org_id: str) -> None:
        """Forget it: it was saved, or nobody wants it any more."""
        self._access.require(principal, org_id, Permission.MANAGE)
        self._store.drop(org_id, principal.user_id)
