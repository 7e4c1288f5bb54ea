from collections.abc import Callable, Mapping
from datetime import UTC, datetime

import pytest

from core.engines.language.probe import ProbeReport
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import Finding, RequestMode
from core.errors import AccessDenied, InvalidInput
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import Membership, Principal
from core.servers.addresses import AddressRule
from core.servers.keys import ServerKeys, StoredKey
from core.servers.sealing import Sealer
from core.servers.service import ModelServers
from tests.core.servers.memory_store import MemoryKeyStore

KEY = "sk-proj-4f9a-very-secret-0017"
ADDRESS = "https://api.openai.com/v1"
INSIDE = "https://10.0.0.1/v1"
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
ORG = CLOTHING_ORG


class CountingDirectory(DemoDirectory):
    """The demo people; counts how often membership was asked for anew."""

    def __init__(self) -> None:
        self.asked: list[bool] = []

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        self.asked.append(fresh)
        return super().memberships(user_id, fresh=fresh)


class HearingTester:
    """Knows two models, one named like the key it was asked with; keeps the servers it was asked about."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, ServerKey]] = []

    def test(self, server: ServerSettings) -> ProbeReport:
        models = self.models(server.base_url, server.api_key)
        return ProbeReport(findings={RequestMode.SCHEMA: Finding.HELD}, mode=RequestMode.SCHEMA, models=models)

    def models(self, base_url: str, key: ServerKey) -> tuple[str, ...]:
        self.heard.append((base_url, key))
        return ("gpt-6-luna", f"echo {key.reveal()}")


class Bench:
    """The use cases beside what they use."""

    def __init__(self) -> None:
        self.directory = CountingDirectory()
        self.tester = HearingTester()
        self.store = MemoryKeyStore()
        self.servers = ModelServers(
            access=Access(self.directory),
            keys=ServerKeys(self.store, Sealer(b"s" * 32)),
            rule=AddressRule(),
            tester=self.tester,
            clock=lambda: AT,
        )


@pytest.fixture
def bench() -> Bench:
    return Bench()


USE_CASES: dict[str, Callable[[ModelServers, Principal, str], object]] = {
    "has_key": lambda servers, who, org: servers.has_key(who, org, ADDRESS),
    "keep_key": lambda servers, who, org: servers.keep_key(who, org, ADDRESS, KEY),
    "forget_key": lambda servers, who, org: servers.forget_key(who, org, ADDRESS),
    "test": lambda servers, who, org: servers.test(who, org, base_url=ADDRESS, model="m", key=KEY),
    "models": lambda servers, who, org: servers.models(who, org, base_url=ADDRESS, key=None),
}
every_use_case = pytest.mark.parametrize("use", USE_CASES.values(), ids=USE_CASES)


@every_use_case
@pytest.mark.parametrize("who", [ADMIN, MEMBER, OUTSIDER], ids=["admin", "member", "outsider"])
def test_only_owners_may(use: Callable[[ModelServers, Principal, str], object], who: Principal, bench: Bench) -> None:
    with pytest.raises(AccessDenied):
        use(bench.servers, who, ORG)

    assert (bench.store.kept, bench.tester.heard) == ({}, [])


@every_use_case
def test_owners_may_and_their_membership_is_asked_for_anew(
    use: Callable[[ModelServers, Principal, str], object], bench: Bench
) -> None:
    use(bench.servers, OWNER, ORG)

    assert bench.directory.asked == [use is not USE_CASES["has_key"]]  # to look at who entered a key changes nothing


def test_a_kept_key_says_who_entered_it_and_when_and_is_gone_when_forgotten(bench: Bench) -> None:
    assert bench.servers.has_key(OWNER, ORG, ADDRESS) is None
    bench.servers.keep_key(OWNER, ORG, ADDRESS, f" {KEY}\n")

    assert bench.servers.has_key(OWNER, ORG, ADDRESS + "/") == StoredKey(author=OWNER.name, at=AT)
    assert bench.servers.has_key(OWNER, PHONE_ORG, ADDRESS) is None
    assert bench.servers.key_for(ORG, ADDRESS).reveal() == KEY
    bench.servers.forget_key(OWNER, ORG, ADDRESS)
    assert bench.servers.has_key(OWNER, ORG, ADDRESS) is None
    assert bench.servers.key_for(ORG, ADDRESS) == ServerKey("")


@pytest.mark.parametrize(("key", "words"), [("", "is empty"), (" \n", "is empty"), (f"Bearer {KEY}", "paste it again")])
def test_an_unusable_key_is_refused_and_never_quoted(key: str, words: str, bench: Bench) -> None:
    with pytest.raises(InvalidInput, match=words) as refused:
        bench.servers.keep_key(OWNER, ORG, ADDRESS, key)

    assert KEY not in str(refused.value)
    assert [problem.field for problem in refused.value.problems] == ["Key"]
    assert bench.store.kept == {}


def test_nothing_is_kept_for_and_nothing_sent_to_an_address_that_an_owner_may_not_use(bench: Bench) -> None:
    for use in (
        lambda: bench.servers.keep_key(OWNER, ORG, INSIDE, KEY),
        lambda: bench.servers.test(OWNER, ORG, base_url=INSIDE, model="m", key=KEY),
        lambda: bench.servers.models(OWNER, ORG, base_url=INSIDE, key=KEY),
    ):
        with pytest.raises(InvalidInput, match="is not on the internet"):
            use()

    assert (bench.store.kept, bench.tester.heard) == ({}, [])


def test_a_key_of_an_address_that_may_no_longer_be_used_can_be_seen_and_forgotten(bench: Bench) -> None:
    ServerKeys(bench.store, Sealer(b"s" * 32)).keep(ORG, INSIDE, ServerKey(KEY), by=OWNER, at=AT)

    assert bench.servers.has_key(OWNER, ORG, INSIDE) is not None
    bench.servers.forget_key(OWNER, ORG, INSIDE)
    assert bench.store.kept == {}


@pytest.mark.parametrize("unfinished", ["", "https://", "api.openai.com"])
def test_for_an_address_that_is_none_yet_there_is_no_key(unfinished: str, bench: Bench) -> None:
    assert bench.servers.has_key(OWNER, ORG, unfinished) is None


def test_changing_the_address_is_no_way_to_have_the_kept_key_sent_elsewhere(bench: Bench) -> None:
    bench.servers.keep_key(OWNER, ORG, ADDRESS, KEY)
    elsewhere = ["https://evil.example/v1", "https://api.openai.com.evil.example/v1", "https://api.openai.com:8443/v1"]
    for address in elsewhere:
        bench.servers.test(OWNER, ORG, base_url=address, model="m", key=None)
        bench.servers.models(OWNER, ORG, base_url=address, key=None)
    bench.servers.models(OWNER, PHONE_ORG, base_url=ADDRESS, key=None)

    assert {key for _, key in bench.tester.heard} == {ServerKey("")}


def test_a_test_takes_the_kept_key_or_the_one_that_is_given(bench: Bench) -> None:
    bench.servers.keep_key(OWNER, ORG, ADDRESS, KEY)
    bench.servers.test(OWNER, ORG, base_url=ADDRESS, model="m", key=None)
    bench.servers.test(OWNER, ORG, base_url=ADDRESS, model="m", key=" given-key ")
    bench.servers.models(OWNER, ORG, base_url=ADDRESS, key="")

    assert [key for _, key in bench.tester.heard] == [ServerKey(KEY), ServerKey("given-key"), ServerKey("")]


def test_a_server_that_sends_the_key_back_does_not_make_it_show(bench: Bench) -> None:
    bench.servers.keep_key(OWNER, ORG, ADDRESS, KEY)

    report = bench.servers.test(OWNER, ORG, base_url=ADDRESS, model="m", key=None)

    assert report.models == bench.servers.models(OWNER, ORG, base_url=ADDRESS, key=None) == ("gpt-6-luna",)


def test_a_test_without_a_model_is_refused(bench: Bench) -> None:
    with pytest.raises(InvalidInput, match="Model"):
        bench.servers.test(OWNER, ORG, base_url=ADDRESS, model="", key=KEY)

    assert bench.tester.heard == []
