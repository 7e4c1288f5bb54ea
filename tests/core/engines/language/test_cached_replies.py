import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from core.engines.language import cached_replies as keeping_module
from core.engines.language.cached_replies import AT_ONCE, CachedReplies
from core.engines.language.query import Query
from core.engines.language.server_memory import RequestMode, ServerMemory
from core.engines.language.shared import Shared
from core.engines.language.style import Built, PromptStyle
from core.engines.reply_cache import ModelReply
from core.questions.entry import Published
from core.usage import Usage
from tests.core.engines.language.conftest import TABLE
from tests.core.engines.language.memory_cache import BrokenReplyCache, MemoryReplyCache

PLACE = ("https://models.example/v1", "m")
BUILT = Built(RequestMode.SCHEMA, TABLE, PromptStyle())


def query(question: str, table: Published = TABLE) -> Query:
    built = BUILT if table is TABLE else Built(RequestMode.SCHEMA, table, PromptStyle())
    return Query(question=question, offered=table, mode=RequestMode.SCHEMA, built=built)


def sent(entry_id: int | None = 1) -> ModelReply:
    """What a call brought."""
    usage = Usage(sent=1200, received=7, cached=1024)
    told = {entry_id: 0.9, 17: 0.1}
    return ModelReply(entry_id=entry_id, probabilities=told, usage=usage, raw='{"id": "1"}', seconds=0.3)


def kept(entry_id: int | None = 1) -> ModelReply:
    """The same when it is found again: no time passed."""
    return replace(sent(entry_id), seconds=0.0, reused=True)


@pytest.fixture
def cache() -> MemoryReplyCache:
    return MemoryReplyCache()


@pytest.fixture
def shared(shared: Shared, cache: MemoryReplyCache) -> Shared:
    return replace(shared, cache=cache)


@pytest.fixture
def keeping(shared: Shared) -> CachedReplies:
    return CachedReplies(shared, PLACE)


@pytest.mark.parametrize("entry_id", [1, None])
def test_what_was_kept_is_found_for_the_very_same_question(keeping: CachedReplies, entry_id: int | None) -> None:
    keeping.keep([(query("open?"), sent(entry_id))])
    same, other = query("open?"), query("open")

    assert keeping.find([same, other]) == {same: kept(entry_id)}


def test_a_question_that_is_asked_twice_is_found_twice(keeping: CachedReplies) -> None:
    keeping.keep([(query("open?"), sent())])
    twice = [query("open?"), query("open?")]

    assert keeping.find(twice) == dict.fromkeys(twice, kept())


def test_another_org_another_model_and_another_table_find_nothing(keeping: CachedReplies, shared: Shared) -> None:
    keeping.keep([(query("open?"), sent())])

    assert keeping.find([query("open?", replace(TABLE, org_id="other"))]) == {}
    assert keeping.find([query("open?", replace(TABLE, entries=TABLE.entries[:2]))]) == {}
    assert CachedReplies(shared, (PLACE[0], "n")).find([query("open?")]) == {}


def test_a_later_reply_takes_the_place_of_the_first(keeping: CachedReplies) -> None:
    asked = query("open?")

    keeping.keep([(asked, sent(1))])
    keeping.keep([(asked, sent(17))])

    assert keeping.find([asked])[asked].entry_id == 17


def test_what_a_server_was_found_to_refuse_with_the_call_counts_for_the_next(
    keeping: CachedReplies, memory: ServerMemory
) -> None:
    asked = query("open?")
    assert keeping.find([asked]) == {}
    memory.refuse(PLACE, ["temperature"])
    keeping.keep([(asked, sent())])

    found = keeping.find([asked])
    memory.refuse(PLACE, ["logprobs"])

    assert found == {asked: kept()}
    assert keeping.find([asked]) == {}


