"""The rows of ended runs and what follows from them, read once: they change only when failed ones are asked again."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.runs.recent_analyses import changed
from core.runs.run_usage import RunUsage
from core.statistics.comparison import Comparison, against, compare, entries_compared
from core.statistics.repeats import Flips, flips
from core.statistics.rows import rows_of
from pages.shell import session

PAGE = "evaluations"


def analysis(principal: Principal, org_id: str, run: Run, *, role: str = "results") -> Analysis:
    """The analysis of a run; of each ``role`` ("results", "baseline") the last one is kept."""
    kept: Analysis | None = session.get(PAGE, org_id, role)
    if kept is None or changed(kept.results.run, run):
        kept = frontline().analyses.of(principal, org_id, run.run_id)
        session.put(PAGE, org_id, role, kept)
    return kept


def took(principal: Principal, org_id: str, run: Run) -> RunUsage:
    """What a run took; that of the last one is kept."""
    kept: tuple[Run, RunUsage] | None = session.get(PAGE, org_id, "took")
    if kept is None or changed(kept[0], run):
        kept = (run, frontline().evaluations.took(principal, org_id, run.run_id))
        session.put(PAGE, org_id, "took", kept)
    return kept[1]


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


@dataclass(frozen=True)
class _Several:
    """Comparisons of one run, and with which others they are."""

    after: Analysis
    run_ids: tuple[str, ...]
    found: list[Comparison]


def several(principal: Principal, org_id: str, after: Analysis, runs: Sequence[Run]) -> list[Comparison]:
    """A run against each of these ended ones; the last such comparisons are kept, and of the others no row."""
    run_ids = tuple(run.run_id for run in runs)
    kept: _Several | None = session.get(PAGE, org_id, "several")
    if kept is None or kept.after is not after or kept.run_ids != run_ids:
        evaluations = frontline().evaluations
        rows = (rows_of(evaluations.results(principal, org_id, run_id).ledger) for run_id in run_ids)
        kept = _Several(after=after, run_ids=run_ids, found=against(rows, after.rows))
        session.put(PAGE, org_id, "several", kept)
    return kept.found


def _same_setup(one: Analysis, other: Analysis) -> bool:
    first, second = one.results.run, other.results.run
    return (first.revision, first.policy, first.engine_version) == (
        second.revision,
        second.policy,
        second.engine_version,
    )
