"""Example companies that owners shared, in SQL.

Every organisation may read these rows: an owner wrote them for that. So two queries here name no org; each write does.
"""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from core.examples.example import ExampleStore, StoredExample
from core.prompts.companies import ExampleCompany
from core.questions.entry import Entry
from core.storage.database import SqlStore, insert_into
from core.storage.tables import shared_examples


class SqlExampleStore(SqlStore, ExampleStore):
    """The shared examples of all orgs, at most one of each."""

    def keep(self, example: StoredExample) -> StoredExample:
        values = _values(example)
        with self._database.write(example.org_id) as connection:
            insert = insert_into(shared_examples, connection.dialect)
            anew = {name: value for name, value in values.items() if name not in ("org_id", "example_id")}
            connection.execute(insert.values(values).on_conflict_do_update(index_elements=["org_id"], set_=anew))
            return _stored(connection.execute(_of(example.org_id)).one())

    def drop(self, org_id: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(shared_examples).where(shared_examples.c.org_id == org_id))

    def shared_by(self, org_id: str) -> StoredExample | None:
        with self._database.read(org_id) as connection:
            row = connection.execute(_of(org_id)).one_or_none()
        return _stored(row) if row else None

    def all_shared(self) -> list[StoredExample]:
        with self._database.read(every_org=True) as connection:
            found = [_stored(row) for row in connection.execute(sa.select(shared_examples))]
        return sorted(found, key=lambda example: (example.company.name.casefold(), example.example_id))

    def with_ids(self, example_ids: Iterable[str]) -> dict[str, ExampleCompany]:
        query = sa.select(shared_examples).where(shared_examples.c.example_id.in_(list(example_ids)))
        with self._database.read(every_org=True) as connection:
            found = [_stored(row) for row in connection.execute(query)]
        return {example.example_id: example.company for example in found}


def _of(org_id: str) -> sa.Select[Any]:
    return sa.select(shared_examples).where(shared_examples.c.org_id == org_id)


def _values(example: StoredExample) -> dict[str, Any]:
    return {
        "org_id": example.org_id,
        "example_id": example.example_id,
        "name": example.company.name,
        "entries": [
            {"question": entry.question, "answer": entry.answer, "alternates": list(entry.alternates)}
            for entry in example.company.entries
        ],
        "negatives": list(example.company.negatives),
        "author_id": example.author_id,
        "author": example.author,
        "at": example.at,
    }


def _stored(row: sa.Row[Any]) -> StoredExample:
    entries = tuple(
        Entry(id=number, question=kept["question"], answer=kept["answer"], alternates=tuple(kept["alternates"]))
        for number, kept in enumerate(row.entries, 1)
    )
    return StoredExample(
        org_id=row.org_id,
        example_id=row.example_id,
        company=ExampleCompany(name=row.name, entries=entries, negatives=tuple(row.negatives)),
        author_id=row.author_id,
        author=row.author,
        at=row.at,
    )
