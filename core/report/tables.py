"""A run as tables to calculate with: one sheet for its rows, one for its figures, one for its settings."""

from datetime import UTC, tzinfo

import pandas as pd

from core.files.writing import to_csv, to_xlsx
from core.moments import moment
from core.policy_words import said
from core.questions.policy import Policy
from core.questions.policy_fields import POLICY_LABELS, changed, value
from core.report.figures import figures
from core.runs.analysis import Analysis
from core.runs.results import Results
from core.runs.run_threshold import deciding_confidence
from core.statistics.numbers import percent, share
from core.statistics.proportion import Ints

_ALWAYS = ("fallback", "strictness", "engine")


def csv(analysis: Analysis, places: Ints | None = None) -> bytes:
    """The rows at these places of the ledger, by default all finished ones, with everything that is known of them."""
    return to_csv(analysis.results.whole_table(places=places))


def workbook(analysis: Analysis, places: Ints | None = None, zone: tzinfo = UTC) -> bytes:
    """The rows as in ``csv``, the figures of the whole run, and its settings, with moments on the clocks of a zone: a
    sheet each."""
    return to_xlsx(
        {
            "Rows": _without_empty_texts(analysis.results.whole_table(places=places)),
            "Metrics": metrics_table(analysis),
            "Settings": settings_table(analysis.results, zone),
        }
    )


def _without_empty_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Empty texts as missing ones: to a sheet they are the same, and a third of its time is spent on them."""
    objects = frame.astype(object)
    return objects.where(objects != "", None)


def metrics_table(analysis: Analysis) -> pd.DataFrame:
    """A line a figure. Columns: Metric (its name), Called, Value, Low, High (95 % interval), Count, Of, Of what, What
    it says. Shares are from 0 to 1."""
    lines = [
        (one.name, one.label, one.value, one.low, one.high, one.count, one.of, one.of_words, one.gloss)
        for one in figures(analysis)
    ]
    columns = ["Metric", "Called", "Value", "Low (95 %)", "High (95 %)", "Count", "Of", "Of what", "What it says"]
    return pd.DataFrame(lines, columns=columns).astype({"Count": "Int64", "Of": "Int64"})


def settings_table(results: Results, zone: tzinfo = UTC) -> pd.DataFrame:
    """What was run, and how. Columns: Setting, Value."""
    return pd.DataFrame(settings(results, zone), columns=["Setting", "Value"])


def settings(results: Results, zone: tzinfo = UTC) -> list[tuple[str, str]]:
    """What was run, and the settings that decided: some always, the others where they are not the usual ones."""
    run = results.run
    told = [name for name in POLICY_LABELS if name in _ALWAYS or name in changed(Policy(), run.policy)]
    return [
        ("Evaluation", run.name),
        ("Evaluation id", run.run_id),
        ("Started by", run.author),
        ("Started", moment(run.created_at, zone)),
        ("Ended", moment(run.ended_at, zone) if run.ended_at else ""),
        ("Status", run.status.value),
        ("Rows finished", share(run.finished, run.total)),
        ("Every question asked anew", "yes" if run.bypass_cache else "no"),
        *([("Test questions", f"“{results.tested}”, version {run.dataset_version}")] if results.tested else ()),
        ("Revision of the answers", str(run.revision)),
        ("Engine that decided", f"{run.engine}, {run.engine_version}"),
        ("Answers from this confidence on", percent(deciding_confidence(run))),
        *((POLICY_LABELS[name], said(name, value(run.policy, name))) for name in told),
    ]
