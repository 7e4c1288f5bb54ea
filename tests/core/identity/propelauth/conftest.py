"""The real library against a loopback stand-in of PropelAuth."""

from collections.abc import Collection, Iterator

import pytest

from core.identity.propelauth.directory import PropelAuthDirectory
from tests.propelauth_server import PropelAuthServer, propelauth_server


class Kept:
    """Writes down what is to be cleared away."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, set[str], set[str]]] = []

    def keep_only(self, user_id: str, *, edits: Collection[str], member_of: Collection[str]) -> None:
        self.calls.append((user_id, set(edits), set(member_of)))


class Noted:
    """Remembers in the memory of the test what outlives a restart."""

    def __init__(self) -> None:
        self.known = False

    def is_known(self) -> bool:
        return self.known

    def note(self) -> None:
        self.known = True


@pytest.fixture
def propelauth() -> Iterator[PropelAuthServer]:
    with propelauth_server() as server:
        yield server


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def noted() -> Noted:
    return Noted()


@pytest.fixture
def directory(propelauth: PropelAuthServer, kept: Kept, noted: Noted) -> Iterator[PropelAuthDirectory]:
    made = PropelAuthDirectory(propelauth.settings(), kept, noted)
    yield made
    made.close()
