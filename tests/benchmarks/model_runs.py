"""How near batches come to what a model server allows, by the app's own way: limiter, cache, openai; ledger and queue.

1,000 rows, a table of 200 entries, a server of 100 ms in a process of its own on loopback. First the engine answers
them by itself, then a durable run that is started as a page starts it; its time is what the ledger says. Beside them
stands what the same calls take without Frontline, since machines differ, and one machine from hour to hour; all take
turns, for the same reason. Run: python -m tests.benchmarks.model_runs
"""

import argparse
import asyncio
import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.runs.ledger import Run
from core.settings import EngineSettings, Settings
from core.statistics.verdict import Verdict
from tests.benchmarks.calls_alone import Alone, aiohttp_client, openai_client
from tests.benchmarks.engine_alone import engine_alone
from tests.benchmarks.steady_server import SteadyServer
from tests.conftest import free_port
from tests.model_server import Fault, ModelServer, Request, is_probe
from tests.tutorial import build

ORG = CLOTHING_ORG
LATENCY = 0.1
ROWS = 1_000
ENTRIES = 200
ROUNDS = 5
QUEUE_SECONDS = 2.0
"""In a fresh installation DBOS looks at a new queue only after a second and a half; from the next start on at once."""
LOOK_EVERY = 1.0
"""Seconds between looks at a run, as those of the page that shows it."""
RATE = 10.0
"""Calls a second that the limited server allows, and the most that it saves up."""


@dataclass(frozen=True, kw_only=True)
class Figures:
    """Of one run: wall time in units of rows × latency / in flight, processor time a row, what became of the rows."""

    wall: float
    milliseconds: float
    lost: int
    requests: int


def main() -> None:
    """Measure and print, or be the server of a measurement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", nargs=2, metavar=("PORT", "KIND"))
    parser.add_argument("--rows", type=int, default=ROWS)
    arguments = parser.parse_args()
    rows: int = arguments.rows
    if arguments.serve:
        asyncio.run(serve(int(arguments.serve[0]), arguments.serve[1]))
        return
    for in_flight in (20, 50):
        rounds = [turns(rows, in_flight) for _ in range(ROUNDS)]
        for name in rounds[0]:
            runs = [one[name] for one in rounds]
            print(
                f"{in_flight} in flight, {name}: {statistics.median(run.wall for run in runs):.3f} × ideal "
                f"(best {min(run.wall for run in runs):.3f}), CPU "
                f"{statistics.median(run.milliseconds for run in runs):.2f} ms a row "
                f"(best {min(run.milliseconds for run in runs):.2f}), {sum(run.lost for run in runs)} lost",
                flush=True,
            )
    for kind in ("limited", "silent"):
        run = measured(kind, rows, 50, bypass_cache=True)
        print(
            f"{RATE:.0f} a second, {kind}: {run.lost} of {rows:,} rows lost, requests {run.requests / rows:.3f} × rows"
        )


def turns(rows: int, in_flight: int) -> dict[str, Figures]:
    """One round of everything that is compared."""
    return {
        "the openai client alone": client_alone(openai_client, rows, in_flight),
        "bare aiohttp alone": client_alone(aiohttp_client, rows, in_flight),
        "engine, all asked anew": engine_measured(rows, in_flight, bypass_cache=True),
        "engine, kept replies looked for and kept": engine_measured(rows, in_flight, bypass_cache=False),
        "durable run, all asked anew": measured("free", rows, in_flight, bypass_cache=True),
        "durable run, kept replies looked for and kept": measured("free", rows, in_flight, bypass_cache=False),
    }


def client_alone(client: Callable[[str, int, int, int], Alone], rows: int, in_flight: int) -> Figures:
    """The calls of a client, against a fresh server."""
    with server("free") as base_url:
        return figures(client(base_url, rows, in_flight, ENTRIES), rows, in_flight)


def engine_measured(rows: int, in_flight: int, *, bypass_cache: bool) -> Figures:
    """The engine by itself in a fresh installation, against a fresh server."""
    with (
        tempfile.TemporaryDirectory() as folder,
        server("free") as base_url,
        frontline(Path(folder), base_url) as parts,
    ):
        fill(parts, in_flight)
        engine_alone(parts, 2, what="warm up")  # clients and schemas are made once a process
        return figures(engine_alone(parts, rows, bypass_cache=bypass_cache), rows, in_flight)


def figures(alone: Alone, rows: int, in_flight: int) -> Figures:
    """In the units of a run's. Whoever loses a row raises; a free server refuses none, so each is asked once."""
    wall = alone.seconds / (rows * LATENCY / in_flight)
    return Figures(wall=wall, milliseconds=alone.milliseconds, lost=0, requests=rows)


