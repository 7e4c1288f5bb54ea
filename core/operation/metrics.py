"""Figures of this process and its installation for Prometheus. No label names an organisation, a person or a text."""

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from prometheus_client import (
    CONTENT_TYPE_PLAIN_0_0_4,
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from core.answering import Answered, Asker, AskResult, Failed
from core.clock import Clock
from core.errors import StorageUnavailable

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
KEPT_SECONDS = 5.0
"""Figures of the database are read at most so often."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_NANO = 1_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class InstallationFigures:
    """Of all orgs together: runs by their status, rows that wait for an answer, and what this month took."""

    runs: Mapping[str, int]
    waiting_rows: int
    calls: int
    sent: int
    received: int
    nano_usd: int


class Figures(Protocol):
    """Where the figures of the whole installation are read."""

    def figures(self, at: datetime) -> InstallationFigures:
        """Those of now and of the month of this moment. Raises StorageUnavailable."""


class Metrics:
    """Counts what this process answers, and reads the rest when it is asked for."""

    def __init__(self, figures: Figures, now: Clock) -> None:
        self._registry = CollectorRegistry()
        self._answers = Counter(
            "frontline_questions",
            "Questions by what became of them, and whether the live table, a draft or an evaluation was asked.",
            ("outcome", "source"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "frontline_question_seconds",
            "Seconds until the engine had decided, failed calls and kept replies left out, by engine and who asked.",
            ("engine", "source"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._registry.register(_OfTheDatabase(figures, now))
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        GCCollector(registry=self._registry)

    def heard(self, source: Asker, reply: AskResult) -> None:
        """Count what became of a question."""
        outcome = reply.outcome
        failed = isinstance(outcome, Failed)
        name = "failed" if failed else "answered" if isinstance(outcome, Answered) else "handoff"
        self._answers.labels(outcome=name, source=source.value).inc()
        if not failed and not (reply.asked and reply.asked.reused):
            engine = reply.published.policy.model.engine.value
            self._seconds.labels(engine=engine, source=source.value).observe(reply.seconds)

    def text(self) -> bytes:
        """All of them, in the format that ``CONTENT_TYPE`` names."""
        return generate_latest(self._registry)


class _OfTheDatabase(Collector):
    """What every process of the installation would tell alike."""

    def __init__(self, figures: Figures, now: Clock, clock: Callable[[], float] = time.monotonic) -> None:
        self._figures = figures
        self._now = now
        self._clock = clock
        self._read_at = float("-inf")
        self._known: InstallationFigures | None = None

    def collect(self) -> Iterator[Metric]:
        found = self._read()
        yield GaugeMetricFamily("frontline_database_up", "1 when the database can be read, else 0.", bool(found))
        if found is None:
            return
        runs = GaugeMetricFamily("frontline_runs", "Evaluations by where they stand.", labels=["status"])
        for status, count in found.runs.items():
            runs.add_metric([status], count)
        yield runs
        yield GaugeMetricFamily(
            "frontline_queue_rows", "Rows of evaluations that go on which have no answer yet.", found.waiting_rows
        )
        yield GaugeMetricFamily("frontline_month_calls", "Calls of model servers in this month (UTC).", found.calls)
        tokens = GaugeMetricFamily("frontline_month_tokens", "Tokens in this month (UTC).", labels=["direction"])
        tokens.add_metric(["sent"], found.sent)
        tokens.add_metric(["received"], found.received)
        yield tokens
        yield GaugeMetricFamily(
            "frontline_month_spending_usd", "US dollars at list prices in this month (UTC).", found.nano_usd / _NANO
        )

    def _read(self) -> InstallationFigures | None:
        if self._clock() - self._read_at >= KEPT_SECONDS:
            try:
                self._known = self._figures.figures(self._now())
            except StorageUnavailable:
                self._known = None
            self._read_at = self._clock()
        return self._known
