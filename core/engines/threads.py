"""Asks many questions of an engine that works in this process, a thread a core."""

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from core.engines.protocol import Asked
from core.errors import EngineFailed

AHEAD = 16
"""Questions a thread that wait for their turn: enough to keep all threads busy while results are looked at."""

I = TypeVar("I")  # noqa: E741 - an item


def ask_in_threads(
    ask: Callable[[str], Asked], items: Iterable[tuple[I, str]], *, threads: int, stop: threading.Event
) -> Generator[tuple[I, Asked | EngineFailed], None, None]:
    """Each mark with what became of its question, in the order given; see ``Engine.ask_all``."""

    def one(question: str) -> Asked | EngineFailed:
        try:
            return ask(question)
        except EngineFailed as failure:
            return failure

    waiting: deque[tuple[I, Future[Asked | EngineFailed]]] = deque()
    with ThreadPoolExecutor(threads, thread_name_prefix="frontline-engine") as pool:
        try:
            for item, question in items:
                if stop.is_set():
                    break
                waiting.append((item, pool.submit(one, question)))
                if len(waiting) >= threads * AHEAD:
                    mark, future = waiting.popleft()
                    yield mark, future.result()
            while waiting:
                mark, future = waiting.popleft()
                yield mark, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
