"""All that belongs to the loop of model calls is touched on it alone."""

import asyncio
import threading
import time

from core.background import Background
from core.engines.language.server_memory import RequestMode
from tests.core.engines.language.conftest import TABLE, EngineFor
from tests.model_server import ModelServer


async def _watch() -> None:
    """From now on asyncio itself refuses what is done to this loop from another thread."""
    asyncio.get_running_loop().set_debug(True)


def test_a_wider_batch_that_begins_while_another_waits_for_room_touches_nothing_from_its_own_thread(
    engine_for: EngineFor, background: Background
) -> None:
    background.run(_watch())
    answered: list[int] = []
    server = ModelServer({"open?": "17"}, latency=0.2)

    def batch(in_flight: int) -> None:
        engine = engine_for(server, mode=RequestMode.SCHEMA, calls_in_flight=in_flight)
        ended = list(engine.ask_all([(n, f"{in_flight} {n}?") for n in range(4)], TABLE, stop=threading.Event()))
        answered.append(len(ended))

    with server.running():
        threads = [threading.Thread(target=batch, args=(1,), daemon=True) for _ in range(2)]
        for thread in threads:
            thread.start()
        for _ in range(1_000):
            if server.requests:
                break
            time.sleep(0.01)
        time.sleep(0.05)  # one call is in flight, and the other batch waits for room
        batch(2)
        for thread in threads:
            thread.join(30)

    assert answered == [4] * 3
