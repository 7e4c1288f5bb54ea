"""Which orgs' engines fail now, by what became of their last calls in this process."""

import threading
from dataclasses import dataclass
from datetime import datetime

from core.clock import Clock
from core.lru_cache import LruCache
from core.questions.policy import EngineKind, ModelSettings

KEPT = 1_000
IN_A_ROW = 2
"""So many questions in a row that fail each by itself say that the next one will fail too."""

AskedEngine = tuple[EngineKind, str, str]
"""What decides: the kind of engine and, for an own server, its address and model."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EngineTrouble:
    """An engine that failed each time it was asked since ``since``, at last at ``last``; ``reason`` is for people."""

    reason: str
    since: datetime
    last: datetime
    failures: int = 1
    is_certain: bool = False
    """Whether the engine itself failed, rather than single questions."""

    @property
    def is_told(self) -> bool:
        """Whether it is enough to tell people that the engine fails."""
        return self.is_certain or self.failures >= IN_A_ROW


class Health:
    """Remembers failing engines until their first success. For one process; safe from threads.

    Of more than ``size`` engines that fail, those that failed longest ago are forgotten.
    """

    def __init__(self, clock: Clock, size: int = KEPT) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._failing: LruCache[tuple[str, AskedEngine], EngineTrouble] = LruCache(size)

    def answered(self, org_id: str, settings: ModelSettings) -> None:
        """A question was answered, or handed over: the engine works."""
        with self._lock:
            self._failing.forget((org_id, _asked(settings)))

    def failed(self, org_id: str, settings: ModelSettings, reason: str, *, is_certain: bool) -> None:
        """A call failed; ``is_certain`` says that the engine itself did, so that other questions fail too."""
        key, now = (org_id, _asked(settings)), self._clock()
        with self._lock:
            before = self._failing.get(key)
            trouble = EngineTrouble(
                reason=reason,
                since=before.since if before else now,
                last=now,
                failures=before.failures + 1 if before else 1,
                is_certain=is_certain or (before is not None and before.is_certain),
            )
            self._failing.put(key, trouble)

    def forget_server(self, org_id: str, base_url: str) -> None:
        """The org's own server at this address was set up anew, or was tried out and answers."""
        with self._lock:
            for key, _ in self._failing.items():
                if key[0] == org_id and key[1][1] == base_url:
                    self._failing.forget(key)

    def is_any_failing(self) -> bool:
        """Whether there is any engine in trouble at all: nearly never, and quickly told."""
        return len(self._failing) > 0

    def trouble(self, org_id: str, settings: ModelSettings) -> EngineTrouble | None:
        """What is wrong with the engine that these settings name; None while it answers, and before it was asked."""
        with self._lock:
            found = self._failing.get((org_id, _asked(settings)))
        return found if found and found.is_told else None


def _asked(settings: ModelSettings) -> AskedEngine:
    own = settings.has_own_server
    return settings.engine, settings.base_url if own else "", settings.model if own else ""
