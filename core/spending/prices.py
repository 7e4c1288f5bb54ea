"""What calls to model servers cost, by the prices that the providers publish; never a guess."""

import functools
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from core.clock import Clock, now
from core.engines.language.server_memory import Endpoint, RequestMode
from core.spending.ledger import Amount, tokens_of
from core.usage import Usage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

_A_MILLION = 10**6
_NANO = 10**9
_PLACES_KEPT = 256

_NAMES_TELL_NO_PRICE = frozenset({"azure", "databricks", "modal"})
"""Providers whose customers name the models themselves, or pay by the region or by the hour: at Azure a model is the
name of a deployment, and some kinds of deployment cost more than the price that is published
(https://pypi.org/project/azure-genai-prices)."""

_FOR_DECISIONS = "-decisions"
"""Ends the names of the package's providers that stand for the prices of /decisions."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenPrices:
    """The price of one kind of tokens, in nano-dollars for a million.

    ``steps`` are (a number of tokens, a price), the largest number first: a call that sends more than the number pays
    that price for all its tokens.
    """

    base: int
    steps: tuple[tuple[int, int], ...] = ()

    def of(self, sent: float) -> int:
        """The price in a call that sends so many tokens."""
        return next((price for number, price in self.steps if sent > number), self.base)


@dataclass(frozen=True, kw_only=True, slots=True)
class Tariff:
    """The prices of one model at one moment; ``a_call`` is in nano-dollars for a thousand calls."""

    sent: TokenPrices
    cached: TokenPrices
    cache_written: TokenPrices
    received: TokenPrices
    a_call: TokenPrices

    def cost(self, usage: Usage, calls: int | None) -> int:
        """What calls that took this together cost, in nano-dollars, rounded up; what was not counted costs nothing.

        With ``calls`` None they are many of a usual size, none of which reaches a step.
        """
        sent, cached, written = usage.sent or 0, usage.cached or 0, usage.cache_written or 0
        if cached + written > sent:  # the counts contradict each other: no discount
            cached = written = 0
        size = sent / calls if calls else 0
        total = (
            (sent - cached - written) * self.sent.of(size)
            + cached * self.cached.of(size)
            + written * self.cache_written.of(size)
            + (usage.received or 0) * self.received.of(size)
            + (calls or 0) * self.a_call.of(size) * 1000
        )
        return -(-total // _A_MILLION)


class PricedModel:
    """A model of a provider, whose prices may change from one moment to the next."""

    def __init__(self, model: "ModelInfo", *, decides: bool) -> None:
        self._model = model
        self._decides = decides
        self._last: tuple[ModelPrice, Tariff | None] | None = None

    def tariff(self, at: datetime) -> Tariff | None:
        """What holds at this moment; None when the model is not paid by tokens. Worked out anew only after a change."""
        prices, last = self._model.get_prices(at), self._last
        if last is None or last[0] is not prices:
            last = self._last = (prices, _tariff(prices, decides=self._decides))
        return last[1]


@functools.lru_cache(_PLACES_KEPT)
def priced_model(address: str, model: str, *, decides: bool) -> PricedModel | None:
    """The model that stands behind a name at a server's address, None when nobody knows.

    ``decides`` asks for the prices of /decisions, where a server has others for it: OpenAI takes nothing there for what
    is received, and gives no discount for what is cached.
    """
    from genai_prices.data_snapshot import get_snapshot  # noqa: PLC0415 - 0.2 s, and most installations need no price

    for provider in get_snapshot().providers:
        if provider.id.endswith(_FOR_DECISIONS) is decides and _is_at(provider, address):
            found = provider.find_model(model)
            if found is not None:
                return PricedModel(found, decides=decides)
    return None


def _is_at(provider: "Provider", address: str) -> bool:
    """Whether an address is a provider's own, by the package's pattern for it.

    Patterns are made for addresses that are known to be good: without an end they also match
    ``https://api.openai.com.example``, and some find their domain in a foreign server's path. So the dots are taken out
    of the path, and the pattern has to cover the whole name of the server.
    """
    if provider.id in _NAMES_TELL_NO_PRICE:
        return False
    try:
        parts = urlsplit(address)
        usual = parts.scheme == "https" and parts.port in (None, 443) and "@" not in parts.netloc
    except ValueError:
        return False
    server = f"https://{parts.hostname}"
    match = re.match(provider.api_pattern, server + parts.path.replace(".", "_")) if usual else None
    return match is not None and match.end() >= len(server)


def _tariff(prices: "ModelPrice", *, decides: bool) -> Tariff | None:
    """The prices in whole numbers; None for a model that is not paid by tokens, or has no price at all."""
    sent, received = _rate(prices.input_mtok), _rate(prices.output_mtok)
    if received is None and decides:
        received = TokenPrices(base=0)
    if sent is None or received is None:
        return None
    return Tariff(
        sent=sent,
        cached=_rate(prices.cache_read_mtok) or sent,
        cache_written=_rate(prices.cache_write_mtok) or sent,
        received=received,
        a_call=_rate(prices.requests_kcount) or TokenPrices(base=0),
    )


def _rate(price: "Decimal | TieredPrices | None") -> TokenPrices | None:
    if price is None or isinstance(price, Decimal):
        return None if price is None else TokenPrices(base=_whole(price))
    steps = [(tier.start, _whole(tier.price)) for tier in reversed(price.tiers)]
    return TokenPrices(base=_whole(price.base), steps=tuple(steps))


def _whole(usd: Decimal) -> int:
    return int((usd * _NANO).to_integral_value(ROUND_CEILING))


class Prices:
    """Standard list prices in US dollars, as the installed release of genai-prices knows them; nothing is fetched.

    Only a provider's own address has a price, with https. Nobody knows the price of an unknown model there, of a known
    model's name at any other server (Ollama, a company's proxy, this computer), or at Azure, Databricks and Modal,
    where names are the customer's and prices the contract's. Taxes, discounts, service tiers and the surcharge of some
    regions are not in it. Safe to use from several threads.
    """

    def __init__(self, clock: Clock = now) -> None:
        self._clock = clock

    def cost(self, endpoint: Endpoint, usage: Usage, *, mode: str | None = None, calls: int | None = 1) -> int | None:
        """What calls cost now that took this together, in nano-dollars rounded up; None when nobody knows.

        What was not counted costs nothing. ``endpoint`` is the server's address and the model; ``mode`` is how it was
        asked, where that is known: /decisions has its own prices. Price each call on its own where the calls are known:
        large ones have higher prices. With ``calls`` None they are many of a usual size, an estimate.
        """
        address, model = endpoint
        priced = priced_model(address, model, decides=mode == RequestMode.DECISIONS)
        tariff = priced.tariff(self._clock()) if priced else None
        return tariff.cost(usage, calls) if tariff else None

    def amount(self, endpoint: Endpoint, usage: Usage, *, mode: str | None = None, calls: int | None = 1) -> Amount:
        """What calls took, in money where ``cost`` knows it and in tokens where it does not."""
        cost = self.cost(endpoint, usage, mode=mode, calls=calls)
        return Amount(unpriced_tokens=tokens_of(usage)) if cost is None else Amount(nano_usd=cost)
