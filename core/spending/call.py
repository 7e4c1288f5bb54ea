"""One call of a model server for a person who waits: reserved before, booked after."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from core.engines.language.server_memory import Endpoint
from core.questions.policy import ModelSettings
from core.spending.service import Spending
from core.usage import Usage

LASTS = timedelta(minutes=5)
"""A reservation outlives its call when the process is killed in between; no call takes so long."""


Book = Callable[[Usage, str | None], int | None]
"""Books what the call took, asked in this way, and says what it cost in nano-dollars; None when nobody knows."""


@contextmanager
def paid_call(
    spending: Spending, org_id: str, settings: ModelSettings, endpoint: Endpoint | None, guess: Usage
) -> Iterator[Book | None]:
    """Sets aside what one call may take, ``guess``, while it is made; None where no server is asked.

    Raises LimitReached when the month has no room for it.
    """
    if endpoint is None:
        yield None
        return
    name = f"question {uuid.uuid4()}"
    spending.reserve(org_id, settings, endpoint, guess, reservation_id=name, lasts=LASTS, calls=1)

    def book(usage: Usage, mode: str | None) -> int | None:
        spending.settle(org_id, settings, name, endpoint, [usage], calls=1, guess=guess, mode=mode)
        return spending.cost(endpoint, usage, mode=mode)

    try:
        yield book
    finally:
        spending.release(org_id, name)
