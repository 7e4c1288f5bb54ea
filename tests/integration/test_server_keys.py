"""Keys of model servers on real databases and a loopback server: where they go, and where they never show."""

import logging
import threading
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.background import Background
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.hosts import ListedHosts
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.tester import ServerTester
from core.errors import EngineUnavailable, FrontlineError, InvalidInput
from core.identity.access import Access
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG, DemoDirectory
from core.servers.addresses import AddressRule
from core.servers.keys import SealedKey, ServerKeys
from core.servers.sealing import KeyUnreadable, Sealer, installation_secret
from core.servers.service import ModelServers
from core.settings import Settings
from core.storage.database import Database
from core.storage.server_keys import SqlServerKeys
from core.storage.tables import server_keys
from tests.model_server import ModelServer

KEY = "sk-proj-4f9a-very-secret-0017"
ORG = CLOTHING_ORG
ADDRESS = "https://api.openai.com/v1"
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def sealed(text: str) -> SealedKey:
    return SealedKey(sealed=text, author_id="u", author="Olivia", at=AT)


def test_a_key_is_kept_replaced_and_forgotten_for_one_org_and_one_address(database: Database) -> None:
    store = SqlServerKeys(database)
    for org_id, address in (("a", "x"), ("a", "y"), ("b", "x")):
        store.keep(org_id, address, sealed(f"{org_id}{address}"))
    later = SealedKey(sealed="new", author_id="v", author="Otto", at=datetime(2026, 12, 1, tzinfo=UTC))
    store.keep("a", "x", later)
    store.forget("a", "y")
    store.forget("nobody", "x")

    assert store.key("a", "x") == later
    assert store.key("a", "y") is None
    assert store.key("b", "x") == sealed("bx")
    assert store.key("b", "y") is None


def test_keys_that_are_entered_at_once_leave_one(database: Database) -> None:
    store = SqlServerKeys(database)
    barrier = threading.Barrier(6)
    failures: list[Exception] = []

    def enter(number: int) -> None:
        barrier.wait()
        try:
            store.keep("a", "x", sealed(f"key {number}"))
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=enter, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    kept = store.key("a", "x")
    assert kept is not None
    assert kept.sealed in {f"key {number}" for number in range(6)}
    with database.read(every_org=True) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(server_keys)).scalar_one() == 1


@dataclass
class Bench:
    """The use cases on a database and a loopback server."""

    servers: ModelServers
    server: ModelServer
    database: Database
    memory: ServerMemory
    background: Background

    def guarded(self, rule: AddressRule) -> ModelServers:
        return servers(self.database, Sealer(b"s" * 32), rule, ServerTester(self.background, self.memory, rule.guard()))


def servers(database: Database, sealer: Sealer, rule: AddressRule, tester: ServerTester) -> ModelServers:
    keys = ServerKeys(SqlServerKeys(database), sealer)
    return ModelServers(access=Access(DemoDirectory()), keys=keys, rule=rule, tester=tester, clock=lambda: AT)


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    background, memory = Background(), ServerMemory()
    rule = AddressRule(anywhere=True)
    tester = ServerTester(background, memory, rule.guard())
    with ModelServer(key=KEY).running() as server:
        yield Bench(servers(database, Sealer(b"s" * 32), rule, tester), server, database, memory, background)
    background.close()


def test_the_kept_key_is_sent_to_its_server_and_to_no_other(bench: Bench) -> None:
    bench.servers.keep_key(OWNER, ORG, bench.server.base_url, KEY)

    assert (
        bench.servers.test(OWNER, ORG, base_url=bench.server.base_url, model="m", key=None).mode is RequestMode.SCHEMA
    )
    with ModelServer().running() as other:
        bench.servers.test(OWNER, ORG, base_url=other.base_url, model="m", key=None)
    with pytest.raises(EngineUnavailable, match="refused the key"):
        bench.servers.test(OWNER, PHONE_ORG, base_url=bench.server.base_url, model="m", key=None)

    assert KEY not in str([request.headers for request in other.requests])
    assert other.requests[0].headers["authorization"] == "Bearer none"


