"""How often a caller may ask."""

from core.api.v1.limits import HEAVY
from core.rate_limits import RateLimiter, RequestRate

RATE = RequestRate(name="test", burst=2, per_second=0.5)


def test_a_burst_is_let_through_and_then_one_each_time_a_token_comes_back() -> None:
    now = [0.0]
    limiter = RateLimiter(clock=lambda: now[0])
    waits = [limiter.take(RATE, "key", "org").wait for _ in range(4)]
    now[0] = 2.0
    waits += [limiter.take(RATE, "key", "org").wait for _ in range(2)]

    assert waits == [0, 0, 2, 2, 0, 2]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    now = [0.0]
    limiter = RateLimiter(clock=lambda: now[0])
    limiter.take(RATE, "key", "org")
    now[0] = 1e6

    assert [limiter.take(RATE, "key", "org").left for _ in range(2)] == [1, 0]


def test_callers_orgs_and_rates_count_apart() -> None:
    limiter = RateLimiter(clock=lambda: 0.0)
    places = [(RATE, "a", "x"), (RATE, "a", "y"), (RATE, "b", "x"), (HEAVY, "a", "x")]

    assert [limiter.take(*place).left for place in places] == [1, 1, 1, HEAVY.burst - 1]


def test_only_so_many_callers_are_remembered() -> None:
    limiter = RateLimiter(clock=lambda: 0.0, size=2)
    for key in ("a", "b", "c"):
        limiter.take(RATE, key, "org")

    assert limiter.take(RATE, "c", "org").left == 0
    assert limiter.take(RATE, "a", "org").left == 1


def test_the_headers_tell_the_quota_what_is_left_and_when_it_is_full() -> None:
    standing = RateLimiter(clock=lambda: 0.0).take(RATE, "key", "org")

    assert standing.headers() == {"RateLimit-Policy": '"test";q=2;w=4', "RateLimit": '"test";r=1;t=2'}
