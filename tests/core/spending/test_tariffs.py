"""The tariffs against the package's own reckoning, and the addresses at which none may hold."""

import math
from datetime import UTC, datetime
from decimal import Decimal

import genai_prices
import pytest
from genai_prices.data import providers

from core.spending.prices import Tariff, priced_model
from core.usage import Usage

MOMENT = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
OPENAI = "https://api.openai.com/v1"
ADDRESSES = {
    "openai": OPENAI,
    "anthropic": "https://api.anthropic.com/v1",
    "mistral": "https://api.mistral.ai/v1",
    "deepseek": "https://api.deepseek.com",
    "groq": "https://api.groq.com/openai/v1",
    "x-ai": "https://api.x.ai/v1",
    "google": "https://generativelanguage.googleapis.com/v1beta/openai",
    "together": "https://api.together.xyz/v1",
    "cerebras": "https://api.cerebras.ai/v1",
    "perplexity": "https://api.perplexity.ai",
    "openrouter": "https://openrouter.ai/api/v1",
    "cloudflare": "https://api.cloudflare.com/client/v4/accounts/0123/ai/v1",
    "huggingface_novita": "https://router.huggingface.co/novita/v1",
}
USAGES = [
    Usage(sent=0, received=0),
    Usage(sent=1),
    Usage(sent=12_345, received=7),
    Usage(sent=12_345, received=7, cached=11_000),
    Usage(sent=12_345, received=7, cached=11_000, cache_written=1_345),
    Usage(sent=12_345, received=7, cache_written=1_000),
    Usage(sent=272_000, received=70),
    Usage(sent=272_001, received=70, cached=100),
    Usage(sent=900_001, received=70, cached=899_000, cache_written=1),
]


def tariff(address: str, model: str, *, decides: bool = False, at: datetime = MOMENT) -> Tariff | None:
    found = priced_model(address, model, decides=decides)
    return found.tariff(at) if found else None


def by_the_package(usage: Usage, model: str, address: str, at: datetime = MOMENT) -> int:
    counted = {
        "input_tokens": usage.sent,
        "output_tokens": usage.received,
        "cache_read_tokens": usage.cached,
        "cache_write_tokens": usage.cache_written,
    }
    price = genai_prices.calc_price(
        genai_prices.Usage(**counted), model, provider_api_url=address, genai_request_timestamp=at
    )
    return math.ceil(price.total_price * Decimal(10**9))


@pytest.mark.parametrize("provider", ADDRESSES)
def test_every_price_is_the_packages_own(provider: str) -> None:
    address = ADDRESSES[provider]
    models = next(p.models for p in providers if p.id == provider)
    priced = {model.id: found for model in models if (found := tariff(address, model.id))}

    assert len(priced) > len(models) / 3
    for model, found in priced.items():
        for usage in USAGES:
            assert found.cost(usage, 1) == by_the_package(usage, model, address), (model, usage)


@pytest.mark.parametrize(
    "address",
    [
        "http://localhost:11434/v1",
        "http://127.0.0.1:8000/v1",
        "https://llm.example.com/v1",
        "https://api.openai.com.example.com/v1",
        "https://api.openai.community/v1",
        "https://example.com/https://api.openai.com/v1",
        "https://example.com/api.openai.com/v1",
        "https://eu.api.openai.com/v1",
        "https://key@api.openai.com/v1",
        "https://api.openai.com@example.com/v1",
        "https://api.openai.com:8443/v1",
        "http://api.openai.com/v1",
        "https://[::1/v1",
        "https://api.openai.com:port/v1",
        "api.openai.com/v1",
        "",
    ],
)
def test_a_known_models_name_at_another_server_has_no_price(address: str) -> None:
    assert tariff(address, "gpt-5.4-mini") is None


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/x.googleapis.com/v1beta/openai",
        "https://googleapis.com.example.com/v1beta/openai",
        "https://notgoogleapis.com/v1beta/openai",
    ],
)
def test_a_providers_name_in_a_foreign_address_is_not_the_provider(address: str) -> None:
    assert tariff("https://generativelanguage.googleapis.com/v1beta/openai", "gemini-2.5-flash-lite")
    assert tariff(address, "gemini-2.5-flash-lite") is None


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("https://company.openai.azure.com/openai/v1", "gpt-5.4-mini"),
        ("https://company.services.ai.azure.com/openai/v1", "gpt-5.4-mini"),
        ("https://company.azure-api.net/openai/v1", "gpt-5.4-mini"),
        ("https://company--serve.modal.run/v1", "zai-org/GLM-5.3"),
        ("https://dbc-1.cloud.databricks.com/serving-endpoints", "databricks-gpt-oss-20b"),
    ],
)
def test_where_customers_name_the_models_a_name_tells_no_price(address: str, model: str) -> None:
    assert tariff(address, model) is None


