from concurrent.futures import ThreadPoolExecutor

import pytest

from core.engines.language.server_memory import Finding, RequestMode, ServerMemory

HERE, OTHER_MODEL = ("http://a/v1", "m"), ("http://a/v1", "n")


def test_two_models_of_one_server_are_remembered_apart() -> None:
    memory = ServerMemory()

    memory.refuse(HERE, ["temperature"])
    memory.found(HERE, RequestMode.SCHEMA, Finding.HELD)

    assert (memory.refused(HERE), memory.finding(HERE, RequestMode.SCHEMA)) == ({"temperature"}, Finding.HELD)
    assert (memory.refused(OTHER_MODEL), memory.finding(OTHER_MODEL, RequestMode.SCHEMA)) == (frozenset(), None)


def test_of_many_servers_those_asked_longest_ago_are_forgotten() -> None:
    memory = ServerMemory(size=2)
    for address in ("a", "b", "c"):
        memory.refuse((address, "m"), ["temperature"])

    assert [address for address in "abc" if memory.refused((address, "m"))] == ["b", "c"]


def test_a_way_is_settled_once_it_was_answered_and_what_it_was_answered_without_is_refused() -> None:
    memory = ServerMemory()
    memory.settle(HERE, RequestMode.SCHEMA, without=["logprobs"])

    assert memory.is_settled(HERE, RequestMode.SCHEMA)
    assert not memory.is_settled(HERE, RequestMode.CHOICE)
    assert not memory.is_settled(OTHER_MODEL, RequestMode.SCHEMA)
    assert memory.refused(HERE) == {"logprobs"}


def test_refusals_add_up() -> None:
    memory = ServerMemory()

    memory.refuse(HERE, ["temperature"])
    memory.refuse(HERE, ["logprobs"])

    assert memory.refused(HERE) == {"temperature", "logprobs"}


def test_what_is_forgotten_is_asked_anew() -> None:
    memory = ServerMemory()
    memory.refuse(HERE, ["temperature"])
    memory.found(HERE, RequestMode.SCHEMA, Finding.HELD)

    memory.forget(HERE)
    memory.forget(OTHER_MODEL)

    assert (memory.refused(HERE), memory.finding(HERE, RequestMode.SCHEMA)) == (frozenset(), None)


def test_nobody_knows_how_long_a_reply_takes_before_the_first() -> None:
    memory = ServerMemory()
    memory.found(HERE, RequestMode.SCHEMA, Finding.HELD)

    assert memory.typical_seconds(HERE) is None


def test_the_first_call_says_how_long_a_reply_takes_and_each_further_one_moves_it_a_little() -> None:
    memory = ServerMemory()

    memory.took(HERE, 2.0)
    first = memory.typical_seconds(HERE)
    memory.took(HERE, 4.0)

    assert first == 2.0
    assert memory.typical_seconds(HERE) == pytest.approx(2.2)
    assert memory.typical_seconds(OTHER_MODEL) is None


def test_a_server_that_got_faster_is_known_to_be_so_after_some_calls_and_one_slow_call_says_little() -> None:
    memory = ServerMemory()
    memory.took(HERE, 30.0)
    for _ in range(50):
        memory.took(HERE, 1.0)
    settled = memory.typical_seconds(HERE)
    memory.took(HERE, 10.0)

    assert settled == pytest.approx(1.0, abs=0.2)
    assert memory.typical_seconds(HERE) == pytest.approx(1.9, abs=0.2)


def test_how_long_replies_take_is_learned_from_many_threads_and_forgotten_with_the_rest() -> None:
    memory = ServerMemory()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda seconds: memory.took(HERE, seconds), [1.0, 3.0] * 500))
    learned = memory.typical_seconds(HERE)
    memory.forget(HERE)

    assert learned is not None
    assert 1.0 < learned < 3.0
    assert memory.typical_seconds(HERE) is None
