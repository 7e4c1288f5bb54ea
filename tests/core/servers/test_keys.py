from datetime import UTC, datetime

import pytest

from core.engines.language.server import ServerKey
from core.errors import InvalidInput
from core.identity.demo import ADMIN, OWNER
from core.servers.keys import ServerKeys, StoredKey
from core.servers.sealing import KeyUnreadable, Sealer
from tests.core.servers.memory_store import MemoryKeyStore

KEY = "sk-proj-4f9a-very-secret-0017"
ADDRESS = "https://api.openai.com/v1"
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


@pytest.fixture
def store() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def keys(store: MemoryKeyStore) -> ServerKeys:
    return ServerKeys(store, Sealer(b"s" * 32))


def test_a_key_comes_back_for_its_org_and_address_only(keys: ServerKeys) -> None:
    keys.keep("a", ADDRESS, ServerKey(KEY), by=OWNER, at=AT)

    assert keys.key_for("a", "HTTPS://api.openai.com:443/v1/").reveal() == KEY
    assert keys.stored("a", ADDRESS) == StoredKey(author="Olivia", at=AT)
    for org_id, address in (("b", ADDRESS), ("a", "https://evil.example/v1"), ("a", "http://api.openai.com/v1")):
        assert keys.key_for(org_id, address) == ServerKey("")
        assert keys.stored(org_id, address) is None


def test_a_new_key_takes_the_place_of_the_old_one_and_a_forgotten_one_is_gone(
    keys: ServerKeys, store: MemoryKeyStore
) -> None:
    keys.keep("a", ADDRESS, ServerKey("old-key-1"), by=OWNER, at=AT)
    keys.keep("a", ADDRESS + "/", ServerKey("new-key-2"), by=ADMIN, at=AT)

    assert len(store.kept) == 1
    assert keys.key_for("a", ADDRESS) == ServerKey("new-key-2")
    keys.forget("a", ADDRESS)
    keys.forget("a", ADDRESS)
    assert keys.key_for("a", ADDRESS) == ServerKey("")
    assert store.kept == {}


def test_a_row_that_was_moved_to_another_address_or_org_cannot_be_read(keys: ServerKeys, store: MemoryKeyStore) -> None:
    """Somebody who can write the table, but does not know the secret, gains nothing."""
    keys.keep("a", ADDRESS, ServerKey(KEY), by=OWNER, at=AT)
    store.kept["a", "https://evil.example/v1"] = store.kept["b", ADDRESS] = store.kept["a", ADDRESS]

    for org_id, address in (("a", "https://evil.example/v1"), ("b", ADDRESS)):
        with pytest.raises(KeyUnreadable, match="Enter the key again"):
            keys.key_for(org_id, address)


def test_what_is_kept_does_not_hold_the_key(keys: ServerKeys, store: MemoryKeyStore) -> None:
    keys.keep("a", ADDRESS, ServerKey(KEY), by=OWNER, at=AT)

    assert KEY not in repr(store.kept) + repr(keys.stored("a", ADDRESS))


def test_what_is_no_address_holds_no_key(keys: ServerKeys) -> None:
    with pytest.raises(InvalidInput, match="is no web address"):
        keys.keep("a", "nowhere", ServerKey(KEY), by=OWNER, at=AT)
