"""Kept replies of model servers on real databases: found by one org and one key, for thirty days."""

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.engines.reply_cache import ModelReply
from core.storage.database import Database
from core.storage.replies import KEPT_FOR, SqlReplyCache
from core.storage.tables import replies
from core.usage import NOTHING, Usage

NOON = datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
REPLY = ModelReply(
    entry_id=17,
    probabilities={17: 0.75, None: 0.125, 3: 0.1},
    raw='{"id": "17"}',
    usage=Usage(sent=1200, received=7, cached=1024, cache_written=0),
)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(database: Database, clock: Clock) -> SqlReplyCache:
    return SqlReplyCache(database, clock)


def rows(database: Database) -> int:
    with database.read(every_org=True) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(replies)).scalar_one()


def test_a_reply_comes_back_as_it_was_kept(cache: SqlReplyCache) -> None:
    kept = {
        "some": REPLY,
        "fallback": replace(REPLY, entry_id=None),
        "nothing": ModelReply(entry_id=None, probabilities={}, raw="", usage=NOTHING),
        "large": ModelReply(entry_id=2**31, probabilities={None: 1.0}, raw="x" * 4_000, usage=Usage(sent=10**9)),
    }

    cache.keep("org", kept)

    assert cache.find("org", [*kept, "other"]) == kept


def test_whatever_a_server_sent_comes_back_sign_by_sign(cache: SqlReplyCache) -> None:
    """PostgreSQL's text refuses NUL and lone surrogates; its json keeps them escaped."""
    raws = ["a\x00b", "\x00", "\ud800", "\udc00 first", "😀 é \u2028 \x1b[31m", "\\u0000", '"\\', "\ufffe"]

    for raw in raws:
        cache.keep("org", {raw.encode("utf-8", "surrogatepass").hex(): replace(REPLY, raw=raw)})

    for raw in raws:
        assert [reply.raw for reply in cache.find("org", [raw.encode("utf-8", "surrogatepass").hex()]).values()] == [
            raw
        ]


def test_no_org_finds_what_another_kept_under_the_same_key(cache: SqlReplyCache) -> None:
    cache.keep("a", {"key": REPLY, "of a": REPLY})
    cache.keep("b", {"key": replace(REPLY, entry_id=3)})

    assert cache.find("a", ["key", "of a"]) == {"key": REPLY, "of a": REPLY}
    assert cache.find("b", ["key", "of a"]) == {"key": replace(REPLY, entry_id=3)}
    assert cache.find("c", ["key", "of a"]) == {}


def test_a_newer_reply_takes_the_place_of_an_older_one_and_is_young_again(
    cache: SqlReplyCache, clock: Clock, database: Database
) -> None:
    cache.keep("org", {"key": REPLY, "other": REPLY})
    clock.now = NOON + timedelta(days=20)
    cache.keep("org", {"key": replace(REPLY, entry_id=3)})
    clock.now = NOON + timedelta(days=40)

    assert cache.find("org", ["key", "other"]) == {"key": replace(REPLY, entry_id=3)}
    assert rows(database) == 2


def test_a_reply_is_found_for_thirty_days_and_then_deleted(
    cache: SqlReplyCache, clock: Clock, database: Database
) -> None:
    cache.keep("a", {"old": REPLY})
    clock.now = NOON + timedelta(seconds=1)
    cache.keep("b", {"young": REPLY})

    clock.now = NOON + KEPT_FOR - timedelta(seconds=1)
    before = cache.find("a", ["old"])
    clock.now = NOON + KEPT_FOR
    after = cache.find("a", ["old"])
    cache.forget_old()

    assert timedelta(days=30) == KEPT_FOR
    assert (list(before), list(after)) == (["old"], [])
    assert list(cache.find("b", ["young"])) == ["young"]
    assert rows(database) == 1


def test_none_and_hundreds_of_replies_are_kept_and_found_at_once(cache: SqlReplyCache, database: Database) -> None:
    many = {f"{number:064x}": replace(REPLY, entry_id=number) for number in range(500)}

    cache.keep("org", many)
    cache.keep("org", many)
    cache.keep("org", {})

    assert cache.find("org", [*many, "missing"]) == many
    assert cache.find("org", []) == {}
    assert rows(database) == 500


def test_runs_that_keep_the_same_replies_at_once_lose_none(cache: SqlReplyCache, database: Database) -> None:
    """Each begins at another end: rows locked in two orders would wait for each other for ever."""
    keys = [f"{number:064x}" for number in range(400)]
    barrier = threading.Barrier(4)

    def keep(run: int) -> None:
        barrier.wait(30)
        for _ in range(3):
            cache.keep("org", dict.fromkeys(keys if run % 2 else keys[::-1], REPLY))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(keep, range(4)))

    assert rows(database) == 400


# JSON takes two halves of a sign beside each other for the sign, so only one of them is drawn.
CODE_POINTS = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from("\x00\ud800"), max_size=8)
PROBABILITIES = st.dictionaries(st.none() | st.integers(1, 10**6), st.floats(0, 1), max_size=4)
COUNTS = st.none() | st.integers(0, 10**9)
KEPT = st.builds(
    ModelReply,
    entry_id=st.none() | st.integers(1, 10**6),
    probabilities=PROBABILITIES,
    raw=CODE_POINTS,
    usage=st.builds(Usage, sent=COUNTS, received=COUNTS, cached=COUNTS, cache_written=COUNTS),
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.text("0123456789abcdef", min_size=1, max_size=3), KEPT, min_size=1, max_size=5))
def test_any_reply_comes_back(cache: SqlReplyCache, kept: dict[str, ModelReply]) -> None:
    cache.keep("org", kept)

    assert cache.find("org", list(kept)) == kept
