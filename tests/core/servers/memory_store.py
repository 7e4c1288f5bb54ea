"""Sealed keys without a database, for tests of what is done with them."""

from core.servers.keys import SealedKey


class MemoryKeyStore:
    """Keeps the promises of KeyStore."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], SealedKey] = {}

    def key(self, org_id: str, address: str) -> SealedKey | None:
        return self.kept.get((org_id, address))

    def keep(self, org_id: str, address: str, key: SealedKey) -> None:
        self.kept[org_id, address] = key

    def forget(self, org_id: str, address: str) -> None:
        self.kept.pop((org_id, address), None)
