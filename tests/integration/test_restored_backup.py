"""A backup of the ledger that is put back beside a queue which went on: runs go on, and each row is answered once."""

import itertools
import shutil
import sqlite3
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.identity.demo import MEMBER
from core.runs import worker
from core.runs.ledger import Status
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.run_columns import FINISHED_COLUMNS
from core.storage.tables import run_rows
from core.storage.tables import runs as runs_table
from tests.fakes import LiteralEngine
from tests.integration.test_runs import ORG, Bench, ended, many, wait_for

ROWS = 300


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(worker, "LOST_EVERY_SECONDS", 0.2)


def _wait(event: threading.Event) -> None:
    event.wait(60)


def test_a_backup_of_a_run_under_way_goes_on_beside_the_queue_that_ended_it(tmp_path: Path) -> None:
    file, backup = tmp_path / "frontline.db", tmp_path / "backup.db"
    database = Database(f"sqlite:///{file}")
    migrate(database)
    before = Bench(database)
    go_on, counted = threading.Event(), itertools.count()
    runs = before.runs(LiteralEngine(lambda _: None if next(counted) < ROWS // 2 else _wait(go_on)))
    run = before.start(runs, many(ROWS))
    wait_for(lambda: runs.run(MEMBER, ORG, run.run_id).finished > 0)
    with sqlite3.connect(file) as now, sqlite3.connect(backup) as kept:
        now.backup(kept)
    go_on.set()
    assert ended(runs, run).status is Status.DONE
    before.workers[0].stop()
    database.close()
    shutil.copyfile(backup, file)

    restored = Database(f"sqlite:///{file}")
    with restored.read(ORG) as connection:
        finished: int = connection.execute(sa.select(runs_table.c.finished)).scalar_one()
    engine = LiteralEngine()
    after = Bench(restored, filled=True)
    again = after.runs(engine)
    after.workers[0].start()
    done = ended(again, run)
    table = again.results(MEMBER, ORG, run.run_id).table()
    after.workers[0].stop()
    restored.close()

    assert 0 < finished < ROWS
    assert (done.status, done.finished) == (Status.DONE, ROWS)
    assert table["Outcome"].tolist() == ["Right"] * ROWS
    assert len(engine.asked) == ROWS - finished


def test_rows_that_are_pending_again_are_answered_while_the_process_goes_on(database: Database) -> None:
    bench, engine = Bench(database), LiteralEngine()
    runs = bench.runs(engine)
    run = bench.start(runs, many(ROWS))
    ended(runs, run)
    bench.workers[0].stop()
    lost = run_rows.c.row < ROWS // 2
    with database.write(ORG) as connection:
        connection.execute(sa.update(run_rows).where(lost).values(dict.fromkeys(FINISHED_COLUMNS)))
        values = {"status": Status.RUNNING.value, "finished": ROWS - ROWS // 2, "ended_at": None}
        connection.execute(sa.update(runs_table).values(values))

    again = bench.runs(engine)
    bench.workers[1].start()
    done = ended(again, run)
    bench.workers[1].stop()

    assert (done.status, done.finished, done.attempt) == (Status.DONE, ROWS, 2)
    assert len(engine.asked) == ROWS + ROWS // 2
