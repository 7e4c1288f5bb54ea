"""The rows of ended runs and what follows from them, read once a session: they do not change any more."""

from core.bootstrap import frontline
from core.evaluation.comparison import Comparison, compare
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


def comparison(org_id: str, baseline: Analysis, run: Analysis) -> Comparison:
    """The comparison of two runs; the last one is kept."""
    of = (baseline, run)
    kept: tuple[tuple[Analysis, Analysis], Comparison] | None = session.get(PAGE, org_id, "comparison")
    if kept is None or kept[0] != of:
        kept = of, compare(baseline.rows, run.rows)
        session.put(PAGE, org_id, "comparison", kept)
    return kept[1]


def _differ(one: Run, other: Run) -> bool:
    return (one.run_id, one.finished) != (other.run_id, other.finished)
