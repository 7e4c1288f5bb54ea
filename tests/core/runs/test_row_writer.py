"""Finished rows on their way into the ledger."""

import logging
from collections.abc import Iterable
from typing import Any

import pytest

from core.runs import row_writer
from core.runs.ledger import FinishedRow, Progress, Status
from core.runs.row_writer import Flushing
from core.statistics.verdict import Verdict


class Ledger:
    """Keeps rows while it is not away, and books what it is told."""

    def __init__(self) -> None:
        self.kept: list[int] = []
        self.booked: list[int] = []
        self.written: list[int] = []
        self.looks = 0
        self.away = False

    def book(self, rows: Iterable[FinishedRow]) -> bool:
        self.booked += [row.row for row in rows]
        return len(self.booked) > 3

    def write(self, rows: list[FinishedRow]) -> Progress:
        if self.away:
            raise OSError("the database is away")
        self.kept += [row.row for row in rows]
        return self.progress()

    def look(self) -> Progress:
        self.looks += 1
        return self.progress()

    def progress(self) -> Progress:
        return Progress(Status.RUNNING, 1, len(self.kept))


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def buffer(ledger: Ledger) -> Flushing:
    costs: Any = ledger
    return Flushing(ledger.progress(), costs=costs, write=ledger.write, look=ledger.look, written=ledger.written.extend)


def row(number: int) -> FinishedRow:
    nothing: Any = dict.fromkeys(("given_id", "best_id", "phrasing", "score", "confidence", "reason"))
    return FinishedRow(row=number, verdict=Verdict.RIGHT, seconds=0.1, **nothing)


def test_rows_wait_for_each_other_and_are_written_together(ledger: Ledger, buffer: Flushing) -> None:
    for number in range(3):
        buffer.add(row(number))
    assert ledger.kept == []

    assert buffer.flush()

    assert ledger.kept == ledger.booked == ledger.written == [0, 1, 2]
    assert buffer.progress.finished == 3
    assert not buffer.over_limit


def test_rows_that_could_not_be_written_are_written_later_and_booked_once(
    ledger: Ledger, buffer: Flushing, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    ledger.away = True
    buffer.add(row(0))
    assert not buffer.flush()
    buffer.add(row(1))
    assert not buffer.flush()
    assert (buffer.failing, ledger.written, len(caplog.records)) == (True, [], 1)
    ledger.away = False

    assert buffer.flush()

    assert ledger.kept == ledger.booked == ledger.written == [0, 1]
    assert not buffer.failing


def test_it_is_said_when_the_month_has_no_room_for_more(ledger: Ledger, buffer: Flushing) -> None:
    for number in range(4):
        buffer.add(row(number))

    buffer.flush()

    assert buffer.over_limit
    assert ledger.kept == [0, 1, 2, 3]


def test_the_ledger_is_looked_at_when_nothing_was_written_for_a_while(
    ledger: Ledger, buffer: Flushing, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer.sign()
    assert ledger.looks == 0
    monkeypatch.setattr(row_writer, "LOOK_EVERY_SECONDS", 0.0)

    buffer.sign()

    assert ledger.looks == 1
