"""What this process has learned about model servers, so that no call has to find it out again."""

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from core.lru_cache import LruCache

Endpoint = tuple[str, str]
"""A server's address and model (``ServerSettings.place``): two models of one server may differ in all of this."""


class RequestMode(StrEnum):
    """The modes of asking a server which entry is meant, in the order in which they are tried."""

    DECISIONS = "decisions"
    """``/decisions``: made for choosing; gives a probability for each choice."""
    SCHEMA = "schema"
    """A chat that is held to a JSON schema with the ids."""
    CHOICE = "choice"
    """A chat that is held to the ids by vLLM's choice or llama.cpp's grammar; a plain chat where both are refused."""
    COMPLETION = "completion"
    """``/completions``: the model goes on with the text, and what it writes is compared with the stored answers."""


class Finding(StrEnum):
    """What a server makes of one mode."""

    HELD = "held"
    """It answers, and holds the model to the ids that are offered."""
    FREE = "free"
    """It answers, and the model may write what it likes: more replies will be failures."""
    UNREADABLE = "unreadable"
    """It answers, and what it wrote to a real question could not be read: taken only where there is no other mode."""
    MISSING = "missing"
    """It does not know this mode."""


@dataclass(slots=True)
class _Known:
    refused: frozenset[str] = frozenset()
    findings: dict[RequestMode, Finding] = field(default_factory=dict)
    settled: frozenset[RequestMode] = frozenset()
    seconds: float | None = None


ENDPOINTS_KEPT = 1_000
_NEWEST = 0.1
"""What the newest call counts in the typical time; the calls before it count the rest."""


class ServerMemory:
    """Which modes each server knows, what it refuses, how long it takes. One for the process; safe from threads.

    Of more than ``size`` places, those asked longest ago are forgotten, and learned anew when they are asked again.
    """

    def __init__(self, size: int = ENDPOINTS_KEPT) -> None:
        self._lock = threading.Lock()
        self._known: LruCache[Endpoint, _Known] = LruCache(size)

    def refused(self, endpoint: Endpoint) -> frozenset[str]:
        """The parameters that this server refused: they are not sent again."""
        with self._lock:
            known = self._known.get(endpoint)
            return known.refused if known else frozenset()

    def refuse(self, endpoint: Endpoint, parameters: Iterable[str]) -> None:
        """Remember that these were refused."""
        with self._lock:
            known = self._known.get_or_make(endpoint, _Known)
            known.refused |= frozenset(parameters)

    def is_settled(self, endpoint: Endpoint, mode: RequestMode) -> bool:
        """Whether it is known with which parameters a mode can be asked: a refusal then is for something else."""
        with self._lock:
            known = self._known.get(endpoint)
            return known is not None and mode in known.settled

    def settle(self, endpoint: Endpoint, mode: RequestMode, *, without: Iterable[str] = ()) -> None:
        """Remember that a mode was answered ``without`` these parameters, or that leaving some out does not help."""
        with self._lock:
            known = self._known.get_or_make(endpoint, _Known)
            known.settled |= {mode}
            known.refused |= frozenset(without)

    def finding(self, endpoint: Endpoint, mode: RequestMode) -> Finding | None:
        """What the server makes of a mode, None when that is not known."""
        with self._lock:
            known = self._known.get(endpoint)
            return known.findings.get(mode) if known else None

    def found(self, endpoint: Endpoint, mode: RequestMode, finding: Finding) -> None:
        """Remember what a probe found."""
        with self._lock:
            self._known.get_or_make(endpoint, _Known).findings[mode] = finding

    def took(self, endpoint: Endpoint, seconds: float) -> None:
        """Learn from a call how long a reply takes."""
        with self._lock:
            known = self._known.get_or_make(endpoint, _Known)
            before = seconds if known.seconds is None else known.seconds
            known.seconds = before + _NEWEST * (seconds - before)

    def typical_seconds(self, endpoint: Endpoint) -> float | None:
        """About how long a reply takes, mostly by the last calls; None before the first."""
        with self._lock:
            known = self._known.get(endpoint)
            return known.seconds if known else None

    def forget(self, endpoint: Endpoint) -> None:
        """Learn about this server anew: it was changed, or what was known of it turned out to be wrong."""
        with self._lock:
            self._known.forget(endpoint)
