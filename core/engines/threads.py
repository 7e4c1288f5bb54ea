"""Asks many questions of an engine that works in this process, a thread a core."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from core.engines.protocol import EngineReply
from core.errors import EngineFailed

AHEAD = 16
"""Questions a thread that wait for their turn: enough to keep all threads busy while results are looked at."""

I = TypeVar("I")  # noqa: E741 - an item


def ask_in_threads(
    ask: Callable[[str], EngineReply], items: Iterable[tuple[I, str]], *, threads: int, stop: threading.Event
) -> Generator[tuple[I, EngineReply | EngineFailed], None, None]:
    """Each mark with what became of its question, in the order given; see ``Engine.ask_all``."""
    waiting: deque[tuple[I, Future[EngineReply | EngineFailed | None]]] = deque()

    def first() -> Iterator[tuple[I, EngineReply | EngineFailed]]:
        mark, future = waiting.popleft()
        if (ended := future.result()) is not None:
            yield mark, ended

    with ThreadPoolExecutor(threads, thread_name_prefix="frontline-engine") as pool:
        try:
            for item, question in items:
                if stop.is_set():
                    break
                waiting.append((item, pool.submit(_asked, ask, question, stop)))
                if len(waiting) >= threads * AHEAD:
                    yield from first()
            while waiting:
                yield from first()
        finally:
            for _, future in waiting:
                future.cancel()


def _asked(
    ask: Callable[[str], EngineReply], question: str, stop: threading.Event
) -> EngineReply | EngineFailed | None:
    """None when its turn came after the stop: it was waiting, so it stays to be done."""
    if stop.is_set():
        return None
    try:
        return ask(question)
    except EngineFailed as failure:
        return failure
