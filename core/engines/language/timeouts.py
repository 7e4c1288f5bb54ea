"""How long a person waits for a model server, and what is tried meanwhile."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

from core.engines.limiter import ServerBusy, ServerStumbles

TRY_SECONDS = 25.0
PATIENCE_SECONDS = 30.0
"""The longest that one try and both tries together keep a person waiting."""
TRIES = 2
_SHORT_PAUSE = 0.3

T = TypeVar("T")


async def in_two_tries(call: Callable[[], Awaitable[T]], *, try_seconds: float, patience: float) -> T:
    """The result of ``call``, tried once more after ServerBusy, ServerStumbles and a time-out.

    Raises the failure of the last try, and ServerStumbles when ``patience`` (seconds for both) is over.
    """
    try:
        async with asyncio.timeout(patience):
            return await _tried(call, try_seconds, patience)
    except TimeoutError:
        raise ServerStumbles("The model server did not answer in time.") from None


async def _tried(call: Callable[[], Awaitable[T]], try_seconds: float, patience: float) -> T:
    for _ in range(TRIES - 1):
        try:
            async with asyncio.timeout(try_seconds):
                return await call()
        except (ServerBusy, ServerStumbles) as failure:
            pause = failure.retry_after if isinstance(failure, ServerBusy) else None
            if pause is not None and pause > patience / 2:
                raise  # nobody waits in vain
        except TimeoutError:
            pause = 0.0
        await asyncio.sleep(_SHORT_PAUSE * (1 + random.random()) if pause is None else pause)  # noqa: S311 - no secret
    return await call()
