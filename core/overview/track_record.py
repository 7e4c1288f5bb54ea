"""How the evaluations of an org went, one after the other: how many ended right, and whether it is better than before.

Nobody waits for it: what takes reading rows is done in a thread of its own and kept, until failed questions of a run
are asked again.
"""

import concurrent.futures
import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.lru_cache import LruCache
from core.questions.store import QuestionStore
from core.report.comparison_leaks import stored_questions
from core.report.comparison_words import in_a_word
from core.runs.analysis import Analysis
from core.runs.baseline import previous_run
from core.runs.ledger import Run, RunStore
from core.runs.results import Results
from core.runs.service import RUNS_LISTED
from core.statistics.comparison import compare
from core.statistics.conclusion import Conclusion
from core.statistics.metrics import summarise
from core.statistics.proportion import Proportion
from core.statistics.verdict import Verdict

log = logging.getLogger(__name__)
T = TypeVar("T")
_Key = tuple[str, str, int, datetime | None]
"""A run with its rows as they are now: failed ones may be asked again."""

MOST_COMPARED = 30
"""Newest runs that are compared with the one before them; each takes reading the rows of two runs."""
MOST_ROWS = 20_000
"""Rows of a run up to which it is compared without being asked for."""
KEPT = 2_000


@dataclass(frozen=True, kw_only=True, slots=True)
class RunRecord:
    """A run, the share of its labelled questions that ended ``right``, and how it is against the ``previous`` run of
    the same test questions.

    ``right`` is None where that is not known: nothing is finished yet, or it is being looked for. ``ruling`` is the
    word of *Compare* for the two, "" where there is none: without a previous run, for large runs and for older ones.
    ``looking`` says that one of both is being looked for just now.
    """

    run: Run
    right: Proportion | None = None
    previous: Run | None = None
    ruling: str = ""
    looking: bool = False


class TrackRecord:
    """The use case. Safe between threads."""

    def __init__(self, *, access: Access, runs: RunStore, questions: QuestionStore) -> None:
        self._access = access
        self._runs = runs
        self._questions = questions
        self._right: LruCache[_Key, Future[Proportion]] = LruCache(KEPT)
        self._ruling: LruCache[tuple[_Key, _Key], Future[str]] = LruCache(KEPT)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="frontline-track-record")

    def glance(self, principal: Principal, org_id: str, wait: float = 0.0) -> list[RunRecord]:
        """The newest runs of the org, newest first, with what is known of them after so many seconds at most."""
        self._access.require(principal, org_id, Permission.VIEW)
        listed = self._runs.runs(org_id, RUNS_LISTED)
        ended = [run for run in listed if not run.active and run.finished]
        right = {run.run_id: self._right_of(run) for run in ended}
        previous = {run.run_id: found for run in ended if (found := previous_run(run, ended))}
        ruling = {
            run.run_id: self._ruling_of(run, previous[run.run_id])
            for run in ended[:MOST_COMPARED]
            if run.run_id in previous and max(run.total, previous[run.run_id].total) <= MOST_ROWS
        }
        if wait:
            looked_for: list[Future[Any]] = [*right.values(), *ruling.values()]
            concurrent.futures.wait(looked_for, wait)
        return [
            RunRecord(
                run=run,
                right=_known(right.get(run.run_id)),
                previous=previous.get(run.run_id),
                ruling=_known(ruling.get(run.run_id)) or "",
                looking=_is_looked_for(right.get(run.run_id)) or _is_looked_for(ruling.get(run.run_id)),
            )
            for run in listed
        ]

    def close(self) -> None:
        """End what is looked for."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _right_of(self, run: Run) -> Future[Proportion]:
        def counted() -> Proportion:
            rate = summarise(self._runs.counts(run.org_id, run.run_id)).rate(Verdict.RIGHT)
            return Proportion(rate.count, rate.of)

        return self._right.get_or_make(_key(run), lambda: self._thread.submit(_logged, counted))

    def _ruling_of(self, run: Run, previous: Run) -> Future[str]:
        def compared() -> str:
            before, after = self._analysis(previous), self._analysis(run)
            found = compare(before.rows, after.rows)
            # What stands in a table takes long to find, and makes nothing better or worse than it looks.
            clear = found.ruling is not Conclusion.UNCLEAR
            return in_a_word(found, stored_questions(before, after, found) if clear else None)

        return self._ruling.get_or_make((_key(run), _key(previous)), lambda: self._thread.submit(_logged, compared))

    def _analysis(self, run: Run) -> Analysis:
        entries = self._questions.snapshot(run.org_id, run.revision).entries
        return Analysis(Results(run=run, entries=entries, ledger=self._runs.rows(run.org_id, run.run_id)))


def _key(run: Run) -> _Key:
    return (run.org_id, run.run_id, run.finished, run.ended_at)


def _logged(look: Callable[[], T]) -> T:
    try:
        return look()
    except Exception:
        log.exception("An evaluation could not be looked at")
        raise


def _known(found: Future[T] | None) -> T | None:
    return found.result() if found is not None and found.done() and not _failed(found) else None


def _is_looked_for(found: Future[T] | None) -> bool:
    return found is not None and not found.done()


def _failed(found: Future[T]) -> bool:
    return found.cancelled() or found.exception() is not None