@pytest.mark.parametrize(
    "stranger",
    [
        ModelReply(entry_id=2_000, probabilities={}, raw="", usage=Usage()),
        ModelReply(entry_id=1, probabilities={1: 0.9, 2_000: 0.1}, raw="", usage=Usage()),
    ],
)
def test_a_kept_reply_that_names_an_entry_that_is_not_offered_is_passed_over(
    keeping: CachedReplies, cache: MemoryReplyCache, stranger: ModelReply
) -> None:
    keeping.keep([(query("open?"), sent()), (query("where?"), sent())])
    asked = [query("open?"), query("where?")]
    cache.replies[TABLE.org_id, asked[0].key(PLACE, frozenset())] = stranger

    assert keeping.find(asked) == {asked[1]: kept()}


def test_nothing_is_looked_for_or_kept_without_a_query(shared: Shared) -> None:
    keeping = CachedReplies(replace(shared, cache=BrokenReplyCache()), PLACE)

    keeping.keep([])

    assert keeping.find([]) == {}


def test_without_a_cache_nothing_is_found(shared: Shared) -> None:
    keeping = CachedReplies(replace(shared, cache=None), PLACE)
    asked = query("open?")

    keeping.keep([(asked, sent())])

    assert keeping.find([asked]) == {}


def test_a_cache_that_is_away_is_logged_and_finds_nothing(shared: Shared, caplog: pytest.LogCaptureFixture) -> None:
    keeping = CachedReplies(replace(shared, cache=BrokenReplyCache()), PLACE)

    keeping.keep([(query("open?"), sent())])
    found = keeping.find([query("open?")])

    assert found == {}
    logged = [(record.getMessage(), record.levelno) for record in caplog.records]
    assert logged == [
        ("Could not keep replies", logging.ERROR),
        ("Could not look for kept replies", logging.ERROR),
    ]
    assert caplog.text.count("OSError: The database is away.\n") == 2


def test_replies_of_a_batch_are_kept_many_at_a_time_and_the_rest_at_the_end(
    keeping: CachedReplies, cache: MemoryReplyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping_module, "SECONDS_HELD", 1_000.0)

    with keeping.later() as later:
        for row in range(AT_ONCE + 30):
            later.add(query(f"row {row}"), sent())
        before_the_end = list(cache.writes)

    assert (before_the_end, cache.writes) == ([AT_ONCE], [AT_ONCE, 30])
    assert len(cache.replies) == AT_ONCE + 30


def test_no_reply_of_a_slow_batch_waits_long(
    keeping: CachedReplies, cache: MemoryReplyCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping_module, "SECONDS_HELD", 0.0)

    with keeping.later() as later:
        later.add(query("open?"), sent())

        assert cache.writes == [1]
    assert cache.writes == [1]


def test_replies_are_kept_when_their_batch_fails(keeping: CachedReplies, cache: MemoryReplyCache) -> None:
    def fails() -> None:
        with keeping.later() as later:
            later.add(query("open?"), sent())
            raise OSError("The file is gone.")

    with pytest.raises(OSError, match="gone"):
        fails()

    assert len(cache.replies) == 1


def test_a_cache_that_is_away_loses_no_reply_of_a_batch_but_its_keeping(
    shared: Shared, caplog: pytest.LogCaptureFixture
) -> None:
    keeping = CachedReplies(replace(shared, cache=BrokenReplyCache()), PLACE)

    with keeping.later() as later:
        for row in range(AT_ONCE + 30):
            later.add(query(f"row {row}"), sent())

    assert [record.getMessage() for record in caplog.records] == ["Could not keep replies"] * 2


class OneKeyAtATime(MemoryReplyCache):
    """Refuses to be asked for one key twice in one look."""

    def find(self, org_id: str, keys: Sequence[str]) -> Mapping[str, ModelReply]:
        assert len(set(keys)) == len(keys)
        return super().find(org_id, keys)


def test_a_key_is_looked_for_once_however_many_rows_have_it(shared: Shared, caplog: pytest.LogCaptureFixture) -> None:
    keeping = CachedReplies(replace(shared, cache=OneKeyAtATime()), PLACE)
    keeping.keep([(query("open?"), sent())])

    assert len(keeping.find([query("open?") for _ in range(5)])) == 5
    assert caplog.records == []
