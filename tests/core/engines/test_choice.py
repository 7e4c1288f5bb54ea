import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from core.background import Background
from core.engines.choice import EngineChoice
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.hosts import ListedHosts
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.shared import Shared
from core.errors import EngineUnavailable
from core.prompts.companies import SHIPPED, ExampleCompany
from core.questions.entry import Entry, Published
from core.questions.policy import EngineKind, ModelSettings, Style
from tests.fakes import LiteralEngine
from tests.model_server import ModelServer, wait_for

TABLE = Published(org_id="a", revision=1, entries=(Entry(id=1, question="What are your hours?", answer="9 to 5"),))
OWN = ModelSettings(engine=EngineKind.SERVER, base_url="https://models.example/v1", model="own")


class KeysByOrg:
    """Each org's key; the org "a" has one."""

    def key_for(self, org_id: str, base_url: str, /) -> ServerKey:
        return ServerKey({"a": "sk-of-a"}.get(org_id, ""))


class Shipped:
    """All companies that ship with Frontline, whatever is asked for."""

    def companies(self, example_ids: Sequence[str], /) -> tuple[ExampleCompany, ...]:
        return SHIPPED[: len(example_ids)]


Choose = Callable[..., EngineChoice]


@pytest.fixture
def choose() -> Iterator[Choose]:
    """Makes the choice of a process that was started with this server, or with none; closed after the test."""
    background, made = Background(), []

    def choose(server: ModelServer | None = None, guard: AddressGuard | None = None) -> EngineChoice:
        deployment = server and ServerSettings(
            base_url=server.base_url, api_key=ServerKey("sk-of-all"), model="deployed"
        )
        parts = Shared(memory=ServerMemory(), background=background)
        built_in = LiteralEngine()
        made.append(
            EngineChoice(built_in, parts, keys=KeysByOrg(), companies=Shipped(), guard=guard, deployment=deployment)
        )
        return made[-1]

    yield choose
    for choice in made:
        choice.close()
    background.close()


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer({"open?": "1"}, modes=[RequestMode.SCHEMA, RequestMode.COMPLETION]).running() as server:
        yield server


def test_each_kind_of_engine_is_found(choose: Choose, server: ModelServer) -> None:
    with_server, without = choose(server), choose()

    places = {
        kind: [choice.engine_for("a", replace(OWN, engine=kind)).endpoint for choice in (with_server, without)]
        for kind in EngineKind
    }

    assert places == {
        EngineKind.DEPLOYMENT: [(server.base_url, "deployed"), None],
        EngineKind.BUILT_IN: [None, None],
        EngineKind.SERVER: [("https://models.example/v1", "own")] * 2,
        EngineKind.CASCADE: [("https://models.example/v1", "own")] * 2,
    }
    assert without.engine_for("a", ModelSettings()).name == "Literal"


@pytest.mark.parametrize("kind", list(EngineKind))
def test_the_same_settings_have_the_same_engine(kind: EngineKind, choose: Choose, server: ModelServer) -> None:
    choice = choose(server)

    first, second = (choice.engine_for("a", replace(OWN, engine=kind)) for _ in range(2))

    assert first is second


def test_the_engine_of_orgs_that_chose_none_is_named(choose: Choose, server: ModelServer) -> None:
    assert choose().deployment_name == "Literal"
    assert choose(server).deployment_name == f"deployed ({server.base_url.removeprefix('http://').removesuffix('/v1')})"


def test_who_asks_a_model_server_is_told_as_the_engine_is_chosen(choose: Choose, server: ModelServer) -> None:
    for choice in (choose(server), choose()):
        for kind in EngineKind:
            engine = choice.engine_for("a", replace(OWN, engine=kind))
            assert choice.asks_a_server(kind) == (engine.endpoint is not None)


def test_each_server_is_sent_the_key_that_it_was_entered_with(choose: Choose, server: ModelServer) -> None:
    choice = choose(server)
    own = replace(OWN, base_url=server.base_url)

    for org_id, settings in (("a", own), ("b", own), ("a", ModelSettings()), ("b", ModelSettings())):
        choice.engine_for(org_id, settings).ask("open?", TABLE)

    sent = [(request.body["model"], request.headers["authorization"]) for request in server.questions]
    assert sent == [
        ("own", "Bearer sk-of-a"),
        ("own", "Bearer none"),
        ("deployed", "Bearer sk-of-all"),
        ("deployed", "Bearer sk-of-all"),
    ]


def test_only_servers_that_orgs_named_are_guarded(choose: Choose, server: ModelServer) -> None:
    choice = choose(server, AddressGuard(ListedHosts()))

    assert choice.engine_for("a", ModelSettings()).ask("open?", TABLE).decision.entry_id == 1
    with pytest.raises(AddressRefused):
        choice.engine_for("a", replace(OWN, base_url=server.base_url)).ask("where?", TABLE)


def test_an_address_without_a_model_is_refused_in_words_and_the_other_engines_go_on(
    choose: Choose, server: ModelServer
) -> None:
    choice = choose(server)

    with pytest.raises(EngineUnavailable, match=r"look at the settings.*Model: is empty"):
        choice.engine_for("a", replace(OWN, model=""))
    assert choice.engine_for("a", ModelSettings()).ask("open?", TABLE).decision.entry_id == 1


def test_the_orgs_wishes_count_with_the_deployments_server_too(choose: Choose, server: ModelServer) -> None:
    server.answers = {"open?": "9 to 5"}
    settings = ModelSettings(style=Style.COMPANIES, company="Northwind", examples=("one", "two"))

    asked = choose(server).engine_for("a", settings).ask("open?", TABLE)

    assert (asked.mode, asked.decision.entry_id) == (RequestMode.COMPLETION, 1)
    shown = [text in asked.decision.prompt for text in ("Northwind", *(company.name for company in SHIPPED))]
    assert shown == [True, True, True, False]


def test_closing_closes_the_connections_and_needs_none_to_be_open(choose: Choose, server: ModelServer) -> None:
    choose().close()
    choice = choose(server)
    choice.engine_for("a", ModelSettings()).ask("open?", TABLE)
    assert server.connections == 1

    choice.close()
    choice.close()

    wait_for(lambda: server.connections == 0)


def test_the_client_for_servers_is_loaded_only_when_a_server_is_asked() -> None:
    """It takes half a second, and most starts do without it."""
    script = "import sys, core.engines.choice; sys.exit(sum(name in sys.modules for name in ('openai', 'httpx2')))"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
