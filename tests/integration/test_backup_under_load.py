"""Backups by the command itself while people save, visitors ask and a run goes on: each holds all of one moment."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.commands.exits import Exit
from core.engines.language.server_memory import RequestMode
from core.identity.demo import OWNER
from core.questions.changes import Changes
from core.runs.ledger import Run, Status
from core.share_links.share_link import MOST_LINKS, QUESTIONS_AN_HOUR
from core.storage.database import Database
from core.storage.tables import audit_events, run_rows
from tests.browser.conftest import ROOT
from tests.conftest import put_model
from tests.durable import ENTRIES, ORG, ended, fill, kill, looking_on, said, settings, start, variables, working_process
from tests.integration.test_backups import Databases, empty
from tests.integration.test_runs import wait_for
from tests.model_server import ModelServer

A_SAVE = 3
"""Entries that each save adds, beside the one that it changes."""
__all__ = ["empty"]  # a fixture
LENGTHS = pytest.mark.parametrize(
    ("migrated_url", "rows", "backups"),
    [
        ("sqlite", 200, 1),
        pytest.param("sqlite", 3_000, 12, marks=pytest.mark.slow),
        pytest.param("postgresql", 3_000, 12, marks=[pytest.mark.slow, pytest.mark.postgresql]),
    ],
    indirect=["migrated_url"],
)


@dataclass(frozen=True, kw_only=True)
class Acknowledged:
    """What was done for sure when a backup began: saves, questions by links, rows of the run."""

    saved: int
    asked: int
    finished: int


@dataclass
class Load:
    """What people do meanwhile, and how much of it was acknowledged so far."""

    parts: Frontline
    first: int
    """The revision before the first save."""
    links: list[str]
    saved: int = 0
    asked: int = 0
    failures: list[BaseException] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)

    def now(self, run: Run) -> Acknowledged:
        return Acknowledged(saved=self.saved, asked=self.asked, finished=finished(self.parts, run))

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._all, args=(one,)) for one in (self._save, self._ask)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _all(self, one: Callable[[], None]) -> None:
        try:
            while not self._stop.is_set():
                one()
        except BaseException as error:  # noqa: BLE001 - shown by the test
            self.failures.append(error)

    def _save(self) -> None:
        number = self.first + self.saved + 1
        added = tuple({"question": f"In save {number}, part {part}?", "answer": "x"} for part in range(A_SAVE))
        changes = Changes(added=added, edited={1: {"answer": f"Save {number}."}})
        self.parts.questions.save(OWNER, ORG, base_revision=number - 1, changes=changes)
        self.saved += 1
        self._stop.wait(0.1)  # as fast as it can, nobody else would get to anything on two cores

    def _ask(self) -> None:
        if self.asked == len(self.links) * QUESTIONS_AN_HOUR:
            self._stop.wait()
            return
        token = self.links[self.asked % len(self.links)]
        visitor = f"198.51.{self.asked % 250}.{self.asked // 250}"
        self.parts.share_links.ask(token, visitor, f"question {self.asked}?")
        self.asked += 1


def command(name: str, file: Path, environment: dict[str, str]) -> None:
    """Run ``python -m core NAME FILE``, which has to go well and quietly."""
    call = [sys.executable, "-m", "core", name, str(file)]
    ran = subprocess.run(call, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert (ran.returncode, ran.stderr) == (Exit.OK, "")


def finished(parts: Frontline, run: Run) -> int:
    return parts.runs.run(OWNER, ORG, run.run_id).finished


def counted(url: str, run: Run) -> tuple[int, int]:
    """The run's rows that have an answer, and the saves that the activity tells of, as they stand in the database."""
    answered = sa.and_(run_rows.c.run_id == run.run_id, run_rows.c.verdict.is_not(None))
    of_saves = audit_events.c.what.in_([EventKind.SAVED.value, EventKind.CHANGED_SETTINGS.value])
    saves = sa.and_(audit_events.c.org_id == ORG, of_saves)
    database = Database(url)
    with database.read(every_org=True) as connection:
        rows, events = (
            connection.execute(sa.select(sa.func.count()).select_from(table).where(which)).scalar_one()
            for table, which in ((run_rows, answered), (audit_events, saves))
        )
    database.close()
    return rows, events


