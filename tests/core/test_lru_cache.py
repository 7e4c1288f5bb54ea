from core.lru_cache import LruCache


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
