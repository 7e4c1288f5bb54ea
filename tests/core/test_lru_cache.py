import re
from concurrent.futures import ThreadPoolExecutor

from core.lru_cache import AgingCache, LruCache
from tests.core.test_imports import MODULES


def held(cache: LruCache[str, int], *keys: str) -> list[str]:
    return [key for key in keys if cache.get(key) is not None]


def test_the_value_that_was_used_longest_ago_goes_first() -> None:
    cache: LruCache[str, int] = LruCache(2)
    cache.put("a", 1)
    cache.put("b", 2)
    cache.get("a")

    cache.put("c", 3)

    assert held(cache, "a", "b", "c") == ["a", "c"]
    assert len(cache) == 2


def test_several_values_are_had_at_once_and_used_by_that() -> None:
    cache: LruCache[str, int] = LruCache(3)
    for value, key in enumerate("abc"):
        cache.put(key, value)

    assert cache.get_all(["b", "x", "a"]) == {"a": 0, "b": 1}
    cache.put("d", 3)
    assert held(cache, *"abcd") == ["a", "b", "d"]


def test_a_value_is_made_once_while_it_is_held() -> None:
    cache: LruCache[str, list[int]] = LruCache(2)

    assert cache.get_or_make("a", list) is cache.get_or_make("a", list)
    cache.forget("a")
    cache.forget("a")
    assert cache.get("a") is None


def test_a_value_in_use_never_goes() -> None:
    cache: LruCache[str, int] = LruCache(1, in_use=lambda value: value < 10)

    for key, value in {"a": 1, "b": 20, "c": 3, "d": 40}.items():
        cache.put(key, value)

    assert held(cache, "a", "b", "c", "d") == ["a", "c", "d"]


def test_the_newest_stays_although_all_others_are_in_use() -> None:
    cache: LruCache[str, int] = LruCache(1, in_use=lambda value: value < 10)
    cache.put("a", 1)
    cache.put("b", 20)

    assert held(cache, "a", "b") == ["a", "b"]


def test_what_is_held_is_bounded_by_weight_too_and_the_newest_stays_however_heavy() -> None:
    cache: LruCache[str, int] = LruCache(weigh=abs, most_weight=10)

    for key in "abc":
        cache.put(key, 4)
    assert [key for key, _ in cache.items()] == ["b", "c"]

    assert cache.put("d", 100) == [4, 4]
    assert [key for key, _ in cache.items()] == ["d"]


def test_a_value_that_became_heavier_is_weighed_again_when_it_is_put_again() -> None:
    cache: LruCache[str, list[int]] = LruCache(10, weigh=len, most_weight=2)
    first, second = cache.get_or_make("a", list), cache.get_or_make("b", list)
    first.append(1)
    second.extend((1, 2))

    cache.put("b", second)

    assert [key for key, _ in cache.items()] == ["b"]


def test_many_threads_use_one_cache_and_it_never_holds_more() -> None:
    cache: LruCache[int, int] = LruCache(10)

    def use(start: int) -> None:
        for key in range(start, start + 2_000):
            cache.put(key % 50, key)
            cache.get((key + 7) % 50)
            cache.forget((key + 3) % 50)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(use, range(4)))

    assert len(cache) <= 10


def test_the_age_of_a_value_counts_from_the_moment_it_is_said_to_be_of() -> None:
    now = 100.0
    cache: AgingCache[str, str] = AgingCache(10, clock=lambda: now)
    cache.put("a", "put now")
    cache.put("b", "asked for 3 s ago", at=97.0)

    now = 102.0
    assert (cache.get("a", younger_than=5), cache.get("b", younger_than=5)) == ("put now", None)
    now = 105.0
    assert cache.get("a", younger_than=5) is None

    cache.put("a", "anew")
    assert cache.get("a", younger_than=5) == "anew"
    cache.forget("a")
    assert cache.get("a", younger_than=5) is None


def test_no_other_file_drops_the_oldest_of_a_dictionary_by_hand() -> None:
    """``core.fair_share`` has orgs in turn, which is no cache."""
    by_hand = re.compile(r"\.popitem\(|\.move_to_end\(|pop\(next\(iter")
    found = [name for name, path in MODULES.items() if by_hand.search(path.read_text(encoding="utf-8"))]

    assert sorted(found) == ["core.fair_share", "core.lru_cache"]
