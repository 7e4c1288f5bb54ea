"""How near batches of model calls come to what a provider allows, with the real openai client and a server of 100 ms.

The server is a process of its own on loopback. Run: python -m tests.benchmarks.limiter
"""

import asyncio
import contextlib
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

from core.engines.limiter import Limiter, answer_all
from core.errors import EngineFailed
from tests.conftest import free_port
from tests.core.engines.test_limiter import Fault, ModelServer, asking, client_of

LATENCY = 0.1
ROWS = 1_000
ENTRIES = 200
ROUNDS = 5
WARM_UP = "-1"
PROMPT = "Answer with the number of the question that is meant, or 0.\n" + "\n".join(
    f"{number}. How do I change part {number} of my order?" for number in range(1, ENTRIES + 1)
).ljust(12_000)

Call = Callable[[str], Awaitable[str | None]]


@dataclass(frozen=True, kw_only=True)
class Limit:
    """Calls a second that a server allows, the most it saves up, and what it says when it refuses."""

    words: str
    rate: float = 10.0
    size: float = 10.0
    fault: Fault = Fault.BUSY_FOR_A_WHILE


LIMITS = {
    "free": None,
    "limited": Limit(words="Retry-After: 1"),
    "silent": Limit(words="no Retry-After", fault=Fault.BUSY),
}


def main() -> None:
    """Measure and print, or be the server of a measurement."""
    if len(sys.argv) > 1:
        port, kind = sys.argv[1:]
        asyncio.run(serve(int(port), LIMITS[kind]))
        return
    print(f"{ROWS} rows, prompt of {len(PROMPT) / 1000:.0f} kB, server of {LATENCY * 1000:.0f} ms")
    for in_flight in (20, 50):
        asyncio.run(speed(in_flight))
    for kind in ("limited", "silent"):
        asyncio.run(limited(kind, rows=200, in_flight=50))


async def speed(in_flight: int) -> None:
    """Wall time beside rows × latency / calls in flight, and processor time, with and without the limiter in turns."""
    batches = {"with the limiter": with_limiter, "bare client": bare}
    runs = [(name, await timed(batch, in_flight)) for _ in range(ROUNDS) for name, batch in batches.items()]
    for name in batches:
        walls, processor, lost = zip(*(figures for found, figures in runs if found == name), strict=True)
        print(
            f"{in_flight} in flight, {name}: {statistics.median(walls):.3f} × ideal (best {min(walls):.3f}), "
            f"CPU {statistics.median(processor):.2f} ms a row (best {min(processor):.2f}), {sum(lost)} lost"
        )


async def timed(batch: Callable[[Call, int, int], Awaitable[int]], in_flight: int) -> tuple[float, float, int]:
    """Wall time as a ratio to the ideal, processor milliseconds a row, rows lost."""
    async with server("free") as base_url, client_of(base_url) as client:
        call = asking(client, PROMPT)
        await call(WARM_UP)  # imports and schemas are made once a process, whatever the rows
        began, busy = time.perf_counter(), time.process_time()
        answered = await batch(call, ROWS, in_flight)
        wall, busy = time.perf_counter() - began, time.process_time() - busy
    return wall / (ROWS * LATENCY / in_flight), 1000 * busy / ROWS, ROWS - answered


async def limited(kind: str, rows: int, in_flight: int) -> None:
    """A server that allows a number of calls a second: rows lost, and calls beside rows."""
    limit = LIMITS[kind]
    assert limit is not None
    calls: Counter[str] = Counter()
    async with server(kind) as base_url, client_of(base_url) as client:
        call = asking(client, PROMPT)

        async def counted(question: str) -> str | None:
            calls[question] += 1
            return await call(question)

        began = time.perf_counter()
        answered = await with_limiter(counted, rows, in_flight)
        wall = time.perf_counter() - began
    ideal = (rows - limit.size) / limit.rate
    print(
        f"{limit.rate:.0f} a second allowed ({limit.words}), {in_flight} in flight, {rows} rows: "
        f"{rows - answered} lost, {calls.total()} calls = {calls.total() / rows:.3f} × rows, "
        f"{wall:.1f} s = {wall / ideal:.2f} × the limit's own time"
    )


async def with_limiter(call: Call, rows: int, in_flight: int) -> int:
    """How many rows of a batch came out with their own reply."""
    questions = [str(row) for row in range(rows)]
    ended = answer_all(questions, call, Limiter(in_flight), in_flight=in_flight)
    return len({question async for question, reply in ended if is_right(question, reply)})


async def bare(call: Call, rows: int, in_flight: int) -> int:
    """The same without the limiter: so many loops that take the next row."""
    questions = iter([str(row) for row in range(rows)])
    right: set[str] = set()

    async def take() -> None:
        for question in questions:
            if is_right(question, await call(question)):
                right.add(question)

    await asyncio.gather(*(take() for _ in range(in_flight)))
    return len(right)


def is_right(question: str, reply: str | EngineFailed | None) -> bool:
    return reply == f"reply to {question}"


@contextlib.asynccontextmanager
async def server(kind: str) -> AsyncIterator[str]:
    """The base URL of a server in another process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.limiter", str(port), kind])
    try:
        while True:
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait()


async def serve(port: int, limit: Limit | None) -> None:
    """Answer until ended from outside."""
    async with ModelServer(bucket(limit) if limit else lambda _question, _call: None, LATENCY).running(port):
        await asyncio.Event().wait()


def bucket(limit: Limit) -> Callable[[str, int], Fault | None]:
    left, then = limit.size, time.monotonic()

    def behave(_question: str, _call: int) -> Fault | None:
        nonlocal left, then
        now = time.monotonic()
        left, then = min(limit.size, left + (now - then) * limit.rate), now
        if left < 1:
            return limit.fault
        left -= 1
        return None

    return behave


if __name__ == "__main__":
    main()