@pytest.mark.parametrize("model", ["gpt-9-nova", "gpt-5.4-minimal", "", "ft:gpt-4.1-mini:company::1", "my-model"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert tariff(OPENAI, model) is None


@pytest.mark.parametrize("model", ["whisper-1", "tts-1", "text-embedding-3-small", "moderation"])
def test_a_model_that_is_not_paid_by_the_tokens_of_a_chat_has_no_price(model: str) -> None:
    assert tariff(OPENAI, model) is None


def test_an_address_may_be_written_otherwise() -> None:
    usual = tariff(OPENAI, "gpt-5.4-mini")

    assert usual
    assert tariff("https://API.OpenAI.com:443/v1", "GPT-5.4-mini") == usual


def test_a_call_above_a_step_pays_the_higher_price_for_all_of_it() -> None:
    found = tariff(OPENAI, "gpt-5.4")

    assert found
    assert found.cost(Usage(sent=272_000), 1) == 272_000 * 2_500
    assert found.cost(Usage(sent=272_001), 1) == 272_001 * 5_000


def test_many_calls_together_reach_no_step_that_none_of_them_reaches() -> None:
    found = tariff(OPENAI, "gpt-5.4")

    assert found
    assert found.cost(Usage(sent=5_000_000), 1_000) == found.cost(Usage(sent=5_000_000), None) == 12_500_000_000
    assert found.cost(Usage(sent=5_000_000), 2) == 25_000_000_000


def test_decisions_have_their_own_prices() -> None:
    usage = Usage(sent=900, received=3, cached=800)
    chat, decisions = tariff(OPENAI, "gpt-6-luna"), tariff(OPENAI, "gpt-6-luna", decides=True)

    assert chat
    assert decisions
    assert chat.cost(usage, 1) == 100 * 100 + 800 * 10 + 3 * 500
    assert decisions.cost(usage, 1) == 900 * 100


def test_nobody_knows_what_decisions_cost_where_none_are_listed() -> None:
    assert tariff(OPENAI, "gpt-5.4-mini", decides=True) is None
    assert tariff(ADDRESSES["openrouter"], "openai/gpt-6-luna", decides=True) is None


def test_a_price_is_that_of_the_moment() -> None:
    hours = [datetime(2026, 11, 21, hour, 30, tzinfo=UTC) for hour in (0, 2, 0)]
    address, usage = ADDRESSES["deepseek"], Usage(sent=1_000_000, received=1_000)
    costs = [found.cost(usage, 1) for at in hours if (found := tariff(address, "deepseek-v4-pro", at=at))]

    assert costs == [by_the_package(usage, "deepseek-v4-pro", address, at) for at in hours]
    assert costs == [costs[0], 2 * costs[0], costs[0]]


def test_counts_that_contradict_each_other_give_no_discount() -> None:
    found = tariff(OPENAI, "gpt-5.4-mini")

    assert found
    assert found.cost(Usage(sent=1_000, received=0, cached=5_000), 1) == found.cost(Usage(sent=1_000, received=0), 1)


def test_what_is_less_than_a_nano_dollar_is_one() -> None:
    found = tariff(ADDRESSES["deepseek"], "deepseek-v4-pro", at=datetime(2026, 8, 1, tzinfo=UTC))

    assert found
    assert found.cost(Usage(sent=1, cached=1), 1) == 4  # 3.625
