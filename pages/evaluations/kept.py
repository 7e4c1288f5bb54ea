"""The rows of ended runs and what follows from them, read once a session: they do not change any more."""

from dataclasses import dataclass

import pandas as pd

from core.bootstrap import frontline
from core.evaluation.comparison import Comparison, compare, entries_compared
from core.evaluation.repeats import Flips, flips
from core.identity.principal import Principal
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from pages.shell import session

PAGE = "evaluations"


def analysis(principal: Principal, org_id: str, run: Run, *, role: str = "results") -> Analysis:
    """The analysis of a run; of each ``role`` ("results", "baseline") the last one is kept."""
    kept: Analysis | None = session.get(PAGE, org_id, role)
    if kept is None or _differ(kept.results.run, run):
        kept = Analysis(frontline().evaluations.results(principal, org_id, run.run_id))
        session.put(PAGE, org_id, role, kept)
    return kept


@dataclass(frozen=True)
class Compared:
    """Two runs, what came of their comparison, and the same for each entry.

    ``flips`` says how many replies differ where table, settings and engine are the same in both, else it is None.
    """

    before: Analysis
    after: Analysis
    whole: Comparison
    by_entry: pd.DataFrame
    flips: Flips | None


def compared(org_id: str, before: Analysis, after: Analysis) -> Compared:
    """The comparison of two runs; the last one is kept."""
    kept: Compared | None = session.get(PAGE, org_id, "compared")
    if kept is None or kept.before is not before or kept.after is not after:
        whole = compare(before.rows, after.rows)
        by_entry = entries_compared(before.rows, after.rows, whole.pairs)
        again = flips([before.rows, after.rows]) if _same_setup(before, after) else None
        kept = Compared(before=before, after=after, whole=whole, by_entry=by_entry, flips=again)
        session.put(PAGE, org_id, "compared", kept)
    return kept


def _same_setup(one: Analysis, other: Analysis) -> bool:
    first, second = one.results.run, other.results.run
    return (first.revision, first.policy, first.engine_version) == (
        second.revision,
        second.policy,
        second.engine_version,
    )


def _differ(one: Run, other: Run) -> bool:
    return (one.run_id, one.finished) != (other.run_id, other.finished)
