"""The runs that were looked at lately: a link that goes round a team is read from the ledger once, not by each."""

import threading
from collections import OrderedDict

from core.identity.principal import Principal
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.runs.service import Evaluations

MOST_ROWS = 200_000
"""Rows that are kept, of all runs together; a row takes about a kilobyte."""


class RecentAnalyses:
    """Analyses of ended runs, the last ones that were asked for. Safe between threads; nobody may change them."""

    def __init__(self, evaluations: Evaluations, most_rows: int = MOST_ROWS) -> None:
        self._evaluations = evaluations
        self._most_rows = most_rows
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str], Analysis] = OrderedDict()

    def of(self, principal: Principal, org_id: str, run_id: str) -> Analysis:
        """The analysis of a run as it is now.

        Raises as ``Evaluations.run`` does, whoever else may have looked at it.
        """
        run = self._evaluations.run(principal, org_id, run_id)
        with self._lock:
            kept = self._kept.get((org_id, run_id))
            if kept is not None and not changed(kept.results.run, run):
                self._kept.move_to_end((org_id, run_id))
                return kept
        found = Analysis(self._evaluations.results(principal, org_id, run_id))
        self._keep(found)
        return found

    def _keep(self, analysis: Analysis) -> None:
        run = analysis.results.run
        if run.ended_at is None or run.total > self._most_rows:
            return
        with self._lock:
            self._kept[run.org_id, run.run_id] = analysis
            self._kept.move_to_end((run.org_id, run.run_id))
            while sum(one.results.run.total for one in self._kept.values()) > self._most_rows:
                self._kept.popitem(last=False)


def changed(before: Run, now: Run) -> bool:
    """Whether a run has other rows than before: those that failed may have been asked again."""
    return (before.run_id, before.finished, before.ended_at) != (now.run_id, now.finished, now.ended_at)