def measured(kind: str, rows: int, in_flight: int, *, bypass_cache: bool) -> Figures:
    """One run in a fresh installation, against a fresh server."""
    with tempfile.TemporaryDirectory() as folder, server(kind) as base_url, frontline(Path(folder), base_url) as parts:
        fill(parts, in_flight)
        checked(parts, 2, "warm up")()  # clients and schemas are made once a process
        time.sleep(QUEUE_SECONDS)
        start = checked(parts, rows, "question", bypass_cache=bypass_cache)
        before, busy = requests(base_url), time.process_time()
        run = start()
        busy = time.process_time() - busy
        assert run.started_at is not None
        assert run.ended_at is not None
        wall = (run.ended_at - run.started_at).total_seconds()
        summary = parts.runs.summary(OWNER, ORG, run.run_id)
        return Figures(
            wall=wall / (rows * LATENCY / in_flight),
            milliseconds=1000 * busy / rows,
            lost=rows - summary.count(Verdict.RIGHT),
            requests=requests(base_url) - before,
        )


@contextlib.contextmanager
def frontline(folder: Path, base_url: str) -> Iterator[Frontline]:
    """The app's parts in a fresh folder, with this server."""
    engine = EngineSettings(base_url=base_url, model="m", key="k")
    parts = build(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'demo.db'}", engine=engine))
    try:
        yield parts
    finally:
        parts.stop()


def fill(parts: Frontline, in_flight: int) -> None:
    """200 entries and the number of calls in flight, as an owner saves them."""
    table = parts.questions.table(OWNER, ORG)
    added = tuple(
        {"question": f"How do I change part {i} of my order?", "answer": f"Call us and ask for part {i}."}
        for i in range(ENTRIES - len(table.entries))
    )
    parts.questions.save(OWNER, ORG, base_revision=table.revision, changes=Changes(added=added))
    model = replace(table.policy.model, calls_in_flight=in_flight)
    revision = parts.questions.newest_revision(OWNER, ORG)
    parts.questions.save_settings(OWNER, ORG, base_revision=revision, policy=replace(table.policy, model=model))


def checked(parts: Frontline, rows: int, what: str, *, bypass_cache: bool = True) -> Callable[[], Run]:
    """Runs so many rows that all expect a person, which is what the server says to each, and waits for the end."""
    data = "question,expected_id\n" + "".join(f"{what} {row}?,__fallback__\n" for row in range(rows))
    found = parts.intake.read(OWNER, ORG, data.encode(), "rows.csv")
    ready = parts.intake.check(OWNER, ORG, found)
    preview, revision = ready.preview, ready.revision

    def run() -> Run:
        run = parts.runs.start(OWNER, ORG, name=what, preview=preview, revision=revision, bypass_cache=bypass_cache)
        while (now := parts.runs.run(OWNER, ORG, run.run_id)).active:
            time.sleep(LOOK_EVERY)
        return now

    return run


def requests(base_url: str) -> int:
    """How many questions the server was asked."""
    with urllib.request.urlopen(f"{base_url}/count") as reply:  # noqa: S310 - on loopback
        return int(reply.read())


@contextlib.contextmanager
def server(kind: str) -> Iterator[str]:
    """The base URL of a server in another process."""
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "tests.benchmarks.model_runs", "--serve", str(port), kind])
    try:
        base_url = f"http://127.0.0.1:{port}/v1"
        while True:
            with contextlib.suppress(OSError):
                requests(base_url)
                break
            time.sleep(0.05)
        yield base_url
    finally:
        process.terminate()
        process.wait()


async def serve(port: int, kind: str) -> None:
    """Answer until ended from outside."""
    if kind == "free":
        await SteadyServer(LATENCY).serve(port)
    model = ModelServer(modes=[RequestMode.SCHEMA], latency=LATENCY, anything=lambda request: counted(model, request))
    model.fault = bucket(Fault.BUSY_FOR_A_SECOND if kind == "limited" else Fault.BUSY)
    async with model.serving(port):
        await asyncio.Event().wait()


def counted(model: ModelServer, request: Request) -> bytes | None:
    """The number of questions asked, where that is what is wanted."""
    return str(len(model.questions)).encode() if request.path == "/v1/count" else None


def bucket(fault: Fault) -> Callable[[Request, int], Fault | None]:
    """Refuses what is more than the server allows."""
    left, then = RATE, time.monotonic()

    def behave(request: Request, _number: int) -> Fault | None:
        nonlocal left, then
        if not request.body or is_probe(request):
            return None
        now = time.monotonic()
        left, then = min(RATE, left + (now - then) * RATE), now
        if left < 1:
            return fault
        left -= 1
        return None

    return behave


if __name__ == "__main__":
    main()
