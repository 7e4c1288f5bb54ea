"""What is said, and kept, where the data folder, the database or the disk cannot be used."""

import contextlib
import logging
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.bootstrap import Frontline, build
from core.errors import ConfigurationError, StorageUnavailable
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from core.settings import Settings, database_url
from core.storage.database import Database
from core.storage.jobs import SqlJobs
from core.storage.migrate import migrate
from core.storage.questions import SqlQuestionStore
from core.storage.unavailable import StorageFault, trouble
from tests.integration.test_evaluate import ROOT, environment

NEW = {"question": "Is there room?", "answer": "x" * 1_900}


def settings_in(folder: Path) -> Settings:
    return Settings(data_dir=folder, database_url=database_url("", folder))


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 2 MB of its own, for tests that fill one."""
    folder = Path(tempfile.mkdtemp())
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("only root may make a small disk to fill, and not in every container")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@contextlib.contextmanager
def filled(disk: Path) -> Iterator[None]:
    """The disk without any room."""
    filler = disk / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 512)
    try:
        yield
    finally:
        filler.unlink()


@contextlib.contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """The disk, only to be read: root may write to a folder whatever its mode says."""
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        yield
    finally:
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)


@contextlib.contextmanager
def running(settings: Settings) -> Iterator[Frontline]:
    parts = build(settings)
    try:
        yield parts
    finally:
        parts.stop()


def save(parts: Frontline) -> None:
    revision = parts.questions.newest_revision(OWNER, CLOTHING_ORG)
    parts.questions.save(OWNER, CLOTHING_ORG, base_revision=revision, changes=Changes(added=(NEW,)))


@pytest.mark.parametrize("name", ["100%", "a%41b", "why?", "no#1", "a b&c=d;é"])
def test_a_data_folder_of_any_name_holds_all_of_its_database(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name

    with running(settings_in(folder)) as parts:
        save(parts)

    with running(settings_in(folder)) as parts:
        assert parts.questions.table(OWNER, CLOTHING_ORG).entries[-1].question == NEW["question"]
    assert (folder / "demo.db").is_file()
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_queue_of_runs_lies_in_a_data_folder_of_any_name(tmp_path: Path) -> None:
    folder = tmp_path / "50%41?x=1#2"
    database = Database(database_url("", folder))
    place = SqlJobs(database).place()

    assert sa.make_url(place.url).database == str(folder / "demo-jobs.db")
    assert [path.name for path in tmp_path.iterdir()] == [folder.name]
    database.close()


def test_a_data_folder_that_is_a_file_or_in_one_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")

    for folder, words in ((tmp_path / "file", "is a file"), (tmp_path / "file" / "in", "cannot be made")):
        with pytest.raises(ConfigurationError, match=f"{words}.*set FRONTLINE_DATA_DIR to a folder"):
            build(settings_in(folder))
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize("module", ["core.worker", "core.evaluate"])
def test_the_command_lines_say_it_without_a_traceback(module: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    arguments = ["--org", "x", "--dataset", "x.csv"] if module == "core.evaluate" else []
    # a worker needs PostgreSQL: nobody listens at that port
    url = "postgresql://me:pass-word@127.0.0.1:1/x" if module == "core.worker" else None
    folder = tmp_path if url else tmp_path / "file"

    ran = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment(folder, url),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert ran.returncode != 0
    assert "Traceback" not in ran.stderr
    assert "pass-word" not in ran.stderr
    assert ("cannot use its database" if url else "is a file") in ran.stderr


def test_a_file_that_is_no_database_or_a_damaged_one_is_told_and_left_as_it_is(tmp_path: Path) -> None:
    with running(settings_in(tmp_path)):
        pass
    file = tmp_path / "demo.db"
    whole = file.read_bytes()
    for content in (b"not a database" * 1_000, whole[:4096] + b"\xab" * (len(whole) - 4096)):
        file.write_bytes(content)

        with pytest.raises(ConfigurationError, match=r"demo\.db.*damaged.*put a backup back"):
            build(settings_in(tmp_path))

        assert file.read_bytes() == content


def test_a_database_that_is_damaged_meanwhile_is_told_in_a_sentence(tmp_path: Path) -> None:
    with running(settings_in(tmp_path)) as parts:
        file = tmp_path / "demo.db"
        file.write_bytes(b"\xab" * file.stat().st_size)

        with pytest.raises(StorageUnavailable, match="is damaged"):
            parts.questions.table(OWNER, CLOTHING_ORG)


def test_nothing_is_lost_or_half_saved_on_a_full_disk(small_disk: Path) -> None:
    with running(settings_in(small_disk)) as parts:
        before = parts.questions.table(OWNER, CLOTHING_ORG)

        with filled(small_disk), pytest.raises(StorageUnavailable, match="The disk is full, so nothing was saved"):
            save(parts)
        assert parts.questions.table(OWNER, CLOTHING_ORG) == before

        save(parts)
        assert parts.questions.table(OWNER, CLOTHING_ORG).entries[-1].question == NEW["question"]


def test_a_start_on_a_full_disk_or_one_only_to_be_read_is_told_in_a_sentence(small_disk: Path) -> None:
    with filled(small_disk), pytest.raises(ConfigurationError, match=r"free some space|cannot be (read or )?written"):
        build(settings_in(small_disk))
    with running(settings_in(small_disk)):
        pass
    with read_only(small_disk), pytest.raises(ConfigurationError, match="cannot be written to"):
        build(settings_in(small_disk))


def test_a_database_only_to_be_read_still_shows_what_it_has(small_disk: Path) -> None:
    with running(settings_in(small_disk)):  # its lock would keep the disk from being made read-only
        pass
    database = Database(f"sqlite:///{small_disk / 'demo.db'}")
    questions = SqlQuestionStore(database)

    with read_only(small_disk):
        assert questions.snapshot(CLOTHING_ORG).entries
        with (
            pytest.raises(StorageUnavailable, match="may not write to its database, so nothing was saved"),
            database.write() as connection,
        ):
            connection.execute(sa.text("DELETE FROM installation"))
        database.close()


def test_postgresql_that_went_away_or_is_only_to_be_read_is_told_in_a_sentence(postgresql_url: str) -> None:
    database = Database(postgresql_url)
    migrate(database)

    with pytest.raises(StorageUnavailable, match="cannot reach its database"), database.read() as connection:
        connection.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    read_only = sa.text("SET TRANSACTION READ ONLY; INSERT INTO installation VALUES ('a', 'b')")
    with pytest.raises(StorageUnavailable, match="may not write to its database"), database.write() as connection:
        connection.execute(read_only)
    database.close()


def test_a_mistake_of_ours_is_not_taken_for_a_database_that_is_away(database: Database) -> None:
    for statement in ("INSERT INTO nowhere VALUES (1)", "INSERT INTO installation VALUES (NULL, NULL)", "no sql"):
        with pytest.raises(sa.exc.DBAPIError) as raised, database.write() as connection:
            connection.execute(sa.text(statement))

        assert trouble(raised.value) is None


def test_a_database_without_a_free_connection_is_busy(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'x.db'}")
    database.engine = sa.create_engine(database.url, pool_size=1, max_overflow=0, pool_timeout=0.01)

    with database.read(), pytest.raises(StorageUnavailable) as raised, database.read():
        pass

    assert str(raised.value) == StorageFault.BUSY.words
    database.engine.dispose()


def test_the_log_has_a_line_and_no_traceback_of_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(settings_in(tmp_path)) as parts:
        file = tmp_path / "demo.db"
        file.write_bytes(b"\xab" * file.stat().st_size)

        with caplog.at_level(logging.ERROR):
            parts.audit.refused(OWNER, CLOTHING_ORG, "no")

    assert "Not in the log of org" in caplog.text
    assert "file is not a database" in caplog.text
    assert "Traceback" not in caplog.text
