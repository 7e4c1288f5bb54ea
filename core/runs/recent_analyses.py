"""The runs that were looked at lately: a link that goes round a team is read from the ledger once, not by each."""

from core.identity.principal import Principal
from core.lru_cache import LruCache
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.runs.service import Runs

MOST_ROWS = 200_000
"""Rows that are kept, of all runs together; a row takes about a kilobyte."""


class RecentAnalyses:
    """Analyses of ended runs, the last ones that were asked for. Safe between threads; nobody may change them."""

    def __init__(self, runs: Runs, most_rows: int = MOST_ROWS) -> None:
        self._runs = runs
        self._most_rows = most_rows
        self._kept: LruCache[tuple[str, str], Analysis] = LruCache(
            weigh=lambda analysis: analysis.results.run.total, most_weight=most_rows
        )

    def of(self, principal: Principal, org_id: str, run_id: str) -> Analysis:
        """The analysis of a run as it is now.

        Raises as ``Runs.run`` does, whoever else may have looked at it.
        """
        run = self._runs.run(principal, org_id, run_id)
        kept = self._kept.get((org_id, run_id))
        if kept is not None and not has_other_rows(kept.results.run, run):
            return kept
        found = Analysis(self._runs.results(principal, org_id, run_id))
        run = found.results.run
        if run.ended_at is not None and run.total <= self._most_rows:
            self._kept.put((run.org_id, run.run_id), found)
        return found


def has_other_rows(before: Run, now: Run) -> bool:
    """Whether a run has other rows than before: those that failed may have been asked again."""
    return (before.run_id, before.finished, before.ended_at) != (now.run_id, now.finished, now.ended_at)