@dataclass(frozen=True, kw_only=True)
class Backup:
    """A backup with what was acknowledged when it began and when it was there, by when ``calls`` had been made."""

    file: Path
    before: Acknowledged
    after: Acknowledged
    calls: int


def backed_up(load: Load, run: Run, model: ModelServer, file: Path) -> Backup:
    """A backup made while everything goes on: something of each kind was done since the one before."""
    had = load.saved, load.asked
    wait_for(lambda: load.saved > had[0] and load.asked > had[1] and finished(load.parts, run) > 0)
    before, chosen = load.now(run), load.parts.settings
    command("backup", file, variables(chosen.data_dir, model.base_url, chosen.database_url))
    return Backup(file=file, before=before, after=load.now(run), calls=len(model.questions))


def is_one_moment(restored: Frontline, run: Run, load: Load, backup: Backup) -> None:
    """Whether all of it is whole, and holds what was acknowledged before and nothing of later."""
    newest = restored.questions.newest_revision(OWNER, ORG)
    rows, saves = counted(restored.settings.database_url, run)
    before, after, one = backup.before, backup.after, 1
    assert saves == newest
    assert before.saved <= newest - load.first <= after.saved + one  # done, and not acknowledged yet
    for number in {newest, newest - 1, (load.first + 1 + newest) // 2} - set(range(load.first + 1)):
        table = restored.questions.table(OWNER, ORG, number)
        assert table.entries[0].answer == f"Save {number}."
        assert len(table.entries) == ENTRIES + A_SAVE * (number - load.first)

    now = restored.runs.run(OWNER, ORG, run.run_id)
    assert before.asked <= sum(link.asked for link in restored.share_links.listed(OWNER, ORG)) <= after.asked + one
    assert before.finished <= now.finished <= after.finished
    assert now.finished == rows <= restored.spending.month(OWNER, ORG).calls <= backup.calls


def ends_well(restored: Frontline, run: Run, model: ModelServer) -> None:
    """Whether the run goes on where the backup left it, and no row is asked that had an answer."""
    lacking, asked = run.total - finished(restored, run), len(model.questions)
    worker = working_process(restored.settings)
    done = ended(restored, run)
    kill(worker)
    assert (done.status, done.reason, done.finished) == (Status.DONE, "", run.total), said(restored.settings.data_dir)
    assert len(model.questions) - asked == lacking


@pytest.fixture
def data_dir(tmp_path: Path, prepared_model: Path) -> Path:
    put_model(prepared_model, tmp_path)
    return tmp_path


@LENGTHS
def test_a_backup_while_people_save_and_ask_and_a_run_goes_on_is_whole_and_the_run_ends_once_it_is_put_back(
    migrated_url: str, empty: Databases, data_dir: Path, rows: int, backups: int
) -> None:
    kind = "sqlite" if migrated_url.startswith("sqlite") else "postgresql"
    urls = [*(f"sqlite:///{data_dir / f'restored-{number}.db'}" for number in range(1, backups)), empty(kind)]
    answers = {f"question {row}?": str(row % (ENTRIES + 1)) for row in range(rows)}
    model = ModelServer(answers, modes=[RequestMode.SCHEMA], latency=0.5)
    with model.running():
        with looking_on(settings(data_dir, model.base_url, migrated_url)) as parts:
            fill(parts, in_flight=2)
            run = start(parts, rows)
            links = [parts.share_links.make(OWNER, ORG, name="x", days=1).token for _ in range(MOST_LINKS)]
            load = Load(parts, parts.questions.newest_revision(OWNER, ORG), links)
            worker = working_process(parts.settings)
            with load.going_on():
                try:
                    made = [backed_up(load, run, model, data_dir / f"{number}.backup") for number in range(backups)]
                    still = parts.runs.run(OWNER, ORG, run.run_id).active
                finally:
                    kill(worker)
        assert (still, load.failures) == (True, []), said(data_dir)

        model.latency = 0
        folder = data_dir / "restored"
        folder.mkdir()
        for url, backup in zip(urls, made, strict=True):
            command("restore", backup.file, variables(folder, model.base_url, url))
            with looking_on(settings(folder, model.base_url, url)) as restored:
                is_one_moment(restored, run, load, backup)
                if url == urls[-1]:
                    ends_well(restored, run, model)