def test_an_owner_cannot_reach_this_computer_under_any_name_unless_it_is_listed(bench: Bench) -> None:
    port = bench.server.base_url.split(":")[2].removesuffix("/v1")
    strict = bench.guarded(AddressRule())
    for host in ("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "127.1", "2130706433"):
        for scheme in ("http", "https"):
            with pytest.raises(InvalidInput):
                strict.test(OWNER, ORG, base_url=f"{scheme}://{host}:{port}/v1", model="m", key=KEY)
    assert bench.server.requests == []

    listed = bench.guarded(AddressRule(listed=ListedHosts.of([f"127.0.0.1:{port}"])))
    assert listed.models(OWNER, ORG, base_url=bench.server.base_url, key=KEY) == ("large", "small")


def test_a_name_that_leads_to_this_computer_is_refused_when_it_is_connected_to(bench: Bench) -> None:
    async def rebound(_host: str, _port: int) -> list[str]:
        return ["127.0.0.1"]

    port = bench.server.base_url.split(":")[2].removesuffix("/v1")
    tester = ServerTester(bench.background, bench.memory, AddressGuard(ListedHosts(), rebound))
    strict = servers(bench.database, Sealer(b"s" * 32), AddressRule(), tester)

    with pytest.raises(AddressRefused, match=r"may not connect to models\.example"):
        strict.test(OWNER, ORG, base_url=f"https://models.example:{port}/v1", model="m", key=KEY)

    assert bench.server.requests == []


def test_a_restart_with_the_same_secret_reads_the_key_and_a_lost_secret_asks_for_it_again(
    bench: Bench, tmp_path: Path
) -> None:
    def started(folder: str) -> ModelServers:
        settings = Settings(data_dir=tmp_path / folder, database_url="sqlite://")
        tester = ServerTester(bench.background, bench.memory, None)
        sealer = Sealer(installation_secret(settings))
        return servers(bench.database, sealer, AddressRule(anywhere=True), tester)

    started("one").keep_key(OWNER, ORG, ADDRESS, KEY)

    assert started("one").key_for(ORG, ADDRESS).reveal() == KEY
    lost = started("two")
    assert lost.has_key(OWNER, ORG, ADDRESS) is not None
    with pytest.raises(KeyUnreadable, match="Enter the key again"):
        lost.key_for(ORG, ADDRESS)
    lost.keep_key(OWNER, ORG, ADDRESS, KEY)
    assert lost.key_for(ORG, ADDRESS).reveal() == KEY


def test_the_key_shows_nowhere(bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    for name in (None, "openai", "httpx2", "aiohttp", "sqlalchemy", "asyncio"):
        caplog.set_level(logging.DEBUG, logger=name)
    written: list[str] = []
    chained: list[BaseException | None] = []
    address = bench.server.base_url
    logged = Database(bench.database.url)  # made while everything is logged: SQLAlchemy decides at its start
    mine = servers(
        logged, Sealer(b"s" * 32), AddressRule(anywhere=True), ServerTester(bench.background, bench.memory, None)
    )
    for use in (
        lambda: mine.keep_key(OWNER, ORG, address, f"Bearer {KEY}"),
        lambda: mine.keep_key(OWNER, ORG, "ftp://nowhere", KEY),
        lambda: mine.keep_key(OWNER, ORG, address, KEY),
        lambda: mine.has_key(OWNER, ORG, address),
        lambda: mine.test(OWNER, ORG, base_url=address, model="m", key=None),
        lambda: mine.test(OWNER, ORG, base_url=address, model="", key=KEY),
        lambda: mine.test(OWNER, ORG, base_url=address, model="m", key=f"{KEY}-wrong"),
        lambda: mine.test(OWNER, ORG, base_url="http://127.0.0.1:9/v1", model="m", key=KEY),
        lambda: mine.models(OWNER, ORG, base_url=address, key=None),
        lambda: mine.key_for(ORG, address),
        lambda: bench.guarded(AddressRule()).test(OWNER, ORG, base_url=address, model="m", key=KEY),
    ):
        try:
            written.append(repr(use()))
        except FrontlineError as error:
            written += [*traceback.format_exception(error), repr(error), repr(vars(error))]
            chained += [error.__cause__, None if error.__suppress_context__ else error.__context__]
    with logged.read(every_org=True) as connection:
        rows = connection.execute(sa.select(server_keys)).all()
    logged.close()
    files = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())

    assert len(rows) == 1
    assert set(chained) == {None}
    assert KEY not in repr(rows) + "".join(written) + caplog.text
    assert KEY.encode() not in files
    assert f"Bearer {KEY}" in [request.headers.get("authorization") for request in bench.server.requests]
    assert {record.name.partition(".")[0] for record in caplog.records} >= {"openai", "sqlalchemy"}
