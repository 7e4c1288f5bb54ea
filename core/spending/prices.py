"""What calls to model servers cost, by the prices that the providers publish; never a guess."""

from core.clock import Clock, now
from core.engines.language.server_memory import Endpoint, RequestMode
from core.spending.amount import Amount, tokens_of
from core.spending.tariffs import priced_model
from core.usage import Usage


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
