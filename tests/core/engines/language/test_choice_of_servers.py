from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from core.engines.choice import ENGINES_KEPT, EngineChoice
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.engine import LanguageEngine
from core.engines.language.hosts import ListedHosts
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode
from core.engines.language.shared import Shared
from core.errors import EngineUnavailable
from core.identity.demo import OWNER
from core.prompts.companies import SHIPPED, ExampleCompany
from core.questions.policy import EngineKind, ModelSettings, Style
from core.servers.keys import ServerKeys
from core.servers.sealing import KeyUnreadable, Sealer
from tests.core.engines.language.conftest import TABLE
from tests.core.servers.memory_store import MemoryKeyStore
from tests.fakes import LiteralEngine
from tests.model_server import ModelServer, wait_for

ADDRESS = "https://models.example/v1"
SETTINGS = ModelSettings(engine=EngineKind.SERVER, base_url=ADDRESS, model="m")
DEPLOYED = ModelSettings(engine=EngineKind.DEPLOYMENT)
AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


class Shelf:
    """Example companies by their names; ``asked`` are the ids that were asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []

    def companies(self, example_ids: Sequence[str], /) -> tuple[ExampleCompany, ...]:
        self.asked.append(tuple(example_ids))
        return tuple(company for name in example_ids for company in SHIPPED if company.name == name)


@pytest.fixture
def store() -> MemoryKeyStore:
    return MemoryKeyStore()


@pytest.fixture
def keys(store: MemoryKeyStore) -> ServerKeys:
    return ServerKeys(store, Sealer(b"s" * 32))


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


@pytest.fixture
def engines(shared: Shared, keys: ServerKeys, shelf: Shelf) -> Iterator[EngineChoice]:
    engines = choice(shared, keys, shelf)
    yield engines
    engines.close()


def choice(
    shared: Shared,
    keys: ServerKeys,
    shelf: Shelf,
    guard: AddressGuard | None = None,
    deployment: ServerSettings | None = None,
) -> EngineChoice:
    """The choice of a process, which may have been started with a server."""
    return EngineChoice(LiteralEngine(), shared, keys=keys, companies=shelf, guard=guard, deployment=deployment)


def enter(keys: ServerKeys, org_id: str, base_url: str, key: str) -> None:
    keys.keep(org_id, base_url, ServerKey(key), by=OWNER, at=AT)


def keys_sent(server: ModelServer) -> list[str]:
    return [request.headers["authorization"] for request in server.questions]


@pytest.mark.parametrize(
    ("style", "mode"),
    [
        (Style.BEST, RequestMode.DECISIONS),
        (Style.DECISIONS, RequestMode.DECISIONS),
        (Style.SCHEMA, RequestMode.SCHEMA),
        (Style.CHOICE, RequestMode.CHOICE),
        (Style.COMPLETION, RequestMode.COMPLETION),
        (Style.COMPANIES, RequestMode.COMPLETION),
    ],
)
def test_each_style_asks_in_its_way(style: Style, mode: RequestMode, engines: EngineChoice) -> None:
    with ModelServer(
        {"open?": "In Leeds" if mode is RequestMode.COMPLETION else "17"}, modes=list(RequestMode)
    ).running() as server:
        engine = engines.engine_for("org", replace(SETTINGS, base_url=server.base_url, style=style))
        asked = engine.ask("open?", TABLE)

    assert (asked.mode, asked.decision.entry_id) == (mode, 17)
    assert engine.endpoint == (server.base_url, "m")


def test_the_same_settings_have_the_same_engine_in_every_thread(engines: EngineChoice) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: engines.engine_for("org", replace(SETTINGS, negatives=("why",))), range(40)))

    assert len(set(map(id, found))) == 1


@pytest.mark.parametrize(
    "changes",
    [{"usd_a_month": 1.0}, {"tokens_a_month": None}, {"examples": ("a",)}],
    ids=lambda changes: str(list(changes)),
)
def test_settings_that_concern_no_call_leave_the_engine_as_it_is(
    changes: dict[str, Any], engines: EngineChoice
) -> None:
    assert engines.engine_for("org", replace(SETTINGS, **changes)) is engines.engine_for("org", SETTINGS)


@pytest.mark.parametrize(
    "changes",
    [
        {"base_url": "https://models.example/v2"},
        {"model": "n"},
        {"style": Style.CHOICE},
        {"company": "Northwind"},
        {"description": "Sells clothes."},
        {"negatives": ("why",)},
        {"min_confidence": 0.5},
        {"shortlist": 5},
        {"calls_in_flight": 2},
    ],
    ids=lambda changes: str(list(changes)),
)
def test_settings_that_concern_a_call_have_an_engine_of_their_own(
    changes: dict[str, Any], engines: EngineChoice
) -> None:
    first, other = engines.engine_for("org", SETTINGS), engines.engine_for("org", replace(SETTINGS, **changes))

    assert other is not first
    assert (other.endpoint, other.version) != (first.endpoint, first.version) or "calls_in_flight" in changes


def test_what_the_owner_wrote_stands_in_the_prompt(engines: EngineChoice) -> None:
    with ModelServer().running() as server:
        settings = replace(
            SETTINGS,
            base_url=server.base_url,
            company="Northwind",
            description="Sells clothes.",
            negatives=("how old is the king",),
        )
        prompt = engines.engine_for("org", settings).ask("open?", TABLE).decision.prompt

    assert [text in prompt for text in ("Northwind", "Sells clothes.", "how old is the king")] == [True] * 3


def test_each_org_sends_its_own_key_and_one_without_a_key_sends_nobodys(
    engines: EngineChoice, keys: ServerKeys
) -> None:
    with ModelServer().running() as server:
        settings = replace(SETTINGS, base_url=server.base_url)
        for org_id in ("a", "b"):
            enter(keys, org_id, server.base_url, f"sk-of-{org_id}")
        for org_id in ("a", "b", "c", "a"):
            engines.engine_for(org_id, settings).ask("open?", TABLE)

    assert keys_sent(server) == ["Bearer sk-of-a", "Bearer sk-of-b", "Bearer none", "Bearer sk-of-a"]


def test_a_key_goes_to_no_other_address_than_it_was_entered_for(engines: EngineChoice, keys: ServerKeys) -> None:
    with ModelServer().running() as server:
        enter(keys, "a", ADDRESS, "sk-of-a")
        engines.engine_for("a", replace(SETTINGS, base_url=server.base_url)).ask("open?", TABLE)

    assert keys_sent(server) == ["Bearer none"]


def test_a_new_key_counts_from_the_next_question_on(engines: EngineChoice, keys: ServerKeys) -> None:
    with ModelServer().running() as server:
        settings = replace(SETTINGS, base_url=server.base_url)
        for key in ("sk-old", "sk-new"):
            enter(keys, "a", server.base_url, key)
            engines.engine_for("a", settings).ask("open?", TABLE)
        keys.forget("a", server.base_url)
        engines.engine_for("a", settings).ask("open?", TABLE)

    assert keys_sent(server) == ["Bearer sk-old", "Bearer sk-new", "Bearer none"]


def test_the_key_of_the_deployment_goes_to_its_own_server_alone(shared: Shared, keys: ServerKeys, shelf: Shelf) -> None:
    with ModelServer().running() as server:
        deployment = ServerSettings(base_url=server.base_url, api_key=ServerKey("sk-of-the-deployment"), model="m")
        engines = choice(shared, keys, shelf, deployment=deployment)
        engines.engine_for("a", DEPLOYED).ask("open?", TABLE)
        engines.engine_for("a", replace(SETTINGS, base_url=server.base_url)).ask("open?", TABLE)
        engines.close()

    assert keys_sent(server) == ["Bearer sk-of-the-deployment", "Bearer none"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"model": ""}, "The settings, Model: is empty"),
        ({"model": "m\n"}, "The settings, Model: "),
        ({"base_url": ""}, "The settings, Server address: is empty"),
        ({"base_url": "models.example/v1"}, "write it like https://api.openai.com/v1"),
        ({"base_url": "https://me:secret@models.example/v1"}, "holds a user name or a password"),
        ({"base_url": "", "model": ""}, "The settings, Server address"),
    ],
)
def test_a_server_that_is_not_fully_named_is_refused_in_words(
    changes: dict[str, Any], words: str, engines: EngineChoice
) -> None:
    with pytest.raises(EngineUnavailable, match="look at the settings") as refused:
        engines.engine_for("org", replace(SETTINGS, **changes))

    assert words in str(refused.value)
    assert "secret" not in str(refused.value)


def test_a_key_that_cannot_be_read_is_refused_in_words(engines: EngineChoice, store: MemoryKeyStore) -> None:
    enter(ServerKeys(store, Sealer(b"another secret of this installation")), "org", ADDRESS, "sk-1")

    with pytest.raises(KeyUnreadable, match="Enter the key again"):
        engines.engine_for("org", SETTINGS)


def test_the_guard_looks_at_servers_of_orgs_and_not_at_the_deployments(
    shared: Shared, keys: ServerKeys, shelf: Shelf
) -> None:
    with ModelServer({"open?": "1"}).running() as server:
        deployment = ServerSettings(base_url=server.base_url, api_key=ServerKey(""), model="m")
        engines = choice(shared, keys, shelf, AddressGuard(ListedHosts()), deployment)
        settings = replace(SETTINGS, base_url=server.base_url)

        assert engines.engine_for("org", DEPLOYED).ask("open?", TABLE).decision.entry_id == 1
        asked = len(server.requests)
        with pytest.raises(AddressRefused, match="without encryption"):
            engines.engine_for("org", settings).ask("where?", TABLE)
        engines.close()

    assert len(server.requests) == asked


def test_an_org_that_names_the_deployments_server_gets_no_unguarded_engine(
    shared: Shared, keys: ServerKeys, shelf: Shelf
) -> None:
    deployment = ServerSettings(base_url=ADDRESS, api_key=ServerKey(""), model="m")
    engines = choice(shared, keys, shelf, AddressGuard(ListedHosts()), deployment)

    assert engines.engine_for("org", DEPLOYED) is not engines.engine_for("org", SETTINGS)


def test_the_style_of_companies_shows_those_that_the_settings_name(engines: EngineChoice, shelf: Shelf) -> None:
    bakery, pool, _ = (company.name for company in SHIPPED)
    with ModelServer({"open?": "In Leeds"}, modes=[RequestMode.COMPLETION]).running() as server:
        settings = replace(
            SETTINGS, base_url=server.base_url, style=Style.COMPANIES, examples=(pool, "gone", bakery), company="N"
        )
        prompt = engines.engine_for("org", settings).ask("open?", TABLE).decision.prompt
        plain = engines.engine_for("org", replace(settings, style=Style.COMPLETION)).ask("open?", TABLE).decision.prompt

    shown = [name for name in (company.name for company in SHIPPED) if name in prompt]
    assert shown == [bakery, pool]
    assert prompt.index(pool) < prompt.index(bakery) < prompt.index("Company: N\n")
    assert bakery not in plain
    assert shelf.asked == [(pool, "gone", bakery)]


def test_a_company_that_changed_stands_in_the_next_prompt(engines: EngineChoice, shelf: Shelf) -> None:
    settings = replace(SETTINGS, style=Style.COMPANIES, examples=(SHIPPED[0].name,))
    before = engines.engine_for("org", settings)
    shelf.companies = lambda _ids, /: (replace(SHIPPED[0], negatives=()),)

    assert engines.engine_for("org", settings).version != before.version


def test_an_engine_that_was_not_used_for_long_gives_its_place_up_and_is_closed_later(
    engines: EngineChoice, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing: list[LanguageEngine] = []

    def note(engine: LanguageEngine) -> None:
        closing.append(engine)

    monkeypatch.setattr(LanguageEngine, "close_later", note)
    used = engines.engine_for("org", SETTINGS)
    unused = engines.engine_for("org", replace(SETTINGS, model="unused"))

    for number in range(ENGINES_KEPT - 1):
        engines.engine_for("org", replace(SETTINGS, model=f"m{number}"))
        assert engines.engine_for("org", SETTINGS) is used

    assert closing == [unused]
    assert engines.engine_for("org", replace(SETTINGS, model="unused")) is not unused


def test_an_engine_that_is_closed_later_serves_until_then_and_may_be_used_again(shared: Shared) -> None:
    with ModelServer().running() as server:
        settings = ServerSettings(base_url=server.base_url, api_key=ServerKey(""), model="m")
        engine = LanguageEngine(settings, shared=shared, mode=RequestMode.SCHEMA, patience=1.0)
        engine.ask("open?", TABLE)
        engine.close_later()
        engine.ask("open now?", TABLE)
        assert (server.connected, server.connections) == (1, 1)
        wait_for(lambda: server.connections == 0)
        engine.ask("open later?", TABLE)
        assert (server.connected, server.connections) == (2, 1)
        engine.close()
        wait_for(lambda: server.connections == 0)

    assert len(server.questions) == 3


def test_closing_closes_every_engine_and_the_next_question_opens_another(engines: EngineChoice) -> None:
    with ModelServer().running() as server:
        made = [
            engines.engine_for("org", replace(SETTINGS, base_url=server.base_url, model=name)) for name in ("m", "n")
        ]
        for engine in made:
            engine.ask("open?", TABLE)
        assert server.connections == 2
        engines.close()
        wait_for(lambda: server.connections == 0)
        after = engines.engine_for("org", replace(SETTINGS, base_url=server.base_url))

    assert after not in made
