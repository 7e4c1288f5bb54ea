import asyncio
import time
from collections.abc import Callable, Iterator

import pytest

from core.engines.language.timeouts import in_two_tries
from core.engines.limiter import ServerBusy, ServerStumbles
from core.errors import EngineFailed, EngineUnavailable

LONG = 60.0


class Server:
    """Does one thing after another: raises an error, hangs for so many seconds, or replies."""

    def __init__(self, *doings: Exception | float | str) -> None:
        self._doings: Iterator[Exception | float | str] = iter(doings)
        self.called: list[float] = []
        self.cancelled = 0

    async def __call__(self) -> str:
        self.called.append(time.monotonic())
        doing = next(self._doings)
        if isinstance(doing, Exception):
            raise doing
        if isinstance(doing, str):
            return doing
        try:
            await asyncio.sleep(doing)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return "late"


def asked(server: Server, *, try_seconds: float = LONG, patience: float = LONG) -> str:
    return asyncio.run(in_two_tries(server, try_seconds=try_seconds, patience=patience))


def test_a_reply_is_taken_at_once() -> None:
    server = Server("yes", "no")

    assert (asked(server), len(server.called)) == ("yes", 1)


@pytest.mark.parametrize(
    "failure", [ServerBusy(), ServerBusy(0.0), ServerBusy(0.05), ServerStumbles("It broke."), TimeoutError()], ids=repr
)
def test_what_may_be_over_soon_is_tried_once_more(failure: Exception) -> None:
    server = Server(failure, "yes")

    assert (asked(server), len(server.called)) == ("yes", 2)


def test_the_second_failure_is_the_one_that_counts() -> None:
    server = Server(ServerStumbles("first"), ServerStumbles("second"), "yes")

    with pytest.raises(ServerStumbles, match="second"):
        asked(server)

    assert len(server.called) == 2


def test_a_busy_server_gets_the_pause_that_it_asks_for() -> None:
    server = Server(ServerBusy(0.4), "yes")

    asked(server)

    first, second = server.called
    assert second - first >= 0.4


def test_nobody_waits_for_a_server_that_asks_for_more_than_half_of_the_patience() -> None:
    server = Server(ServerBusy(LONG / 2 + 1), "yes")

    with pytest.raises(ServerBusy):
        asked(server)

    assert len(server.called) == 1


def test_a_try_that_hangs_is_given_up_for_another_at_once() -> None:
    server = Server(LONG, "yes")

    assert asked(server, try_seconds=0.05) == "yes"

    first, second = server.called
    assert second - first < LONG / 2
    assert server.cancelled == 1


@pytest.mark.parametrize(
    "server",
    [
        lambda: Server(0.03, LONG),
        lambda: Server(LONG, LONG),
        lambda: Server(ServerStumbles("first"), LONG),
        lambda: Server(ServerStumbles("first"), TimeoutError()),
    ],
)
def test_when_the_patience_is_over_the_server_did_not_answer_in_time(server: Callable[[], Server]) -> None:
    began = time.monotonic()

    with pytest.raises(ServerStumbles, match="did not answer in time"):
        asked(server(), try_seconds=0.02, patience=0.7)

    assert time.monotonic() - began < LONG / 2


def test_the_second_try_may_take_all_that_is_left() -> None:
    assert asked(Server(LONG, 0.2), try_seconds=0.05) == "late"


@pytest.mark.parametrize("error", [EngineFailed("Too long."), EngineUnavailable("No key."), ValueError("a mistake")])
def test_what_another_try_cannot_mend_is_raised_at_once(error: Exception) -> None:
    server = Server(error, "yes")

    with pytest.raises(type(error), match=str(error)):
        asked(server)

    assert len(server.called) == 1
