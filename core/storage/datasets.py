"""Datasets and their versions in SQL. A version of a row is written once; a later version only ends it."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from core.audit.event import Event
from core.datasets.dataset import Dataset, DatasetRow, Version
from core.datasets.store import DatasetEdit, DatasetStore, NameTaken
from core.datasets.understanding import Understanding
from core.errors import NotFound
from core.storage import audit
from core.storage.database import SqlStore
from core.storage.dataset_rows import in_version, read_rows, row_values
from core.storage.tables import dataset_rows, dataset_versions, datasets

_ROWS_AN_INSERT = 5_000
_LISTED = [column for column in datasets.c if column.name != "understood"]
_VERSION_COLUMNS = ("number", "at", "author_id", "author", "note", "source", "rows")


class SqlDatasetStore(SqlStore, DatasetStore):
    """The datasets of all orgs; every method works on one org."""

    def datasets(self, org_id: str) -> list[Dataset]:
        offered = datasets.c.name_key.is_not(None)
        query = _with_size(org_id, offered).order_by(dataset_versions.c.at.desc(), datasets.c.name)
        with self._database.read(org_id) as connection:
            return [_dataset(row) for row in connection.execute(query)]

    def dataset(self, org_id: str, dataset_id: str) -> Dataset | None:
        with self._database.read(org_id) as connection:
            row = connection.execute(_with_size(org_id, datasets.c.dataset_id == dataset_id)).one_or_none()
        return _dataset(row) if row else None

    def named(self, org_id: str, name: str) -> Dataset | None:
        with self._database.read(org_id) as connection:
            row = connection.execute(_with_size(org_id, datasets.c.name_key == name.casefold())).one_or_none()
        return _dataset(row) if row else None

    def understood(self, org_id: str, name: str) -> Understanding | None:
        this = sa.and_(datasets.c.org_id == org_id, datasets.c.name_key == name.casefold())
        with self._database.read(org_id) as connection:
            row = connection.execute(sa.select(datasets.c.understood).where(this)).one_or_none()
        return Understanding.from_json(row.understood) if row else None

    def create(
        self,
        dataset: Dataset,
        version: Version,
        rows: Sequence[DatasetRow],
        event: Event | None = None,
        understood: Understanding | None = None,
    ) -> None:
        new = {
            "org_id": dataset.org_id,
            "dataset_id": dataset.dataset_id,
            "name": dataset.name,
            "name_key": dataset.name.casefold(),
            "version": version.number,
            "next_row": max((row.row for row in rows), default=-1) + 1,
            "understood": understood.as_json() if understood else None,
        }
        with self._database.write(dataset.org_id) as connection:
            with _unique(dataset.name):
                connection.execute(sa.insert(datasets).values(new))
            _insert(connection, dataset, version, rows)
            if event:
                audit.keep(connection, event)

    def versions(self, org_id: str, dataset_id: str) -> list[Version]:
        columns = dataset_versions.c
        query = (
            sa.select(dataset_versions)
            .where(columns.org_id == org_id, columns.dataset_id == dataset_id)
            .order_by(columns.number.desc())
        )
        with self._database.read(org_id) as connection:
            found = connection.execute(query).all()
        return [Version(**{name: getattr(row, name) for name in _VERSION_COLUMNS}) for row in found]

    def rows(self, org_id: str, dataset_id: str, version: int) -> list[DatasetRow]:
        with self._database.read(org_id) as connection:
            return read_rows(connection, org_id, dataset_id, in_version(version))

    def row_at(self, org_id: str, dataset_id: str, version: int, line: int) -> DatasetRow | None:
        with self._database.read(org_id) as connection:
            where = sa.and_(in_version(version), dataset_rows.c.line == line)
            return next(iter(read_rows(connection, org_id, dataset_id, where)), None)

    def newest(self, org_id: str, dataset_id: str, row: int) -> DatasetRow | None:
        with self._database.read(org_id) as connection:
            where = sa.and_(dataset_rows.c.until_version.is_(None), dataset_rows.c.row == row)
            return next(iter(read_rows(connection, org_id, dataset_id, where)), None)

    @contextmanager
    def editing(self, org_id: str, dataset_id: str) -> Iterator["SqlDatasetEdit"]:
        this = sa.and_(datasets.c.org_id == org_id, datasets.c.dataset_id == dataset_id)
        with self._database.write(org_id) as connection:
            locked = connection.execute(sa.select(datasets.c.next_row).where(this).with_for_update()).one_or_none()
            if locked is None:
                raise NotFound("There are no such test questions in this organisation.")
            found = connection.execute(_with_size(org_id, datasets.c.dataset_id == dataset_id)).one()
            yield SqlDatasetEdit(connection, _dataset(found), locked.next_row)


class SqlDatasetEdit(DatasetEdit):
    """One dataset under its lock, while a change is decided and written."""

    def __init__(self, connection: sa.Connection, dataset: Dataset, next_row: int) -> None:
        self._connection = connection
        self._this = sa.and_(datasets.c.org_id == dataset.org_id, datasets.c.dataset_id == dataset.dataset_id)
        self.dataset = dataset
        self.next_row = next_row

    def rows(self, version: int | None = None) -> list[DatasetRow]:
        where = in_version(self.dataset.version if version is None else version)
        return read_rows(self._connection, self.dataset.org_id, self.dataset.dataset_id, where)

    def write(
        self, version: Version, *, ended: Iterable[int], written: Sequence[DatasetRow], event: Event | None = None
    ) -> None:
        columns = dataset_rows.c
        end = sa.update(dataset_rows).where(
            columns.org_id == self.dataset.org_id,
            columns.dataset_id == self.dataset.dataset_id,
            columns.row == sa.bindparam("ended"),
            columns.until_version.is_(None),
        )
        if gone := [{"ended": row} for row in ended]:
            self._connection.execute(end.values(until_version=version.number), gone)
        _insert(self._connection, self.dataset, version, written)
        next_row = max([self.next_row, *(row.row + 1 for row in written)])
        self._update(event, version=version.number, next_row=next_row)

    def understood(self) -> Understanding:
        kept = self._connection.execute(sa.select(datasets.c.understood).where(self._this)).scalar()
        return Understanding.from_json(kept)

    def understand(self, understood: Understanding) -> None:
        self._update(None, understood=understood.as_json())

    def rename(self, name: str, event: Event | None = None) -> None:
        with _unique(name):
            self._update(event, name=name, name_key=None if self.dataset.archived else name.casefold())

    def archive(self, event: Event | None = None) -> None:
        self._update(event, name_key=None)

    def _update(self, event: Event | None, **values: object) -> None:
        self._connection.execute(sa.update(datasets).where(self._this).values(values))
        if event:
            audit.keep(self._connection, event)


@contextmanager
def _unique(name: str) -> Iterator[None]:
    try:
        yield
    except sa.exc.IntegrityError:
        raise NameTaken(name) from None


def _insert(connection: sa.Connection, dataset: Dataset, version: Version, rows: Sequence[DatasetRow]) -> None:
    of = {"org_id": dataset.org_id, "dataset_id": dataset.dataset_id}
    values = {name: getattr(version, name) for name in _VERSION_COLUMNS}
    connection.execute(sa.insert(dataset_versions).values(**of, **values))
    for start in range(0, len(rows), _ROWS_AN_INSERT):
        batch = rows[start : start + _ROWS_AN_INSERT]
        new = [{**of, "since_version": version.number, **row_values(row)} for row in batch]
        connection.execute(sa.insert(dataset_rows), new)


def _with_size(org_id: str, where: sa.ColumnElement[bool]) -> sa.Select[Any]:
    of_newest = sa.and_(
        dataset_versions.c.org_id == datasets.c.org_id,
        dataset_versions.c.dataset_id == datasets.c.dataset_id,
        dataset_versions.c.number == datasets.c.version,
    )
    return (
        sa.select(*_LISTED, dataset_versions.c.rows)
        .join(dataset_versions, of_newest)
        .where(datasets.c.org_id == org_id, where)
    )


def _dataset(row: sa.Row[Any]) -> Dataset:
    return Dataset(
        org_id=row.org_id,
        dataset_id=row.dataset_id,
        name=row.name,
        version=row.version,
        rows=row.rows,
        archived=row.name_key is None,
    )
