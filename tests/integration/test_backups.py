"""A backup holds all of one moment, goes back into an empty database of either kind, and is refused when damaged."""

import itertools
import json
import sqlite3
import stat
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from core.__main__ import main
from core.bootstrap import build
from core.bootstrap.backups import back_up, restore
from core.commands.exits import Exit
from core.errors import FrontlineError
from core.identity.demo import ADMIN, MEMBER, OWNER
from core.operation.backup_file import MANIFEST, BackupRefused
from core.questions.changes import Changes
from core.runs import worker
from core.runs.ledger import Status
from core.settings import Settings
from core.storage.backup import LEFT_OUT
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.questions import SqlQuestionStore
from core.storage.tables import metadata
from tests.fakes import LiteralEngine
from tests.integration.test_runs import ORG, Bench, ended, many, wait_for
from tests.sample_databases import fill, sample

Databases = Callable[[str], str]
Rows = dict[str, list[tuple[Any, ...]]]
ROWS = 300
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    """The URL of an empty database of a kind."""

    def of(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / 'empty.db'}"
        url: str = request.getfixturevalue("postgresql_url")
        return url

    return of


def settings(folder: Path, url: str) -> Settings:
    return Settings(data_dir=folder, database_url=url)


def all_rows(url: str) -> Rows:
    """Every row of every table; JSON as its text, since NULL is not the JSON null."""
    database = Database(url)
    with database.read(every_org=True) as connection:
        found: Rows = {}
        for table in metadata.sorted_tables:
            columns = [sa.cast(c, sa.Text).label(c.name) if isinstance(c.type, sa.JSON) else c for c in table.columns]
            keys = [key.name for key in table.primary_key.columns]
            rows = connection.execute(sa.select(*columns)).mappings().all()
            found[table.name] = [tuple(row.values()) for row in sorted(rows, key=lambda row: [row[k] for k in keys])]
    database.close()
    return found


@pytest.fixture
def filled(database: Database) -> Database:
    """A database with rows in every table."""
    with database.write(every_org=True) as connection:
        fill(connection)
    return database


