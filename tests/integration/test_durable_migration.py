"""The migration to durable runs, on a database in which runs were under way."""

import sqlalchemy as sa
from alembic import command

from core.runs.ledger import Status
from core.storage.database import Database
from core.storage.migrate import alembic_config
from core.storage.runs import SqlRunStore

AT = "2026-11-03 09:30:00"
RUN = {
    "org_id": "org",
    "name": "x.csv",
    "revision": 1,
    "policy": "{}",
    "engine": "m",
    "engine_version": "m 1",
    "reason": "",
    "total": 3,
    "finished": 1,
    "author_id": "u",
    "author": "Olivia",
    "created_at": AT,
    "worker": "an old one",
    "heartbeat_at": AT,
}


def to(database: Database, revision: str) -> None:
    config = alembic_config()
    with database.write(every_org=True) as connection:
        config.attributes["connection"] = connection
        steps = command.downgrade if revision == "0007" and _has_executors(connection) else command.upgrade
        steps(config, revision)


def _has_executors(connection: sa.Connection) -> bool:
    return sa.inspect(connection).has_table("executors")


def rows(database: Database) -> int:
    with database.read(every_org=True) as connection:
        return int(connection.execute(sa.text("SELECT count(*) FROM run_rows")).scalar_one())


def test_runs_that_were_under_way_keep_their_rows_go_on_or_end(database_url: str) -> None:
    database = Database(database_url)
    to(database, "0007")
    columns = ["run_id", "status", *RUN]
    insert = sa.text(f"INSERT INTO runs ({', '.join(columns)}) VALUES ({', '.join(':' + name for name in columns)})")
    row = sa.text(
        "INSERT INTO run_rows (org_id, run_id, row, line, question, expected, label, label_ids, extra, verdict) "
        "VALUES ('org', :run_id, :row, 2, 'q', '', 'none', '[]', '{}', :verdict)"
    )
    with database.write(every_org=True) as connection:
        for status in ("running", "cancelling", "done"):
            connection.execute(insert, RUN | {"run_id": status, "status": status})
            for number, verdict in enumerate(("right", None, None)):
                connection.execute(row, {"run_id": status, "row": number, "verdict": verdict})
    to(database, "head")
    store = SqlRunStore(database)

    (waiting,) = store.not_enqueued()
    assert (waiting.run_id, waiting.attempt, waiting.finished) == ("running", 1, 1)
    assert [row.row for chunk in store.chunks(waiting) for row in store.rows_of(chunk)] == [1, 2]
    store.forget([], waiting.created_at)
    found = {run_id: store.run("org", run_id) for run_id in ("running", "cancelling", "done")}
    assert {run_id: run.status for run_id, run in found.items() if run} == {
        "running": Status.RUNNING,
        "cancelling": Status.CANCELLED,
        "done": Status.DONE,
    }
    to(database, "0007")
    assert rows(database) == 9
    to(database, "head")
    assert rows(database) == 9
    database.close()
