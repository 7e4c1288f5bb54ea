"""What tests and benchmarks of durable runs share: a model server that counts, an installation, and processes."""

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd

from core.bootstrap import Frontline
from core.engines.language.server_memory import RequestMode
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.runs import worker
from core.runs.ledger import Run
from core.settings import EngineSettings, Settings, database_url
from tests.browser.conftest import ROOT, environment
from tests.conftest import free_port
from tests.model_server import ModelServer, Request
from tests.tutorial import build

ORG = CLOTHING_ORG
ENTRIES = 50


def serve(port: int, latency: float) -> None:
    """A model server that gives each question its own entry, until it is ended from outside."""

    async def forever() -> None:
        answers = {f"question {row}?": str(row % (ENTRIES + 1)) for row in range(20_000)}
        model = ModelServer(
            answers, modes=[RequestMode.SCHEMA], latency=latency, anything=lambda request: count(model, request)
        )
        async with model.serving(port):
            await asyncio.Event().wait()

    asyncio.run(forever())


def count(model: ModelServer, request: Request) -> bytes | None:
    """The number of questions asked, where that is what is wanted."""
    return str(len(model.questions)).encode() if request.path == "/v1/count" else None


@contextlib.contextmanager
def model_server(latency: float) -> Iterator[str]:
    """The base URL of a model server in a process of its own."""
    port = free_port()
    program = f"from tests.durable import serve; serve({port}, {latency})"
    process = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
    try:
        url = f"http://127.0.0.1:{port}/v1"
        answers(f"{url}/count")
        yield url
    finally:
        process.kill()
        process.wait()


def asked(base_url: str) -> int:
    """How many questions the model server was asked."""
    with urllib.request.urlopen(f"{base_url}/count") as reply:  # noqa: S310 - on loopback
        return int(reply.read())


def answers(url: str, seconds: float = 60) -> None:
    """Wait until somebody answers there."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError, urllib.error.URLError):
            urllib.request.urlopen(url, timeout=5)  # noqa: S310 - on loopback
            return
        time.sleep(0.02)
    raise TimeoutError(url)


def settings(folder: Path, base_url: str, database: str = "") -> Settings:
    """Those of an installation that asks this model server."""
    engine = EngineSettings(base_url=base_url, model="m", key="k")
    return Settings(data_dir=folder, database_url=database_url(database, folder), engine=engine)


def variables(folder: Path, base_url: str, database: str = "") -> dict[str, str]:
    """The same settings for a process."""
    engine = {"FRONTLINE_ENGINE_URL": base_url, "FRONTLINE_ENGINE_MODEL": "m", "FRONTLINE_ENGINE_KEY": "k"}
    return environment(folder) | engine | ({"DATABASE_URL": database} if database else {})


@contextlib.contextmanager
def looking_on(chosen: Settings) -> Iterator[Frontline]:
    """The app's parts in this process, which starts runs and answers none of their rows."""
    parts = build(chosen)
    vars(parts.worker)["start"] = lambda: False
    try:
        yield parts
    finally:
        parts.stop()


def fill(parts: Frontline, in_flight: int) -> None:
    """A table of entries and the number of calls in flight, as an owner saves them."""
    table = parts.questions.table(OWNER, ORG)
    more = range(ENTRIES - len(table.entries))
    added = tuple({"question": f"How do I change part {i}?", "answer": f"Ask for part {i}."} for i in more)
    parts.questions.save(OWNER, ORG, base_revision=table.revision, changes=Changes(added=added))
    policy = replace(table.policy, model=replace(table.policy.model, calls_in_flight=in_flight))
    newest = parts.questions.newest_revision(OWNER, ORG)
    parts.questions.save_settings(OWNER, ORG, base_revision=newest, policy=policy)


def start(parts: Frontline, rows: int) -> Run:
    """Start a run of so many questions, each asked anew."""
    data = "question,expected_id\n" + "".join(f"question {row}?,{expected(row)}\n" for row in range(rows))
    found = parts.intake.read(OWNER, ORG, data.encode(), "rows.csv")
    ready = parts.intake.check(OWNER, ORG, found)
    preview, revision = ready.preview, ready.revision
    return parts.runs.start(OWNER, ORG, name="rows", preview=preview, revision=revision, bypass_cache=True)


def expected(row: int) -> str:
    """What the file expects: mostly what the model server says, now and then another entry."""
    return str(1 + row % ENTRIES) if row % 7 == 0 or not row % (ENTRIES + 1) else str(row % (ENTRIES + 1))


def ended(parts: Frontline, run: Run, seconds: float = 600, *, look_every: float = 0.1) -> Run:
    """The run after its end, with so many seconds between looks at it."""
    until = time.monotonic() + seconds
    while (now := parts.runs.run(OWNER, ORG, run.run_id)).active:
        if time.monotonic() > until:
            raise TimeoutError(f"{now.status}, {now.finished} of {now.total} finished")
        time.sleep(look_every)
    return now


def result(parts: Frontline, run: Run) -> pd.DataFrame:
    """Every row as people see it, without what no two runs have in common."""
    return parts.runs.results(OWNER, ORG, run.run_id).table().drop(columns=["Time (ms)"])


def process(command: list[str], folder: Path, chosen: dict[str, str]) -> "subprocess.Popen[bytes]":
    """A process of the app in a group of its own; what it says goes into ``processes.log``."""
    with (folder / "processes.log").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=chosen,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(process: "subprocess.Popen[bytes]") -> None:
    """kill -9, its children too."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def working(silent_after: float, beat_every: float) -> None:
    """What a process does that answers rows, on any database, with other times than the app's."""
    worker.SILENT_AFTER_SECONDS, worker.BEAT_EVERY_SECONDS, worker.LOOK_EVERY_SECONDS = silent_after, beat_every, 0.2
    build(Settings.from_environment()).start()
    signal.pause()


def working_process(
    chosen: Settings, *, silent_after: float = 1.5, beat_every: float = 0.3
) -> "subprocess.Popen[bytes]":
    """A process that answers rows."""
    assert chosen.engine is not None
    program = f"from tests.durable import working; working({silent_after}, {beat_every})"
    return process(
        ["-c", program], chosen.data_dir, variables(chosen.data_dir, chosen.engine.base_url, chosen.database_url)
    )


def said(folder: Path) -> str:
    """What the processes of a folder said."""
    log = folder / "processes.log"
    return log.read_text(errors="replace") if log.exists() else ""
