"""Figures of all orgs together, for who watches the installation."""

from datetime import datetime

import sqlalchemy as sa

from core.operation.metrics import Figures, InstallationFigures
from core.runs.ledger import GOING_ON, Status
from core.spending.ledger import month_of
from core.storage.database import SqlStore
from core.storage.tables import runs, spending

_OF_MONTH = ("calls", "sent", "received", "nano_usd")


class SqlFigures(SqlStore, Figures):
    """Read in one transaction."""

    def figures(self, at: datetime) -> InstallationFigures:
        by_status = sa.select(runs.c.status, sa.func.count().label("runs")).group_by(runs.c.status)
        waiting = sa.select(sa.func.coalesce(sa.func.sum(runs.c.total - runs.c.finished), 0)).where(
            runs.c.status.in_([status.value for status in GOING_ON])
        )
        taken = sa.select(*(sa.func.coalesce(sa.func.sum(spending.c[name]), 0).label(name) for name in _OF_MONTH))
        with self._database.read(every_org=True) as connection:
            found = {row.status: row.runs for row in connection.execute(by_status)}
            rows = int(connection.execute(waiting).scalar_one())
            month = connection.execute(taken.where(spending.c.month == month_of(at))).one()
        return InstallationFigures(
            runs={status.value: found.get(status.value, 0) for status in Status},
            waiting_rows=rows,
            **{name: int(getattr(month, name)) for name in _OF_MONTH},
        )
