import asyncio
import concurrent.futures
import threading
from collections.abc import Iterator

import pytest

from core.background import Background


@pytest.fixture
def background() -> Iterator[Background]:
    background = Background()
    yield background
    background.close()


def test_many_threads_wait_for_work_on_one_loop(background: Background) -> None:
    async def where() -> int:
        await asyncio.sleep(0.001)
        return threading.get_ident()

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: background.run(where()), range(40)))

    assert len(found) == 1
    assert threading.get_ident() not in found


def test_an_error_comes_out_where_it_is_waited_for(background: Background) -> None:
    async def fails() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        background.run(fails())


def test_work_that_still_runs_is_ended_with_the_loop() -> None:
    background = Background()
    ended, began = threading.Event(), threading.Event()

    async def waits() -> None:
        try:
            began.set()
            await asyncio.Event().wait()
        finally:
            ended.set()

    background.begin(waits())
    began.wait()
    background.close()

    assert ended.is_set()


def test_closing_twice_and_closing_what_never_ran_does_nothing() -> None:
    background = Background()

    background.close()
    background.close()

    async def one() -> int:
        return 1

    assert background.run(one()) == 1
    background.close()


def test_work_that_takes_too_long_is_given_up_and_cancelled(background: Background) -> None:
    cancelled = threading.Event()

    async def waits() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(TimeoutError):
        background.run(waits(), 0.05)

    assert cancelled.wait(5)


def test_last_words_are_spoken_before_the_end_and_not_waited_for_without_end() -> None:
    background, said = Background(), []

    async def one() -> int:
        return 1

    async def last() -> None:
        said.append("bye")
        await asyncio.Event().wait()

    background.run(one())
    background.close(last)

    assert said == ["bye"]
