"""Runs that outlive the processes which answer them: real processes, killed, stopped and started again."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from core.bootstrap import Frontline
from core.commands.exits import Exit
from core.commands.worker import NEEDS_POSTGRESQL
from core.engines.language.server_memory import RequestMode
from core.identity.demo import OWNER
from core.runs.ledger import Run, Status
from core.storage.database import Database
from core.storage.tables import executors, run_executors
from tests.browser.conftest import ROOT
from tests.conftest import LONG_ON_POSTGRESQL
from tests.durable import (
    ENTRIES,
    ORG,
    ended,
    fill,
    kill,
    looking_on,
    process,
    result,
    said,
    settings,
    start,
    variables,
    working_process,
)
from tests.model_server import ModelServer

IN_FLIGHT = 8
ROWS = 300


@dataclass
class Installation:
    """One database, a model server that counts, and the processes that a test begins."""

    parts: Frontline
    model: ModelServer
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def begin(self, silent_after: float = 1.5) -> "subprocess.Popen[bytes]":
        """A process that answers rows."""
        begun = working_process(self.parts.settings, silent_after=silent_after)
        self.processes.append(begun)
        return begun

    def kill(self) -> None:
        """Kill all of them."""
        for begun in self.processes:
            kill(begun)

    def now(self, run: Run) -> Run:
        return self.parts.runs.run(OWNER, ORG, run.run_id)

    def finished(self, run: Run, rows: int) -> Run:
        """The run when so many rows are finished."""
        return self.when(run, lambda now: now.finished >= rows)

    def when(self, run: Run, condition: Callable[[Run], bool]) -> Run:
        until = time.monotonic() + 60
        while not condition(found := self.now(run)):
            assert time.monotonic() < until, (found, self.said)
            time.sleep(0.02)
        return found

    @property
    def said(self) -> str:
        """How the processes are, and what they said: why a test waits in vain."""
        ended = [begun.poll() for begun in self.processes]
        return f"ended with {ended}\n{said(self.parts.settings.data_dir)}"

    @property
    def asked(self) -> int:
        return len(self.model.questions)


@pytest.fixture
def installation(migrated_url: str, tmp_path: Path) -> Iterator[Installation]:
    answers = {f"question {row}?": str(row % (ENTRIES + 1)) for row in range(ROWS)}
    model = ModelServer(answers, modes=[RequestMode.SCHEMA], latency=0.05)
    with model.running(), looking_on(settings(tmp_path, model.base_url, migrated_url)) as parts:
        fill(parts, IN_FLIGHT)
        installation = Installation(parts, model)
        yield installation
        installation.kill()


@LONG_ON_POSTGRESQL
def test_a_run_that_is_killed_again_and_again_ends_with_the_result_of_one_in_peace(installation: Installation) -> None:
    peace = start(installation.parts, ROWS)
    installation.begin()
    in_peace = ended(installation.parts, peace)
    run = start(installation.parts, ROWS)
    for kills in range(1, 3):
        installation.finished(run, kills * ROWS // 4)
        installation.kill()
        installation.begin()

    killed = ended(installation.parts, run)

    assert (killed.status, killed.finished) == (in_peace.status, in_peace.finished) == (Status.DONE, ROWS)
    pd.testing.assert_frame_equal(result(installation.parts, run), result(installation.parts, peace))
    a_flush = ROWS / (in_peace.ended_at - in_peace.started_at).total_seconds() * 0.25
    assert 2 * ROWS <= installation.asked <= 2 * ROWS + 2 * (IN_FLIGHT + 2 * a_flush)


@LONG_ON_POSTGRESQL
def test_a_paused_run_asks_nothing_and_stays_paused_through_a_restart_until_it_is_resumed(
    installation: Installation,
) -> None:
    run = start(installation.parts, ROWS)
    installation.begin()
    installation.finished(run, 50)
    installation.parts.runs.pause(OWNER, ORG, run.run_id)
    paused = installation.when(run, lambda now: now.status is Status.PAUSED)
    asked = installation.asked
    installation.kill()
    installation.begin()
    time.sleep(2)

    assert installation.now(run) == paused
    assert installation.asked == asked == paused.finished < ROWS
    installation.parts.runs.resume(OWNER, ORG, run.run_id)
    after = ended(installation.parts, run)
    assert (after.status, after.finished, after.finished_before) == (Status.DONE, ROWS, paused.finished)
    assert installation.asked == ROWS


@LONG_ON_POSTGRESQL
def test_a_run_whose_process_dies_while_it_is_cancelled_ends_all_the_same(installation: Installation) -> None:
    installation.model.latency = 5
    run = start(installation.parts, ROWS)
    installation.begin()
    installation.when(run, lambda now: now.status is Status.RUNNING)
    installation.parts.runs.cancel(OWNER, ORG, run.run_id)
    assert installation.now(run).status is Status.CANCELLING
    installation.kill()
    installation.begin()

    assert ended(installation.parts, run).status is Status.CANCELLED


@pytest.fixture
def shared(postgresql_url: str, tmp_path: Path) -> Iterator[Installation]:
    """An installation on PostgreSQL with a slower model server."""
    model = ModelServer({}, modes=[RequestMode.SCHEMA], latency=0.1)
    with model.running(), looking_on(settings(tmp_path, model.base_url, postgresql_url)) as parts:
        fill(parts, IN_FLIGHT)
        installation = Installation(parts, model)
        yield installation
        installation.kill()


@pytest.mark.postgresql
def test_two_workers_share_a_run_and_the_rows_of_a_killed_one_are_finished_by_the_other(shared: Installation) -> None:
    first, _ = shared.begin(), shared.begin()
    # A process begins its queue when there is the first run: until then the other one may do all of it alone.
    until = time.monotonic() + 60
    while living(shared.parts) < 2:
        assert time.monotonic() < until, shared.said
        ended(shared.parts, start(shared.parts, 100))
    before = shared.asked
    run = start(shared.parts, 1_200)
    shared.when(run, lambda _: holders(shared.parts, run) == 2)
    shared.finished(run, 300)
    kill(first)

    after = ended(shared.parts, run)

    assert (after.status, after.finished) == (Status.DONE, 1_200)
    assert result(shared.parts, run)["Line"].is_unique
    assert 1_200 <= shared.asked - before <= 1_200 + 2 * IN_FLIGHT + 60


def living(parts: Frontline) -> int:
    """How many processes give signs of life."""
    database: Database = vars(parts.questions)["_store"]._database
    with database.read() as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(executors)).scalar_one())


def holders(parts: Frontline, run: Run) -> int:
    """How many processes have calls of the run in flight."""
    database: Database = vars(parts.questions)["_store"]._database
    with database.read(run.org_id) as connection:
        return int(connection.execute(sa.select(sa.func.count()).select_from(run_executors)).scalar_one())


@pytest.mark.postgresql
def test_a_worker_ends_in_peace_when_it_is_told_to_and_another_takes_its_rows_at_once(
    shared: Installation, tmp_path: Path
) -> None:
    chosen = variables(tmp_path, shared.model.base_url, shared.parts.settings.database_url)
    worker = process(["-m", "core", "worker"], tmp_path, chosen)
    run = start(shared.parts, ROWS)
    shared.finished(run, 50)
    worker.terminate()
    assert worker.wait(20) == 0
    left = shared.now(run)
    assert left.active
    assert left.finished == shared.asked
    shared.begin(silent_after=600)

    assert (ended(shared.parts, run, 25).status, shared.asked) == (Status.DONE, ROWS)


def test_a_worker_refuses_sqlite_in_words(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "core", "worker"],
        cwd=ROOT,
        env={**os.environ, "FRONTLINE_DATA_DIR": str(tmp_path), "DATABASE_URL": ""},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stderr.strip()) == (Exit.CANNOT_RUN, NEEDS_POSTGRESQL)
    assert [*tmp_path.iterdir()] == []


def test_of_two_processes_on_one_sqlite_file_the_first_answers_what_the_second_starts(tmp_path: Path) -> None:
    model = ModelServer({}, modes=[RequestMode.SCHEMA])
    with model.running(), looking_on(settings(tmp_path, model.base_url)) as parts:
        fill(parts, IN_FLIGHT)
        first = Installation(parts, model)
        first.begin()
        lock = tmp_path / "demo.db.lock"
        first.when(start(parts, 1), lambda run: not run.active)
        with looking_on(parts.settings) as second:
            del vars(second.worker)["start"]
            assert lock.exists()
            assert second.start() is False
            run = start(second, 20)
            assert ended(second, run, 20).status is Status.DONE
            first.kill()
            assert second.start() is True
