"""Whether this process can serve people now, for whoever watches it: its database, its queue and its engine."""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass

log = logging.getLogger(__name__)

OK = "ok"
NO_ANSWER = "no answer"
CANNOT_BE_USED = "cannot be used"
PATIENCE_SECONDS = 3.0
"""A part that has not answered for so long is out of order; with ``KEPT_SECONDS`` that is told within 5 seconds."""
KEPT_SECONDS = 1.0
"""An answer is given again for so long, however many ask."""

Check = Callable[[], str]
"""Says ``OK``, or in two or three words what is wrong. May raise, and may take long: it runs in a thread of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadyState:
    """What each part said, by its name."""

    parts: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Whether every part is in order."""
        return all(said == OK for said in self.parts.values())


class Readiness:
    """Asks each part at most once at a time and once a second. To be used on one event loop.

    A part that hangs keeps one thread and is not asked again until it answers; meanwhile it is told as out of order.
    """

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        patience: float = PATIENCE_SECONDS,
        kept: float = KEPT_SECONDS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._probes = {name: _Probe(name, check, patience, kept, clock) for name, check in checks.items()}
        self._told: dict[str, str] = {}

    async def state(self) -> ReadyState:
        """What the parts say now, or said a moment ago."""
        said = await asyncio.gather(*(probe.answer() for probe in self._probes.values()))
        parts = dict(zip(self._probes, said, strict=True))
        for name, words in parts.items():
            if self._told.get(name, OK) != words:
                log.log(logging.INFO if words == OK else logging.WARNING, "Readiness: %s: %s", name, words)
        self._told = parts
        return ReadyState(parts=parts)


class _Probe:
    """One part: the question that is under way or was answered last."""

    def __init__(self, name: str, check: Check, patience: float, kept: float, clock: Callable[[], float]) -> None:
        self._name = name
        self._check = check
        self._patience = patience
        self._kept = kept
        self._clock = clock
        self._began = 0.0
        self._asked: Future[str] | None = None

    async def answer(self) -> str:
        asked = self._asked
        if asked is None or (asked.done() and self._clock() - self._began >= self._kept):
            asked = self._ask()
        left = self._patience - (self._clock() - self._began)
        if not asked.done() and left > 0:
            await asyncio.wait([asyncio.wrap_future(asked)], timeout=left)
        return asked.result() if asked.done() else NO_ANSWER

    def _ask(self) -> "Future[str]":
        asked: Future[str] = Future()
        self._asked, self._began = asked, self._clock()
        # a daemon, unlike the threads of a pool: one that hangs must not keep the process from ending
        threading.Thread(target=self._run, args=(asked,), name=f"frontline-ready-{self._name}", daemon=True).start()
        return asked

    def _run(self, asked: "Future[str]") -> None:
        try:
            said = self._check()
        except Exception:  # whatever it is, the part is out of order; the words could quote people's texts
            log.debug("Readiness: %s failed", self._name, exc_info=True)
            said = CANNOT_BE_USED
        asked.set_result(said)
