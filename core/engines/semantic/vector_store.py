"""Keeps vectors beside the prepared model, so that a restart encodes nothing again."""

import contextlib
import itertools
import logging
import sqlite3
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

log = logging.getLogger(__name__)

MOST_ROWS = 250_000
"""About 220 MB of 384 numbers each: five tables of 10,000 entries with 5 phrasings each, or one in several encoders."""

_SECONDS_TO_WAIT = 2.0
_KEYS_AT_ONCE = 500
_SECONDS_A_DAY = 86_400
_DAYS_UNUSED = 7
"""How stale the day of the last use may get: writing it at each start would write the whole file anew."""
_SHARE_LEFT = 0.9
_CHECKSUM_BYTES = 4

_TABLE = "CREATE TABLE IF NOT EXISTS kept (key BLOB PRIMARY KEY, value BLOB NOT NULL, used INTEGER NOT NULL)"


class VectorStore:
    """Values by key in a file that several processes share; losing it costs time and nothing else.

    It is only ever a cache: whatever goes wrong with it is logged once, and nothing is found or kept then. A damaged
    file is made anew. Of more than ``most`` values those that were used longest ago are given up. Safe from threads.
    """

    def __init__(self, path: Path, most: int = MOST_ROWS) -> None:
        self._path = path
        self._most = most
        self._is_broken = False

    def get(self, keys: Sequence[bytes]) -> dict[bytes, bytes]:
        """The values of those keys that have one."""
        found: dict[bytes, bytes] = {}
        stale: list[bytes] = []
        today = int(time.time() // _SECONDS_A_DAY)

        def read(connection: sqlite3.Connection) -> None:
            for some in _batched(keys, _KEYS_AT_ONCE):
                marks = ",".join("?" * len(some))
                rows = connection.execute(f"SELECT key, value, used FROM kept WHERE key IN ({marks})", some)  # noqa: S608 - question marks only
                for key, value, used in rows:
                    content = _checked(value)
                    if content is not None:
                        found[key] = content
                        if used < today - _DAYS_UNUSED:
                            stale.append(key)

        def touch(connection: sqlite3.Connection) -> None:
            connection.executemany("UPDATE kept SET used = ? WHERE key = ?", [(today, key) for key in stale])

        self._do(read)
        if stale:
            self._do(touch)
        return found

    def put(self, values: Mapping[bytes, bytes]) -> None:
        """Keep these values, in place of older ones of their keys."""
        today = int(time.time() // _SECONDS_A_DAY)

        def write(connection: sqlite3.Connection) -> None:
            rows = [(key, value + _checksum(value), today) for key, value in values.items()]
            connection.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", rows)
            (count,) = connection.execute("SELECT COUNT(*) FROM kept").fetchone()
            if count > self._most:
                connection.execute(
                    "DELETE FROM kept WHERE rowid IN (SELECT rowid FROM kept ORDER BY used, rowid LIMIT ?)",
                    (count - int(self._most * _SHARE_LEFT),),
                )

        if values:
            self._do(write)

    def _do(self, work: Callable[[sqlite3.Connection], None]) -> None:
        """Work in a transaction, which is given up without a word to the caller when the file cannot be used."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with contextlib.closing(sqlite3.connect(self._path, timeout=_SECONDS_TO_WAIT)) as connection:
                # What a power cut damages is found by the checksums, and made anew.
                connection.execute("PRAGMA synchronous = OFF")
                connection.execute(_TABLE)
                with connection:
                    work(connection)
        except (sqlite3.OperationalError, OSError) as error:  # locked, full, read-only: another time perhaps
            self._tell(error)
        except sqlite3.DatabaseError as error:
            self._tell(error)
            with contextlib.suppress(OSError):
                self._path.unlink()

    def _tell(self, error: Exception) -> None:
        if not self._is_broken:
            self._is_broken = True
            log.warning(
                "Vectors are not kept in %s: %s. Frontline works on, and starts more slowly.", self._path, error
            )


def _batched(keys: Sequence[bytes], size: int) -> Iterator[tuple[bytes, ...]]:
    rest = iter(keys)
    while some := tuple(itertools.islice(rest, size)):
        yield some


def _checksum(value: bytes) -> bytes:
    return zlib.crc32(value).to_bytes(_CHECKSUM_BYTES, "big")


def _checked(stored: bytes) -> bytes | None:
    value, checksum = stored[:-_CHECKSUM_BYTES], stored[-_CHECKSUM_BYTES:]
    return value if checksum == _checksum(value) else None
