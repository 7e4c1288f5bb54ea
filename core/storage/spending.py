"""The books on spending in SQL: the org's row of a month is the lock under which its reservations are decided."""

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.spending.ledger import Amount, Booking, Month, Reservation, Reserving, SpendingStore, Taken
from core.storage.database import SqlStore, insert_into
from core.storage.tables import reservations, spending

_COUNTED = ("calls", "sent", "received", "cached", "nano_usd", "unpriced_tokens")
_KEY = ("org_id", "month")


def _less(column: sa.Column[int]) -> sa.Case[int]:
    taken: sa.BindParameter[int] = sa.bindparam(f"taken_{column.name}")
    return sa.case((column > taken, column - taken), else_=0)


# A run books several times a second: what SQLAlchemy takes to put these together would be half of the time.
_TAKE_OFF = (
    sa.update(reservations)
    .where(reservations.c.org_id == sa.bindparam("of_org"), reservations.c.reservation_id == sa.bindparam("of_id"))
    .values({column.name: _less(column) for column in (reservations.c.nano_usd, reservations.c.unpriced_tokens)})
)
_RESERVED = sa.select(
    *(sa.func.coalesce(sa.func.sum(reservations.c[name]), 0).label(name) for name in ("nano_usd", "unpriced_tokens"))
).where(
    reservations.c.org_id == sa.bindparam("of_org"),
    reservations.c.month == sa.bindparam("of_month"),
    sa.or_(reservations.c.expires_at.is_(None), reservations.c.expires_at > sa.bindparam("now")),
)
_RESERVED_BY_OTHERS = _RESERVED.where(reservations.c.reservation_id != sa.bindparam("of_id"))


class SqlSpendingStore(SqlStore, SpendingStore):
    """What the orgs took and set aside; every method works on one."""

    def month(self, org_id: str, month: str, at: datetime) -> Month:
        with self._database.read(org_id) as connection:
            row = connection.execute(_row_of(org_id, month)).one_or_none()
            reserved = _reserved(connection, org_id, month, at)
        counted = {name: getattr(row, name) for name in _COUNTED} if row else {}
        return Month(month=month, reserved=reserved, **counted)

    @contextmanager
    def reserving(self, org_id: str, month: str, at: datetime) -> Iterator["SqlReserving"]:
        with self._database.write(org_id) as connection:
            new = insert_into(spending, connection.dialect).values(
                org_id=org_id, month=month, **dict.fromkeys(_COUNTED, 0)
            )
            connection.execute(new.on_conflict_do_nothing(index_elements=_KEY))
            row = connection.execute(_row_of(org_id, month).with_for_update()).one()
            yield SqlReserving(connection, row, at)

    def settle(self, org_id: str, reservation_id: str, month: str, booking: Booking, at: datetime) -> Taken:
        amount = booking.amount
        gone = {"nano_usd": amount.nano_usd, "unpriced_tokens": amount.unpriced_tokens}
        counts = {"calls": booking.calls, "sent": booking.sent, "received": booking.received, "cached": booking.cached}
        with self._database.write(org_id) as connection:
            adding = _adding(connection.dialect)
            booked = connection.execute(adding, {"org_id": org_id, "month": month, **counts, **gone}).one()
            of = {"of_org": org_id, "of_id": reservation_id}
            connection.execute(_TAKE_OFF, {**of, **{f"taken_{name}": value for name, value in gone.items()}})
            others = _reserved(connection, org_id, month, at, except_for=reservation_id)
        return Taken(booked=_amount(booked), reserved=others)

    def release(self, org_id: str, reservation_id: str) -> None:
        with self._database.write(org_id) as connection:
            connection.execute(sa.delete(reservations).where(_this(org_id, reservation_id)))


class SqlReserving(Reserving):
    """The month of one org while a reservation is decided, under the lock of its row."""

    def __init__(self, connection: sa.Connection, row: sa.Row[Any], at: datetime) -> None:
        self._connection = connection
        self._row = row
        self._at = at

    def taken(self, *, except_for: str) -> Taken:
        row = self._row
        reserved = _reserved(self._connection, row.org_id, row.month, self._at, except_for=except_for)
        return Taken(booked=_amount(row), reserved=reserved)

    def keep(self, reservation: Reservation) -> None:
        org_id, month = self._row.org_id, self._row.month
        over = sa.or_(reservations.c.expires_at <= self._at, reservations.c.month < month)
        same = reservations.c.reservation_id == reservation.reservation_id
        self._connection.execute(sa.delete(reservations).where(reservations.c.org_id == org_id, sa.or_(over, same)))
        self._connection.execute(
            sa.insert(reservations).values(
                org_id=org_id,
                reservation_id=reservation.reservation_id,
                month=month,
                nano_usd=reservation.amount.nano_usd,
                unpriced_tokens=reservation.amount.unpriced_tokens,
                expires_at=reservation.expires_at,
            )
        )


def _row_of(org_id: str, month: str) -> sa.Select[Any]:
    return sa.select(spending).where(spending.c.org_id == org_id, spending.c.month == month)


def _this(org_id: str, reservation_id: str) -> sa.ColumnElement[bool]:
    return sa.and_(reservations.c.org_id == org_id, reservations.c.reservation_id == reservation_id)


def _reserved(
    connection: sa.Connection, org_id: str, month: str, at: datetime, *, except_for: str | None = None
) -> Amount:
    values = {"of_org": org_id, "of_month": month, "now": at}
    if except_for is None:
        return _amount(connection.execute(_RESERVED, values).one())
    return _amount(connection.execute(_RESERVED_BY_OTHERS, {**values, "of_id": except_for}).one())


@functools.cache
def _adding(dialect: sa.Dialect) -> sa.Executable:
    """Adds to the org's row of the month, which it makes when there is none."""
    insert = insert_into(spending, dialect)
    added = {name: spending.c[name] + insert.excluded[name] for name in _COUNTED}
    return insert.on_conflict_do_update(index_elements=_KEY, set_=added).returning(
        spending.c.nano_usd, spending.c.unpriced_tokens
    )


def _amount(row: sa.Row[Any]) -> Amount:
    return Amount(nano_usd=int(row.nano_usd), unpriced_tokens=int(row.unpriced_tokens))
