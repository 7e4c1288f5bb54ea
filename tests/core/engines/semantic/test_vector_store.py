import logging
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from core.engines.semantic import vector_store
from core.engines.semantic.vector_store import VectorStore

VALUES = {bytes([number]) * 16: bytes([number]) * 768 for number in range(100)}

WRITE = """
import pathlib, sys
from core.engines.semantic.vector_store import VectorStore
store, first = VectorStore(pathlib.Path(sys.argv[1])), int(sys.argv[2])
for number in range(first, first + 100):
    store.put({number.to_bytes(16, "big"): bytes([number % 256]) * 768})
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made" / "vectors.db"


def test_what_is_kept_is_found_in_another_process(path: Path) -> None:
    VectorStore(path).put(VALUES)

    assert VectorStore(path).get([*VALUES, b"another key"]) == VALUES


def test_several_processes_may_write_at_once(path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITE, str(path), str(first)]) for first in (0, 100, 200)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]

    found = VectorStore(path).get([number.to_bytes(16, "big") for number in range(300)])

    assert len(found) >= 290  # one that waited too long for the others is not kept
    assert all(value == bytes([key[-1]]) * 768 for key, value in found.items())


def test_what_was_used_longest_ago_is_given_up_first(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, day = VectorStore(path, most=100), 86_400
    old, new = dict(list(VALUES.items())[:60]), dict(list(VALUES.items())[60:])
    monkeypatch.setattr(vector_store.time, "time", lambda: 1_000 * day)
    store.put(old)
    monkeypatch.setattr(vector_store.time, "time", lambda: 1_020 * day)
    used = list(old)[:20]
    store.get(used)
    store.put(new)
    store.put({bytes([200]) * 16: b"one too many"})

    assert len(store.get([*VALUES, bytes([200]) * 16])) == 90
    assert len(store.get([*used, *new])) == 60


@pytest.mark.parametrize("damage", [b"", b"not a database at all" * 500], ids=["emptied", "overwritten"])
def test_a_damaged_file_is_made_anew(path: Path, damage: bytes) -> None:
    store = VectorStore(path)
    store.put(VALUES)
    path.write_bytes(damage)

    assert store.get(list(VALUES)) == {}
    store.put(VALUES)
    assert store.get(list(VALUES)) == VALUES


def test_a_value_that_was_changed_on_the_disk_is_not_found(path: Path) -> None:
    store, (key, *_) = VectorStore(path), VALUES
    store.put(VALUES)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("UPDATE kept SET value = ? WHERE key = ?", (b"?" * 772, key))
    connection.close()

    assert set(store.get(list(VALUES))) == set(VALUES) - {key}


def test_a_file_that_cannot_be_used_does_no_harm_and_is_told_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").write_text("not a folder")
    store = VectorStore(tmp_path / "a file" / "vectors.db")

    with caplog.at_level(logging.WARNING):
        store.put(VALUES)
        assert store.get(list(VALUES)) == {}

    assert [record.message.partition(":")[0] for record in caplog.records] == [
        f"Vectors are not kept in {tmp_path / 'a file' / 'vectors.db'}"
    ]
