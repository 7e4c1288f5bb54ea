"""The file of a backup: a zip with the rows of each table as JSON lines, and a manifest that each is checked against.

It is the same whichever database it was made from. A file that was cut or changed is told before a row of it is used.
"""

import hashlib
import json
import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.errors import FrontlineError

FORMAT = 1
MANIFEST = "manifest.json"
_DAMAGED = (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, AttributeError, EOFError, RuntimeError)
"""What a zip or JSON raises whose bytes were changed; RuntimeError where they now speak of a password."""
Value = str | int | float | bool | None


class BackupRefused(FrontlineError):
    """A backup cannot be made, or a file is none that can be put back; nothing was changed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TableContent:
    """What a backup has of a table: its columns, its rows and the sha256 of their lines."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup holds. ``schema`` is the migration its tables are of; ``made_at`` is in UTC, as ISO 8601."""

    schema: str
    made_at: str
    sign_in: str
    tables: Mapping[str, TableContent]

    @property
    def rows(self) -> int:
        """Of all tables."""
        return sum(table.rows for table in self.tables.values())


class BackupWriter:
    """Writes the tables one by one, then the manifest."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._tables: dict[str, TableContent] = {}

    def table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Add a table with the values of each row in the order of its columns."""
        digest, count = hashlib.sha256(), 0
        with self._archive.open(_member(name), "w", force_zip64=True) as file:
            for row in rows:
                line = json.dumps(list(row), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
                file.write(line + b"\n")
                digest.update(line + b"\n")
                count += 1
        self._tables[name] = TableContent(columns=tuple(columns), rows=count, sha256=digest.hexdigest())

    def end(self, *, schema: str, made_at: str, sign_in: str) -> Manifest:
        """Add the manifest: a file without one is no backup."""
        manifest = Manifest(schema=schema, made_at=made_at, sign_in=sign_in, tables=self._tables)
        self._archive.writestr(MANIFEST, json.dumps({"format": FORMAT, **asdict(manifest)}, indent=1))
        return manifest


@contextmanager
def writing(path: Path) -> Iterator[BackupWriter]:
    """A new file that its owner alone can read, there once all of it is written.

    Raises BackupRefused when there is such a file already, or it cannot be written.
    """
    if path.exists():
        raise BackupRefused(f"{path} is there already: name another file, or move that one away.")
    try:
        made, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(made, "wb") as file:
                with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                    yield BackupWriter(archive)
                file.flush()
                os.fsync(file.fileno())
            os.rename(name, path)
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise BackupRefused(f"{path} cannot be written ({error.strerror or error}).") from None


class BackupReader:
    """A backup whose manifest was understood."""

    def __init__(self, path: Path, archive: zipfile.ZipFile) -> None:
        """Raises BackupRefused when it is no backup, or one of a newer Frontline."""
        self._path = path
        self._archive = archive
        self.manifest = self._manifest()

    def rows(self, name: str) -> Iterator[list[Value]]:
        """The rows of a table. Raises BackupRefused at the end when they are not those of the manifest."""
        told = self.manifest.tables[name]
        digest, count = hashlib.sha256(), 0
        try:
            with self._archive.open(_member(name)) as file:
                for line in file:
                    digest.update(line)
                    count += 1
                    row = json.loads(line.decode("utf-8", "surrogatepass"))
                    if not isinstance(row, list) or len(row) != len(told.columns):
                        raise ValueError(line)
                    yield row
        except (*_DAMAGED, OSError):
            raise self._damaged(name) from None
        if (count, digest.hexdigest()) != (told.rows, told.sha256):
            raise self._damaged(name)

    def check(self) -> None:
        """Read all of it. Raises BackupRefused when it was cut or changed."""
        for name in self.manifest.tables:
            for _ in self.rows(name):
                pass

    def _damaged(self, name: str) -> BackupRefused:
        return BackupRefused(
            f"{self._path} was cut or changed since it was made: the table {name} is not as its manifest says. "
            "Nothing was restored. Use another copy."
        )

    def _manifest(self) -> Manifest:
        try:
            told: dict[str, Any] = json.loads(self._archive.read(MANIFEST))
            if told["format"] != FORMAT:
                raise BackupRefused(f"{self._path} was made by another version of Frontline, which wrote it otherwise.")
            tables = {
                str(name): TableContent(
                    columns=tuple(map(str, one["columns"])), rows=int(one["rows"]), sha256=str(one["sha256"])
                )
                for name, one in told["tables"].items()
            }
            words = {name: str(told[name]) for name in ("schema", "made_at", "sign_in")}
        except (*_DAMAGED, OSError):
            raise BackupRefused(
                f"{self._path} is no backup of Frontline, or was changed. Nothing was restored."
            ) from None
        return Manifest(**words, tables=tables)


@contextmanager
def reading(path: Path) -> Iterator[BackupReader]:
    """Raises BackupRefused when the file is not there, is no backup, or was cut."""
    try:
        archive = zipfile.ZipFile(path)
    except _DAMAGED:
        raise BackupRefused(f"{path} is no backup of Frontline, or was cut short. Nothing was restored.") from None
    except OSError as error:
        raise BackupRefused(f"{path} cannot be read ({error.strerror or error}).") from None
    with archive:
        yield BackupReader(path, archive)


def _member(table: str) -> str:
    return f"tables/{table}.jsonl"
