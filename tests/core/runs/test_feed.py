"""Rows of several chunks on their way into one stream of calls."""

import threading
import time

import pytest

from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK
from core.runs import feed as feeding
from core.runs.feed import Feed, Unfinished
from core.runs.ledger import PendingRow

EVERYTHING = Unfinished(10_000)


def rows(*numbers: int) -> list[PendingRow]:
    questions = [
        TestQuestion(line=n, question=f"question {n}", expected_as_given="", label=TO_FALLBACK) for n in numbers
    ]
    return [PendingRow(row=question.line, content=question) for question in questions]


def read(feed: Feed, unfinished: Unfinished = EVERYTHING, stop: threading.Event | None = None) -> list[int]:
    return [row.row for row, _ in feed.rows(stop or threading.Event(), unfinished)]


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "AWAIT_MORE_SECONDS", 0.2)


def test_a_stream_takes_the_rows_of_all_chunks_and_those_that_come_a_little_later() -> None:
    feed = Feed()
    feed.put(rows(0, 1))
    later = threading.Timer(0.05, lambda: feed.put(rows(2)))
    later.start()

    assert read(feed) == [0, 1, 2]


def test_a_stream_ends_at_once_when_all_that_is_unfinished_is_here() -> None:
    feed = Feed()
    feed.put(rows(0, 1))
    began = time.monotonic()

    assert read(feed, Unfinished(2)) == [0, 1]
    assert time.monotonic() - began < feeding.AWAIT_MORE_SECONDS


def test_a_stream_ends_when_it_is_stopped_and_the_next_one_takes_what_is_not_written() -> None:
    feed, stop = Feed(), threading.Event()
    feed.put(rows(3, 1, 2))
    taken = feed.rows(stop, EVERYTHING)
    assert next(taken)[0].row == 3
    assert next(taken)[0].row == 1
    stop.set()
    assert [*taken] == []
    feed.written([1])

    assert feed.again()
    assert read(feed) == [2, 3]


def test_a_chunk_is_done_when_each_of_its_rows_is_written() -> None:
    feed = Feed()
    first, second = feed.put(rows(0, 1)), feed.put(rows(1, 2))
    assert first is not None
    assert second is not None

    feed.written([0, 1])

    assert (first.done.is_set(), first.left) == (True, 0)
    assert (second.done.is_set(), second.left) == (False, 1)


def test_a_closed_feed_lets_everybody_go_and_takes_no_chunk() -> None:
    feed = Feed()
    batch = feed.put(rows(0))
    assert batch is not None
    assert not feed.close_if_empty()

    feed.close()

    assert (batch.done.is_set(), batch.left) == (True, 1)
    assert feed.put(rows(1)) is None
    assert feed.close_if_empty()
