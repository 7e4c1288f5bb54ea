"""What an engine takes for a batch of questions by itself, without a run's ledger, queue and books."""

import threading
import time

from core.bootstrap import Frontline
from core.errors import EngineFailed
from core.identity.demo import CLOTHING_ORG
from tests.benchmarks.calls_alone import Alone


def engine_alone(parts: Frontline, rows: int, *, what: str = "question", anew: bool = True) -> Alone:
    """The engine of the demo org answers so many questions on its published table; no call may fail."""
    published = parts.questions._store.published(CLOTHING_ORG)
    engine = parts.engines.engine_for(CLOTHING_ORG, published.policy.model)
    items = ((row, f"{what} {row}?") for row in range(rows))
    busy, began = time.process_time(), time.perf_counter()
    ended = engine.ask_all(items, published, stop=threading.Event(), anew=anew)
    answered = sum(not isinstance(one, EngineFailed) for _, one in ended)
    seconds = time.perf_counter() - began
    assert answered == rows
    return Alone(seconds=seconds, milliseconds=1000 * (time.process_time() - busy) / rows)
