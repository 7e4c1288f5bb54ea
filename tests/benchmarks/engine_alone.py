"""What an engine takes for a batch of questions by itself, without a run's ledger, queue and books."""

import threading
import time
from collections.abc import Sequence

from core.bootstrap import Frontline
from core.errors import EngineFailed
from core.identity.demo import CLOTHING_ORG
from tests.benchmarks.calls_alone import Alone


def engine_alone(parts: Frontline, rows: int, *, what: str = "question", bypass_cache: bool = True) -> Alone:
    """The engine of the demo org answers so many questions on its published table; no call may fail."""
    return asked_alone(parts, [f"{what} {row}?" for row in range(rows)], bypass_cache=bypass_cache)


def asked_alone(parts: Frontline, questions: Sequence[str], *, bypass_cache: bool = True) -> Alone:
    """The engine of the demo org answers these questions on its published table; no call may fail."""
    published = parts.questions._store.newest(CLOTHING_ORG)
    engine = parts.engines.engine_for(CLOTHING_ORG, published.policy.model)
    busy, began = time.process_time(), time.perf_counter()
    ended = engine.ask_all(enumerate(questions), published, stop=threading.Event(), bypass_cache=bypass_cache)
    answered = sum(not isinstance(one, EngineFailed) for _, one in ended)
    seconds = time.perf_counter() - began
    assert answered == len(questions)
    return Alone(seconds=seconds, milliseconds=1000 * (time.process_time() - busy) / len(questions))
