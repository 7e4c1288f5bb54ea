"""What owners do with their org's model server: keep its key, and try it out."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock
from core.engines.health import Health
from core.engines.language.server import ServerKey, ServerSettings, wrong_key
from core.errors import InvalidInput, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.servers.addresses import AddressRule, normal_address
from core.servers.keys import ServerKeys, StoredKey
from core.web_address import wrong_address

if TYPE_CHECKING:
    from core.engines.language.probe import ProbeReport

_TELLING = 8
"""Characters. A shorter key may well be a part of a model's name."""


class Tester(Protocol):
    """Asks model servers what they can do.

    Raises EngineUnavailable with the reason when it refuses to be asked, EngineFailed when it does not answer.
    """

    def test(self, server: ServerSettings) -> ProbeReport:
        """Ask in every way, whatever was known of the server."""

    def models(self, base_url: str, key: ServerKey) -> tuple[str, ...]:
        """The names of the server's models."""


class ModelServers:
    """The use cases of an org's own model server. Each checks the person's permission first; only owners have it."""

    def __init__(
        self,
        *,
        access: Access,
        keys: ServerKeys,
        rule: AddressRule,
        tester: Tester,
        clock: Clock,
        audit: Recorder | None = None,
        health: Health | None = None,
    ) -> None:
        self._access = access
        self._keys = keys
        self._rule = rule
        self._tester = tester
        self._clock = clock
        self._audit = audit or NoAudit()
        self._health = health or Health(clock)

    def has_key(self, principal: Principal, org_id: str, base_url: str) -> StoredKey | None:
        """Who entered the key for this address and when; None when there is none, as for what is no web address."""
        self._access.require(principal, org_id, Permission.MANAGE)  # looking is no write
        return None if wrong_address(base_url) else self._keys.stored(org_id, base_url)

    def keep_key(self, principal: Principal, org_id: str, base_url: str, key: str) -> None:
        """Keep a key for this address and no other, in place of an older one. Spaces around it are dropped.

        Raises InvalidInput for an empty or unusable key, which is never quoted, and for an address that an owner may
        not use.
        """
        self._require_owner(principal, org_id)
        self._rule.check(base_url)
        entered = _entered(key)
        if not entered.reveal():
            raise _wrong("is empty: paste the key of the model server.")
        self._keys.keep(org_id, base_url, entered, by=principal, at=self._clock())
        self._health.forget_server(org_id, base_url)  # what failed, failed with another key
        self._audit.record(principal, org_id, EventKind.KEY_ENTERED, _host(base_url))

    def forget_key(self, principal: Principal, org_id: str, base_url: str) -> None:
        """Delete the key for this address, if there is one.

        Raises InvalidInput for what is no web address.
        """
        self._require_owner(principal, org_id)
        had_one = self._keys.stored(org_id, base_url) is not None
        self._keys.forget(org_id, base_url)
        if had_one:
            self._audit.record(principal, org_id, EventKind.KEY_REMOVED, _host(base_url))

    def test(self, principal: Principal, org_id: str, *, base_url: str, model: str, key: str | None) -> ProbeReport:
        """Find out what a server can do; with ``key`` None by the key that is kept for this address.

        Raises InvalidInput for what cannot be a server, EngineUnavailable with the reason when it can be asked in no
        way or the key cannot be read, EngineFailed when it does not answer.
        """
        used = self._key(principal, org_id, base_url, key)
        report = self._tester.test(ServerSettings(base_url=base_url, api_key=used, model=model))
        if report.is_usable:
            self._health.forget_server(org_id, base_url)
        return dataclasses.replace(report, models=_without(used, report.models))

    def models(self, principal: Principal, org_id: str, *, base_url: str, key: str | None) -> tuple[str, ...]:
        """The names of the server's models, sorted; with ``key`` None by the key that is kept for this address.

        Raises as ``test`` does, and EngineUnavailable when the server does not tell them.
        """
        used = self._key(principal, org_id, base_url, key)
        return _without(used, self._tester.models(base_url, used))

    def key_for(self, org_id: str, base_url: str) -> ServerKey:
        """The key to send to this address, an empty one when none is kept. For engines: no person is asked for.

        Raises InvalidInput for what is no web address, KeyUnreadable when the key cannot be read any more.
        """
        return self._keys.key_for(org_id, base_url)

    def _require_owner(self, principal: Principal, org_id: str) -> None:
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)

    def _key(self, principal: Principal, org_id: str, base_url: str, key: str | None) -> ServerKey:
        self._require_owner(principal, org_id)
        self._rule.check(base_url)
        return self._keys.key_for(org_id, base_url) if key is None else _entered(key)


def _host(base_url: str) -> str:
    """The address's host for the log; its path may hold what only the owner should know."""
    return f"for {urlsplit(normal_address(base_url)).netloc}"


def _entered(text: str) -> ServerKey:
    key = text.strip()
    if reason := wrong_key(key):
        raise _wrong(reason)
    return ServerKey(key)


def _wrong(reason: str) -> InvalidInput:
    return InvalidInput([Problem(row="The settings", field="Key", reason=reason)])


def _without(key: ServerKey, names: tuple[str, ...]) -> tuple[str, ...]:
    """The names that do not hold the key: a server may send it back, and it is never shown again."""
    secret = key.reveal()
    return tuple(name for name in names if len(secret) < _TELLING or secret not in name)
