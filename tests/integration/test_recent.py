"""Analyses that are kept for whoever looks next, on a real database."""

import threading

import pytest

from core.errors import AccessDenied, EngineFailed, NotFound
from core.identity.demo import ADMIN, MEMBER, OUTSIDER, OWNER
from core.runs.recent_analyses import RecentAnalyses
from core.runs.service import Runs
from core.statistics.verdict import Verdict
from tests.fakes import LiteralEngine
from tests.integration.test_runs import ORG, Bench, bench, ended, many, wait_for

__all__ = ["bench"]


def fails_until(mended: threading.Event) -> LiteralEngine:
    def fail(question: str) -> None:
        if question.startswith("are you") and not mended.is_set():
            raise EngineFailed("The engine did not answer.")

    return LiteralEngine(before=fail)


def run_of(bench: Bench, runs: Runs, rows: int = 5) -> str:
    return ended(runs, bench.start(runs, many(rows))).run_id


def test_an_ended_run_is_read_once_for_all_who_may_see_it(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    analyses, run_id = RecentAnalyses(runs), run_of(bench, runs)

    found = [analyses.of(who, ORG, run_id) for who in (ADMIN, OWNER, MEMBER, ADMIN)]

    assert all(one is found[0] for one in found)
    assert found[0].summary.count(Verdict.RIGHT) == 5


def test_what_is_kept_is_shown_to_nobody_from_elsewhere(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    analyses, run_id = RecentAnalyses(runs), run_of(bench, runs)
    analyses.of(ADMIN, ORG, run_id)

    with pytest.raises(AccessDenied):
        analyses.of(OUTSIDER, ORG, run_id)
    with pytest.raises(NotFound):
        analyses.of(ADMIN, ORG, "another")


def test_a_run_whose_failed_rows_were_asked_again_is_read_again(bench: Bench) -> None:
    mended = threading.Event()
    runs = bench.runs(fails_until(mended))
    analyses, run_id = RecentAnalyses(runs), run_of(bench, runs)
    assert analyses.of(ADMIN, ORG, run_id).summary.count(Verdict.FAILED) == 5

    mended.set()
    runs.retry_failed(ADMIN, ORG, run_id)
    wait_for(lambda: not runs.run(ADMIN, ORG, run_id).active)

    assert analyses.of(ADMIN, ORG, run_id).summary.count(Verdict.RIGHT) == 5


def test_a_run_that_has_not_ended_is_never_kept(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    analyses, run = RecentAnalyses(runs), bench.without_worker(bench.preview(runs)[0].good)

    assert analyses.of(ADMIN, ORG, run.run_id) is not analyses.of(ADMIN, ORG, run.run_id)


def test_no_more_rows_are_kept_than_is_said_and_those_looked_at_last_stay(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    analyses = RecentAnalyses(runs, most_rows=10)
    first, second, third, large = (run_of(bench, runs, rows) for rows in (5, 5, 5, 11))
    seen = {run_id: analyses.of(ADMIN, ORG, run_id) for run_id in (first, second)}
    analyses.of(ADMIN, ORG, first)

    analyses.of(ADMIN, ORG, third)

    assert analyses.of(ADMIN, ORG, large) is not analyses.of(ADMIN, ORG, large)
    assert analyses.of(ADMIN, ORG, first) is seen[first]
    assert analyses.of(ADMIN, ORG, second) is not seen[second]
