"""A run's figures as JSON, for programs."""

import json
from typing import Any

from core.report.comparison_leaks import stored_questions
from core.report.figures import figures
from core.report.report import Against, Report
from core.runs.analysis import Analysis
from core.statistics.intervals import Interval

FORMAT = 1
"""To be raised when a field changes its meaning or goes away."""


def as_json(report: Report) -> bytes:
    """The run, its figures by name, what it took, and the comparison where there is one; rates are from 0 to 1."""
    run = report.analysis.results.run
    told: dict[str, Any] = {
        "format": FORMAT,
        "run": {
            "run_id": run.run_id,
            "org_id": run.org_id,
            "name": run.name,
            "status": run.status.value,
            "reason": run.reason,
            "revision": run.revision,
            "engine": run.engine,
            "engine_version": run.engine_version,
            "created_at": run.created_at.isoformat(),
            "ended_at": run.ended_at.isoformat() if run.ended_at else None,
            "total": run.total,
            "finished": run.finished,
        },
        "metrics": {
            one.name: {"value": one.value, "low": one.low, "high": one.high, "count": one.count, "of": one.of}
            for one in figures(report.analysis)
        },
        "took": {
            "asked": report.took.asked,
            "kept_replies": report.took.reused,
            "tokens_sent": report.took.sent,
            "tokens_received": report.took.received,
            "usd": report.took.nano_usd / 1e9,
            "calls_without_price": report.took.unpriced,
            "doubtful": report.took.doubtful,
            "sure_without_asking": report.took.sure,
        },
        "comparison": _comparison(report.analysis, report.against) if report.against else None,
    }
    return json.dumps(told, indent=2, ensure_ascii=True, allow_nan=False).encode() + b"\n"


def _comparison(analysis: Analysis, against: Against) -> dict[str, Any]:
    found = against.comparison
    stored = stored_questions(against.baseline, analysis, found)
    return {
        "baseline": against.baseline.results.run.run_id,
        "shared": len(found.pairs.first),
        "compared": found.after.of,
        "before": found.before.rate,
        "after": found.after.rate,
        "fixed": len(found.fixed),
        "broken": len(found.broken),
        "difference": found.difference,
        "interval": _interval(found.interval),
        "p": found.p,
        "ruling": found.ruling.name.lower(),
        "in_a_table": stored.either if stored else 0,
        "ruling_without_these": (stored.alone if stored else found).ruling.name.lower(),
    }


def _interval(found: Interval | None) -> list[float] | None:
    return [found.low, found.high] if found else None
