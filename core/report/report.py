"""What a report is made of: a run, what it took, and another run to compare it with where one was chosen."""

from dataclasses import dataclass
from datetime import UTC, tzinfo

from core.runs.analysis import Analysis
from core.runs.run_usage import RunUsage
from core.statistics.comparison import Comparison


@dataclass(frozen=True, kw_only=True)
class Against:
    """The run that a report compares with, and what came of it."""

    baseline: Analysis
    comparison: Comparison


@dataclass(frozen=True, kw_only=True)
class Report:
    """An ended run to tell of. ``against`` is None where it is compared with nothing. Moments are told on the clocks of
    ``zone``, which is named."""

    analysis: Analysis
    took: RunUsage
    against: Against | None = None
    zone: tzinfo = UTC