@pytest.mark.parametrize("kind", KINDS)
def test_every_row_comes_back_in_either_kind_of_database(
    filled: Database, migrated_url: str, empty: Databases, tmp_path: Path, kind: str
) -> None:
    url, file = empty(kind), tmp_path / "all.backup"
    manifest = back_up(settings(tmp_path, migrated_url), file)
    filled.close()

    assert restore(settings(tmp_path, url), file) == manifest
    before, after = all_rows(migrated_url), all_rows(url)
    for name in LEFT_OUT - {"alembic_version"}:
        assert (before.pop(name) != [], after.pop(name)) == (True, [])
    assert after == before
    assert min(map(len, after.values())) > 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "LOOK_EVERY_SECONDS", 0.1)
    monkeypatch.setattr(worker, "LOST_EVERY_SECONDS", 0.2)


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_under_way_goes_on_after_the_restore_and_nothing_is_asked_twice(
    database: Database, migrated_url: str, empty: Databases, tmp_path: Path, kind: str
) -> None:
    before, url, file = Bench(database), empty(kind), tmp_path / "all.backup"
    go_on, counted = threading.Event(), itertools.count()
    runs = before.runs(LiteralEngine(lambda _: None if next(counted) < ROWS // 2 else _wait(go_on)))
    run = before.start(runs, many(ROWS))
    wait_for(lambda: runs.run(MEMBER, ORG, run.run_id).finished > 0)
    back_up(settings(tmp_path, migrated_url), file)
    go_on.set()
    ended(runs, run)
    before.workers[0].stop()

    restore(settings(tmp_path, url), file)
    restored = Database(url)
    after, engine = Bench(restored, filled=True), LiteralEngine()
    again = after.runs(engine)
    finished = again.run(MEMBER, ORG, run.run_id).finished
    after.workers[0].start()
    done = ended(again, run)
    after.workers[0].stop()
    restored.close()

    assert 0 < finished < ROWS
    assert (done.status, done.finished, len(engine.asked)) == (Status.DONE, ROWS, ROWS - finished)


def _wait(event: threading.Event) -> None:
    event.wait(60)


def test_a_backup_during_saves_is_one_moment_and_hinders_none(
    database: Database, migrated_url: str, empty: Databases, tmp_path: Path
) -> None:
    bench, stop, saved = Bench(database), threading.Event(), [1]

    def save() -> None:
        while not stop.is_set():
            added = {"question": f"Question {saved[0]}?", "answer": "x"}
            bench.questions.save(ADMIN, ORG, base_revision=saved[0], changes=Changes(added=(added,)))
            saved[0] += 1

    saving = threading.Thread(target=save)
    saving.start()
    wait_for(lambda: saved[0] > 5)
    back_up(settings(tmp_path, migrated_url), tmp_path / "all.backup")
    at = saved[0]
    wait_for(lambda: saved[0] > at + 2)
    stop.set()
    saving.join()

    url = empty("sqlite")
    restore(settings(tmp_path, url), tmp_path / "all.backup")
    restored = Database(url)
    store = SqlQuestionStore(restored)
    newest = store.newest(ORG)
    history = store.revisions(ORG, limit=1000)
    restored.close()
    assert len(newest.entries) == newest.revision + 1  # two to begin with, and one more with each save
    assert [one.number for one in history] == list(range(newest.revision, 0, -1))


@pytest.fixture
def backup(tmp_path: Path, migrated_sqlite: Path) -> Path:
    path = tmp_path / "source.db"
    path.write_bytes(migrated_sqlite.read_bytes())
    database = Database(f"sqlite:///{path}")
    with database.write(every_org=True) as connection:
        fill(connection)
    database.close()
    back_up(settings(tmp_path, f"sqlite:///{path}"), tmp_path / "all.backup")
    return tmp_path / "all.backup"


def tables(url: str) -> list[str]:
    database = Database(url)
    with database.read(every_org=True) as connection:
        found = sa.inspect(connection).get_table_names()
    database.close()
    return found


def refused(folder: Path, file: Path, url: str) -> str:
    with pytest.raises(BackupRefused) as error:
        restore(settings(folder, url), file)
    assert tables(url) == []
    return str(error.value)


@pytest.mark.parametrize("part", [0.0, 0.1, 0.5, 0.9, 0.99])
def test_a_cut_file_is_refused_in_words(backup: Path, empty: Databases, tmp_path: Path, part: float) -> None:
    cut = tmp_path / "cut.backup"
    cut.write_bytes(backup.read_bytes()[: int(backup.stat().st_size * part)])

    assert "cut short" in refused(tmp_path, cut, empty("sqlite"))


def test_a_changed_byte_is_refused_or_harmless_wherever_it_stands(backup: Path, tmp_path: Path) -> None:
    data, whole = backup.read_bytes(), None
    for place in range(0, len(data), len(data) // 25):
        changed, url = tmp_path / f"{place}.backup", f"sqlite:///{tmp_path / f'{place}.db'}"
        changed.write_bytes(data[:place] + bytes([data[place] ^ 0x5A]) + data[place + 1 :])
        try:
            restore(settings(tmp_path, url), changed)
        except BackupRefused:
            assert tables(url) == []
        else:  # a byte that holds no content, such as a time in the zip
            whole = whole or all_rows(url)
            assert all_rows(url) == whole


def rewritten(backup: Path, name: str, change: Callable[[bytes], bytes | None]) -> Path:
    """The backup with a member that somebody packed anew, so that the zip itself is in order."""
    changed = backup.with_name("changed.backup")
    with zipfile.ZipFile(backup) as source, zipfile.ZipFile(changed, "w") as target:
        for member in source.namelist():
            content = change(source.read(member)) if member == name else source.read(member)
            if content is not None:
                target.writestr(member, content)
    return changed


CHANGES: list[tuple[str, Callable[[bytes], bytes | None]]] = [
    ("tables/entry_versions.jsonl", lambda data: data.replace(b"9 to 5", b"9 to 6")),
    ("tables/entry_versions.jsonl", lambda data: data.split(b"\n", 1)[1]),
    ("tables/entry_versions.jsonl", lambda _: b"no rows\n"),
    ("tables/entry_versions.jsonl", lambda _: None),
    (MANIFEST, lambda _: None),
    (MANIFEST, lambda _: b"[]"),
    (MANIFEST, lambda _: b"{}"),
    (MANIFEST, lambda data: data.replace(b'"format": 1', b'"format": 2')),
    (MANIFEST, lambda data: data.replace(b'"schema": "', b'"schema": "9')),
    (MANIFEST, lambda data: data.replace(b'"answer"', b'"reply"')),
    (MANIFEST, lambda data: json.dumps({**json.loads(data), "tables": {}}).encode()),
]


@pytest.mark.parametrize(("name", "change"), CHANGES)
def test_a_changed_content_is_refused_and_nothing_half_done(
    backup: Path, empty: Databases, tmp_path: Path, name: str, change: Callable[[bytes], bytes | None]
) -> None:
    words = refused(tmp_path, rewritten(backup, name, change), empty("sqlite"))

    assert words.startswith(("This backup", str(tmp_path)))


def test_a_database_that_holds_anything_is_refused_and_stays_as_it_is(
    backup: Path, filled: Database, migrated_url: str, tmp_path: Path
) -> None:
    before = all_rows(migrated_url)

    with pytest.raises(BackupRefused, match="not empty"):
        restore(settings(tmp_path, migrated_url), backup)

    assert all_rows(migrated_url) == before


def test_a_file_that_a_server_works_on_is_refused(backup: Path, tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'served.db'}"
    served = build(settings(tmp_path, url))
    served.start()

    with pytest.raises(BackupRefused, match="stop it first"):
        restore(settings(tmp_path, url), backup)
    served.stop()


def test_a_backup_of_an_earlier_version_is_brought_up_to_date(empty: Databases, tmp_path: Path) -> None:
    old, url = tmp_path / "old.db", empty("sqlite")
    with sqlite3.connect(old) as connection:
        connection.executescript(sample("0009"))
    connection.close()
    back_up(settings(tmp_path, f"sqlite:///{old}"), tmp_path / "old.backup")
    restore(settings(tmp_path, url), tmp_path / "old.backup")
    database = Database(f"sqlite:///{old}")
    migrate(database)
    database.close()

    assert all_rows(url) == {**all_rows(f"sqlite:///{old}"), "executors": [], "run_executors": []}


def test_an_existing_file_is_not_written_over(backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()

    with pytest.raises(BackupRefused, match="is there already"):
        back_up(settings(tmp_path, f"sqlite:///{tmp_path / 'source.db'}"), backup)

    assert backup.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def test_the_commands_say_what_they_did_and_what_they_refuse(
    environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(environment / "all.backup")
    assert main(["backup", file]) == Exit.WRONG_USE
    assert "nothing to back up" in capsys.readouterr().err
    build(Settings.from_environment()).stop()

    assert main(["backup", file]) == Exit.OK
    assert "rows of" in capsys.readouterr().out
    assert main(["restore", file]) == Exit.WRONG_USE
    assert "not empty" in capsys.readouterr().err
    for left in environment.glob("demo*"):
        left.unlink()
    assert main(["restore", file]) == Exit.OK
    assert "restored" in capsys.readouterr().out
    frontline = build(Settings.from_environment())
    assert len(frontline.questions.table(OWNER, ORG).entries) > 0
    frontline.stop()


def test_a_backup_of_another_sign_in_is_refused(backup: Path, empty: Databases, tmp_path: Path) -> None:
    real = rewritten(backup, MANIFEST, lambda data: data.replace(b'"sign_in": "demo"', b'"sign_in": "propelauth"'))

    assert "sign-in" in refused(tmp_path, real, empty("sqlite"))


def test_a_missing_file_and_a_database_that_is_away_are_told(tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match="cannot be read"):
        restore(settings(tmp_path, f"sqlite:///{tmp_path / 'new.db'}"), tmp_path / "none")
    with pytest.raises(FrontlineError, match="cannot use its database"):
        back_up(settings(tmp_path, "postgresql+psycopg://nobody@127.0.0.1:1/none"), tmp_path / "x.backup")
    assert not (tmp_path / "x.backup").exists()
