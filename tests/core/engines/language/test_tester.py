import subprocess
import sys

import pytest

from core.background import Background
from core.engines.language.address_guard import AddressGuard, AddressRefused
from core.engines.language.hosts import ListedHosts
from core.engines.language.server import ServerKey, ServerSettings
from core.engines.language.server_memory import Finding, RequestMode, ServerMemory
from core.engines.language.tester import ServerTester
from core.engines.limiter import ServerStumbles
from core.errors import EngineUnavailable
from tests.core.engines.language.conftest import KEY
from tests.model_server import Fault, ModelServer

LOOPBACK = AddressGuard(ListedHosts.of(["127.0.0.1"]))


def settings(server: ModelServer, key: str = KEY) -> ServerSettings:
    return ServerSettings(base_url=server.base_url, api_key=ServerKey(key), model="m")


@pytest.mark.parametrize("guard", [None, LOOPBACK])
def test_a_test_finds_out_what_a_server_can_do_and_the_process_remembers_it(
    guard: AddressGuard | None, memory: ServerMemory, background: Background
) -> None:
    with ModelServer(modes=[RequestMode.SCHEMA], key=KEY).running() as server:
        found = ServerTester(background, memory, guard).test(settings(server))

    assert (found.mode, found.models) == (RequestMode.SCHEMA, ("large", "small"))
    assert found.findings[RequestMode.DECISIONS] is Finding.MISSING
    assert memory.finding((server.base_url, "m"), RequestMode.SCHEMA) is Finding.HELD


def test_a_wrong_key_is_said_in_words(memory: ServerMemory, background: Background) -> None:
    with ModelServer(key=KEY).running() as server:
        tester = ServerTester(background, memory, None)
        with pytest.raises(EngineUnavailable, match="refused the key"):
            tester.test(settings(server, "sk-wrong"))
        with pytest.raises(EngineUnavailable, match="refused the key"):
            tester.models(server.base_url, ServerKey("sk-wrong"))


def test_the_guard_holds_for_both(memory: ServerMemory, background: Background) -> None:
    with ModelServer().running() as server:
        tester = ServerTester(background, memory, AddressGuard(ListedHosts()))
        with pytest.raises(AddressRefused):
            tester.test(settings(server))
        with pytest.raises(AddressRefused):
            tester.models(server.base_url, ServerKey(KEY))

    assert server.requests == []


def test_the_models_are_told_by_name(memory: ServerMemory, background: Background) -> None:
    with ModelServer(key=KEY).running() as server:
        assert ServerTester(background, memory, None).models(server.base_url, ServerKey(KEY)) == ("large", "small")


@pytest.mark.parametrize("fault", [Fault.NO_MODEL, Fault.FORBIDDEN])
def test_a_server_that_does_not_tell_its_models_is_no_riddle(
    fault: Fault, memory: ServerMemory, background: Background
) -> None:
    with (
        ModelServer(fault=lambda _request, _number: fault).running() as server,
        pytest.raises(EngineUnavailable, match=r"does not tell its models\. Write the model's name yourself"),
    ):
        ServerTester(background, memory, None).models(server.base_url, ServerKey(KEY))


@pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP])
def test_nobody_waits_for_ever(fault: Fault, memory: ServerMemory, background: Background) -> None:
    with ModelServer(fault=lambda _request, _number: fault).running() as server:
        tester = ServerTester(background, memory, None, patience=0.2)
        with pytest.raises(ServerStumbles, match="in time"):
            tester.test(settings(server))
        with pytest.raises(ServerStumbles, match="in time"):
            tester.models(server.base_url, ServerKey(KEY))


def test_the_client_of_model_servers_is_not_loaded_before_the_first_test() -> None:
    modules = "core.engines.language.tester, core.servers.service, core.servers.addresses, core.servers.sealing"
    code = f"import sys, {modules}; print(sorted({{'openai', 'httpx2', 'aiohttp'}} & set(sys.modules)))"

    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "[]"
