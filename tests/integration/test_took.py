"""What the ledger adds up of a run's rows, on real databases."""

from datetime import UTC, datetime
from typing import Any

import pytest

from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK
from core.questions.policy import Policy
from core.runs.ledger import FinishedRow, Run
from core.runs.run_usage import RunUsage
from core.statistics.verdict import Verdict
from core.storage.database import Database
from core.storage.runs import SqlRunStore
from core.usage import NOTHING, Usage

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
USAGE = Usage(sent=1_200, received=7, cached=1_024, cache_written=5)


@pytest.fixture
def store(database: Database) -> SqlRunStore:
    return SqlRunStore(database)


def begun(store: SqlRunStore, org_id: str = "org", rows: int = 12) -> Run:
    """A run that waits."""
    run = Run(
        org_id=org_id,
        run_id="run",
        name="x.csv",
        revision=1,
        policy=Policy(),
        engine="m",
        engine_version="m 1",
        author_id="u",
        author="Olivia",
        created_at=AT,
        total=rows,
    )
    questions = [
        TestQuestion(line=n + 2, question=f"q{n}", expected_as_given="", label=TO_FALLBACK) for n in range(rows)
    ]
    store.create(run, questions)
    return run


def row(number: int, **values: Any) -> FinishedRow:
    nothing = dict.fromkeys(("given_id", "best_id", "phrasing", "score", "confidence", "reason"))
    return FinishedRow(row=number, **{"verdict": Verdict.RIGHT, "seconds": 0.5, **nothing, **values})


def took_of(store: SqlRunStore, *rows: FinishedRow, org_id: str = "org") -> RunUsage:
    run = begun(store, org_id)
    store.finish_rows(run, rows, AT)
    return store.took(run.org_id, run.run_id)


def test_a_run_of_which_nothing_is_finished_and_one_of_the_built_in_engine_took_nothing(store: SqlRunStore) -> None:
    assert took_of(store) == RunUsage()
    assert took_of(store, row(0), row(1, verdict=Verdict.FAILED), org_id="other") == RunUsage()
    assert store.took("org", "no such run") == RunUsage()


def test_what_was_asked_what_was_kept_and_what_nobody_can_price_are_counted_apart(store: SqlRunStore) -> None:
    took = took_of(
        store,
        row(0, usage=USAGE, mode="schema", nano_usd=3_000_000_000),
        row(1, usage=USAGE, mode="schema", nano_usd=2_000_000_000),
        row(2, usage=USAGE, mode="schema"),
        row(3, usage=USAGE, mode="schema", reused=True),
        row(4, usage=Usage(sent=100), mode="schema", nano_usd=0),
        row(5, usage=USAGE, verdict=Verdict.FAILED, nano_usd=1, reason="The model declined."),
        row(6, usage=NOTHING, verdict=Verdict.FAILED, reason="The model server did not answer in time."),
    )

    assert took == RunUsage(
        asked=5,
        reused=1,
        sent=4 * 1_200 + 100,
        received=4 * 7,
        cached=4 * 1_024,
        nano_usd=5_000_000_001,
        unpriced=1,
    )


def test_shortlists_count_where_an_entry_was_expected_whoever_replied(store: SqlRunStore) -> None:
    took = took_of(
        store,
        row(0, usage=USAGE, mode="schema", offered=True),
        row(1, usage=USAGE, mode="schema", offered=False, verdict=Verdict.NEEDLESS_HANDOFF),
        row(2, usage=USAGE, mode="schema", offered=True, reused=True),
        row(3, usage=USAGE, mode="schema", offered=None),
    )

    assert (took.shortlisted, took.offered) == (3, 2)
    assert took.recall == pytest.approx(2 / 3)


def test_sums_may_be_larger_than_any_row(store: SqlRunStore) -> None:
    largest = Usage(sent=10**9, received=10**9, cached=10**9)

    took = took_of(store, *(row(number, usage=largest, mode="schema", nano_usd=10**15) for number in range(3)))

    assert (took.sent, took.received, took.cached, took.nano_usd) == (3 * 10**9, 3 * 10**9, 3 * 10**9, 3 * 10**15)


def test_another_orgs_rows_are_not_counted(store: SqlRunStore) -> None:
    for org_id in ("a", "b"):
        run = begun(store, org_id)
        store.finish_rows(run, [row(0, usage=USAGE, mode="schema")] if org_id == "a" else [], AT)

    assert (store.took("a", "run").asked, store.took("b", "run")) == (1, RunUsage())


def test_where_a_model_decides_doubtful_questions_those_left_to_it_are_told_from_the_others(store: SqlRunStore) -> None:
    took = took_of(
        store,
        row(0, doubtful=False),
        row(1, doubtful=False, verdict=Verdict.NEEDLESS_HANDOFF),
        row(2, doubtful=True, usage=USAGE, mode="schema"),
        row(3, doubtful=True, verdict=Verdict.FAILED, reason="The model declined."),
    )

    assert (took.doubtful, took.sure, took.asked) == (2, 2, 1)
