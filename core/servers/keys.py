"""The keys of the orgs' model servers: kept sealed, one for an org and an address."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.engines.language.server import ServerKey
from core.identity.principal import Principal
from core.servers.addresses import normal_address
from core.servers.sealing import Sealer


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredKey:
    """Who entered a key, and when; never the key."""

    author: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class SealedKey:
    """A key as it is stored."""

    sealed: str
    author_id: str
    author: str
    at: datetime


class KeyStore(Protocol):
    """Keeps sealed keys by org and address."""

    def key(self, org_id: str, address: str) -> SealedKey | None:
        """The org's key for this address."""

    def keep(self, org_id: str, address: str, key: SealedKey) -> None:
        """Keep a key, in place of an older one."""

    def forget(self, org_id: str, address: str) -> None:
        """Delete the org's key for this address, if there is one."""


class ServerKeys:
    """Keeps keys and gives them out again, each only for the address that it was entered for.

    Every method raises InvalidInput for what is no web address.
    """

    def __init__(self, store: KeyStore, sealer: Sealer) -> None:
        self._store = store
        self._sealer = sealer

    def stored(self, org_id: str, base_url: str) -> StoredKey | None:
        """Who entered the key for this address; None when there is none."""
        found = self._store.key(org_id, normal_address(base_url))
        return StoredKey(author=found.author, at=found.at) if found else None

    def keep(self, org_id: str, base_url: str, key: ServerKey, *, by: Principal, at: datetime) -> None:
        """Keep a key for this address, in place of an older one."""
        address = normal_address(base_url)
        sealed = self._sealer.seal(key.reveal(), org_id, address)
        self._store.keep(org_id, address, SealedKey(sealed=sealed, author_id=by.user_id, author=by.name, at=at))

    def forget(self, org_id: str, base_url: str) -> None:
        """Delete the key for this address."""
        self._store.forget(org_id, normal_address(base_url))

    def key_for(self, org_id: str, base_url: str) -> ServerKey:
        """The key for this address; an empty one when none is kept.

        Raises KeyUnreadable when it cannot be opened any more.
        """
        address = normal_address(base_url)
        found = self._store.key(org_id, address)
        return ServerKey(self._sealer.open(found.sealed, org_id, address) if found else "")
