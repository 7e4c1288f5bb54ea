import subprocess
import sys
import time
from datetime import UTC, datetime
from decimal import Decimal

import genai_prices

from core.engines.language.server_memory import RequestMode
from core.spending.ledger import Amount
from core.spending.prices import Prices
from core.usage import NOTHING, Usage

OPENAI = ("https://api.openai.com/v1", "gpt-5.4-mini")
HERE = ("http://localhost:11434/v1", "gpt-5.4-mini")
MOMENT = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


def prices() -> Prices:
    return Prices(lambda: MOMENT)


def test_a_call_costs_what_the_package_says_cached_tokens_too() -> None:
    usage = Usage(sent=5_000, received=7, cached=4_096)
    theirs = genai_prices.calc_price(
        genai_prices.Usage(input_tokens=5_000, output_tokens=7, cache_read_tokens=4_096),
        "gpt-5.4-mini",
        provider_id="openai",
    )

    assert prices().cost(OPENAI, usage) == 1_016_700 == theirs.total_price * Decimal(10**9)


def test_where_nobody_knows_the_price_tokens_are_the_amount() -> None:
    usage = Usage(sent=5_000, received=7, cached=4_096)

    assert prices().cost(HERE, usage) is None
    assert prices().amount(HERE, usage) == Amount(unpriced_tokens=5_007)
    assert prices().amount(OPENAI, usage) == Amount(nano_usd=1_016_700)


def test_what_was_not_counted_costs_nothing() -> None:
    assert prices().cost(OPENAI, NOTHING) == 0


def test_the_way_of_decisions_has_its_own_price() -> None:
    endpoint, usage = (OPENAI[0], "gpt-6-luna"), Usage(sent=900, received=3, cached=800)

    assert prices().cost(endpoint, usage, mode=RequestMode.DECISIONS) == 90_000
    assert prices().cost(endpoint, usage, mode=RequestMode.SCHEMA) == prices().cost(endpoint, usage) == 19_500


def test_a_price_is_that_of_the_calls_moment() -> None:
    endpoint, usage = (OPENAI[0], "gpt-5.6-luna"), Usage(sent=1_000, received=0)
    before = Prices(lambda: datetime(2026, 7, 29, 23, 59, tzinfo=UTC))

    assert (before.cost(endpoint, usage), prices().cost(endpoint, usage)) == (1_000_000, 200_000)


def test_a_price_is_found_fast_once_it_is_known() -> None:
    known, usage = prices(), Usage(sent=5_000, received=7, cached=4_096)
    places = [OPENAI, HERE, ("https://api.openai.com/v1", "gpt-6.1-sol")]

    def seconds_each() -> float:
        began = time.perf_counter()
        for _ in range(200):
            for endpoint in places:
                known.cost(endpoint, usage)
        return (time.perf_counter() - began) / 600

    assert min(seconds_each() for _ in range(10)) < 50e-6


def test_the_price_list_is_read_only_when_a_price_is_asked_for() -> None:
    code = "import sys, core.spending.service, core.storage.spending; sys.exit('genai_prices' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
