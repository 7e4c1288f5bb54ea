"""Evaluation runs on a real database, with the real worker."""

import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

import pandas as pd
import pytest

from core.clock import now
from core.datasets.dataset import TestQuestion
from core.datasets.intake import Intake
from core.datasets.preview import Preview
from core.datasets.service import Datasets
from core.errors import (
    AccessDenied,
    CannotConfirm,
    EngineFailed,
    FrontlineError,
    InvalidInput,
    NotFound,
    StorageUnavailable,
)
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import Membership
from core.questions.changes import Changes
from core.questions.service import Questions
from core.runs import access_check
from core.runs.ledger import FinishedRow, Progress, Run, Status
from core.runs.service import Runs
from core.runs.worker import RUNS_AN_ORG, RunWorker
from core.spending.prices import Prices
from core.spending.service import Spending
from core.statistics.verdict import Verdict
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.jobs import SqlJobs
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore
from core.storage.spending import SqlSpendingStore
from tests.fakes import LiteralEngine, OnlyEngine

ORG = CLOTHING_ORG
FILE = b"""question,expected_question
what are your hours?,What are your hours?
are you hiring,What are your hours?
when is lunch,Are you hiring?
are you hiring?,__fallback__
do you like cheese,__fallback__
this will fail,Are you hiring?
no label here,
"""


class Bench:
    """The parts of a run around one database; workers are made and stopped by the test."""

    def __init__(self, database: Database, *, filled: bool = False) -> None:
        self.database = database
        self.access = Access(DemoDirectory())
        self.store = SqlRunStore(database)
        self.questions_store = SqlQuestionStore(database)
        self.questions = Questions(self.access, self.questions_store)
        self.spending = Spending(access=self.access, store=SqlSpendingStore(database), prices=Prices())
        self.workers: list[RunWorker] = []
        if filled:
            return
        rows = (
            {"question": "What are your hours?", "answer": "9 to 5"},
            {"question": "Are you hiring?", "answer": "Yes"},
        )
        self.questions.save(OWNER, ORG, base_revision=0, changes=Changes(added=rows))

    def runs(self, engine: LiteralEngine) -> Runs:
        worker = RunWorker(
            store=self.store,
            questions=self.questions_store,
            engines=OnlyEngine(engine),
            access=self.access,
            spending=self.spending,
            jobs=SqlJobs(self.database),
        )
        self.workers.append(worker)
        return Runs(
            access=self.access,
            store=self.store,
            questions=self.questions_store,
            engines=OnlyEngine(engine),
            worker=worker,
            spending=self.spending,
        )

    def without_worker(self, rows: Sequence[TestQuestion]) -> Run:
        """A run that no process of this test knows of."""
        published = self.questions_store.newest(ORG)
        run = Run(
            org_id=ORG,
            run_id=str(uuid.uuid4()),
            name="x",
            revision=published.revision,
            policy=published.policy,
            engine="Literal",
            engine_version="literal-1",
            author_id=ADMIN.user_id,
            author=ADMIN.name,
            created_at=now(),
            total=len(rows),
        )
        self.store.create(run, rows)
        return run

    def intake(self, runs: Runs) -> Intake:
        questions = self.questions_store
        datasets = Datasets(access=self.access, store=SqlDatasetStore(self.database), questions=questions)
        return Intake(
            access=self.access,
            questions=questions,
            datasets=datasets,
            runs=runs,
        )

    def preview(self, runs: Runs, data: bytes = FILE) -> tuple[Preview, int]:
        intake = self.intake(runs)
        found = intake.read(ADMIN, ORG, data, "test.csv")
        ready = intake.check(ADMIN, ORG, found)
        return ready.preview, ready.revision

    def start(self, runs: Runs, data: bytes = FILE) -> Run:
        preview, revision = self.preview(runs, data)
        return runs.start(ADMIN, ORG, name="test.csv", preview=preview, revision=revision)


@pytest.fixture
def bench(database: Database) -> Iterator[Bench]:
    bench = Bench(database)
    yield bench
    for worker in bench.workers:
        worker.stop()


def wait_for(condition: Callable[[], bool]) -> None:
    for _ in range(600):
        if condition():
            return
        time.sleep(0.05)
    raise TimeoutError("it did not happen")


def ended(runs: Runs, run: Run) -> Run:
    wait_for(lambda: not runs.run(ADMIN, ORG, run.run_id).active)
    return runs.run(ADMIN, ORG, run.run_id)


def many(rows: int, question: str = "are you hiring?") -> bytes:
    return b"question,expected_question\n" + f"{question},Are you hiring?\n".encode() * rows


def test_however_many_runs_of_an_org_hang_those_of_another_go_on(bench: Bench) -> None:
    go_on = threading.Event()

    def hang(question: str) -> None:
        if "hang" in question:
            go_on.wait(60)

    runs = bench.runs(LiteralEngine(hang))
    entry = {"question": "Are you hiring?", "answer": "Yes"}
    bench.questions.save(OWNER, PHONE_ORG, base_revision=0, changes=Changes(added=(entry,)))
    hanging = [bench.start(runs, many(900, "do you hang?")) for _ in range(8)]
    intake = bench.intake(runs)
    found = intake.read(OWNER, PHONE_ORG, many(900), "t.csv")
    ready = intake.check(OWNER, PHONE_ORG, found)
    preview, revision = ready.preview, ready.revision
    run = runs.start(OWNER, PHONE_ORG, name="t", preview=preview, revision=revision)
    try:
        wait_for(lambda: not runs.run(OWNER, PHONE_ORG, run.run_id).active)
        states = [runs.run(ADMIN, ORG, one.run_id).status for one in hanging]
    finally:
        for one in hanging:
            runs.cancel(ADMIN, ORG, one.run_id)
        go_on.set()

    assert runs.run(OWNER, PHONE_ORG, run.run_id).finished == 900
    assert states.count(Status.QUEUED) == len(hanging) - RUNS_AN_ORG


def test_a_run_judges_every_row_once_and_keeps_the_three_errors_and_failures_apart(bench: Bench) -> None:
    engine = LiteralEngine()
    runs = bench.runs(engine)

    run = ended(runs, bench.start(runs))

    assert (run.status, run.finished, run.total, run.reason) == (Status.DONE, 7, 7, "")
    table = runs.results(MEMBER, ORG, run.run_id).table()
    assert list(zip(table["Question"], table["Outcome"], strict=True)) == [
        ("what are your hours?", "Right"),
        ("are you hiring", "Wrong entry"),
        ("when is lunch", "Needless handoff"),
        ("are you hiring?", "Answered out of scope"),
        ("do you like cheese", "Right"),
        ("this will fail", "Failed"),
        ("no label here", "Not labelled"),
    ]
    assert table["Given"].tolist()[5] == ""
    fallback = "A human will be in touch shortly"
    assert table["Answer given"].tolist() == ["9 to 5", "Yes", fallback, "Yes", fallback, "", fallback]
    assert table["Problem"].tolist()[5] == "The engine did not answer."
    assert table["Line"].tolist() == [2, 3, 4, 5, 6, 7, 8]
    assert sorted(engine.asked) == sorted(table["Question"])
    summary = runs.summary(MEMBER, ORG, run.run_id)
    assert {verdict: summary.count(verdict) for verdict in Verdict} == {
        Verdict.RIGHT: 2,
        Verdict.WRONG_ANSWER: 1,
        Verdict.NEEDLESS_HANDOFF: 1,
        Verdict.ANSWERED_OUT_OF_SCOPE: 1,
        Verdict.FAILED: 1,
        Verdict.NOT_LABELLED: 1,
    }


def test_a_run_answers_from_the_revision_it_was_started_on(bench: Bench) -> None:
    gate = threading.Event()
    runs = bench.runs(LiteralEngine(before=lambda _: gate.wait(30)))
    run = bench.start(runs)
    bench.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({1, 2})))
    gate.set()

    assert ended(runs, run).status is Status.DONE
    assert runs.summary(ADMIN, ORG, run.run_id).count(Verdict.RIGHT) == 2


def test_a_table_that_changed_since_the_preview_asks_for_another_look(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, revision = bench.preview(runs)
    bench.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "8 to 4"}}))

    with pytest.raises(FrontlineError, match="changed meanwhile"):
        runs.start(ADMIN, ORG, name="x", preview=preview, revision=revision)

    assert runs.listed(ADMIN, ORG) == []


def test_a_file_without_a_good_row_starts_nothing(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())

    with pytest.raises(InvalidInput, match="no row that can be run"):
        bench.start(runs, b"question,expected_question\nx,No such question at all?\n")

    assert runs.listed(ADMIN, ORG) == []


def test_a_cancelled_run_keeps_what_is_finished_and_asks_nothing_more(bench: Bench) -> None:
    engine = LiteralEngine(before=lambda _: time.sleep(0.002))
    runs = bench.runs(engine)
    run = bench.start(runs, many(20_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)

    runs.cancel(ADMIN, ORG, run.run_id)

    after = ended(runs, run)
    asked = len(engine.asked)
    assert after.status is Status.CANCELLED
    assert 0 < after.finished < after.total
    assert len(runs.results(ADMIN, ORG, run.run_id).table()) == after.finished
    time.sleep(0.1)
    assert len(engine.asked) == asked


def test_cancelling_an_ended_run_changes_nothing(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    run = ended(runs, bench.start(runs))

    runs.cancel(ADMIN, ORG, run.run_id)

    assert runs.run(ADMIN, ORG, run.run_id) == run


def test_a_stopped_server_gives_its_run_back_and_the_next_one_finishes_each_row_once(bench: Bench) -> None:
    first, second = LiteralEngine(before=lambda _: time.sleep(0.001)), LiteralEngine()
    runs = bench.runs(first)
    run = bench.start(runs, many(3_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    bench.workers[0].stop()
    assert runs.run(ADMIN, ORG, run.run_id).active

    runs = bench.runs(second)
    bench.workers[1].start()

    after = ended(runs, run)
    assert (after.status, after.finished) == (Status.DONE, 3_000)
    assert len(first.asked) + len(second.asked) == 3_000
    assert len(first.asked) > 0
    assert len(second.asked) > 0


def finished(row: int, verdict: Verdict = Verdict.RIGHT) -> FinishedRow:
    return FinishedRow(
        row=row, verdict=verdict, given_id=1, best_id=1, phrasing="", score=1, confidence=1, seconds=0, reason=None
    )


def test_a_row_that_two_processes_answer_counts_once_and_the_last_row_ends_the_run(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, _ = bench.preview(runs)
    run = bench.without_worker(preview.good)
    (chunk,) = bench.store.chunks(run)
    assert bench.store.join(chunk, "a", now()).status is Status.RUNNING
    assert bench.store.join(chunk, "b", now()).status is Status.RUNNING

    assert bench.store.finish_rows(run, [finished(0), finished(1)], now()).finished == 2
    assert bench.store.finish_rows(run, [finished(1, Verdict.FAILED), finished(2)], now()).finished == 3
    assert bench.store.run(ORG, run.run_id).finished == 3
    assert [row.row for row in bench.store.rows_of(chunk)] == [3, 4, 5, 6]
    assert bench.store.rows(ORG, run.run_id)["verdict"].tolist()[:3] == ["right"] * 3
    last = bench.store.finish_rows(run, [finished(row) for row in range(7)], now())
    assert (last.status, last.finished) == (Status.DONE, 7)
    assert bench.store.leave(run, "a", now()) is bench.store.leave(run, "b", now()) is Status.DONE


def test_a_large_run_has_no_more_chunks_than_a_smaller_one_and_each_row_in_one_of_them(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    row = bench.preview(runs)[0].good[0]
    run = bench.without_worker([row] * 20_150)

    chunks = bench.store.chunks(run)

    assert len(chunks) == 200
    assert [row.row for chunk in chunks for row in bench.store.rows_of(chunk)] == list(range(20_150))


def test_a_run_is_paused_or_cancelled_when_the_last_of_its_processes_has_no_call_in_flight(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, _ = bench.preview(runs)
    for steer, draining, after in (
        (lambda run: bench.store.pause(ORG, run.run_id), Status.PAUSING, Status.PAUSED),
        (lambda run: bench.store.cancel(ORG, run.run_id, now()), Status.CANCELLING, Status.CANCELLED),
    ):
        run = bench.without_worker(preview.good)
        (chunk,) = bench.store.chunks(run)
        for executor in ("a", "b", "dead"):
            bench.store.join(chunk, executor, now())
        steer(run)

        assert bench.store.leave(run, "a", now()) is draining
        assert bench.store.join(chunk, "a", now()) is None
        assert bench.store.leave(run, "b", now()) is draining
        bench.store.forget(["dead"], now())
        assert bench.store.run(ORG, run.run_id).status is after


def test_a_stopped_run_is_not_resumed_before_its_last_call_in_flight_has_ended(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, _ = bench.preview(runs)
    run = bench.without_worker(preview.good)
    (chunk,) = bench.store.chunks(run)
    for executor in ("a", "b"):
        bench.store.join(chunk, executor, now())
    bench.store.stop(run, "A reason.", now())
    bench.store.leave(run, "a", now())

    with pytest.raises(FrontlineError, match="still pausing"):
        runs.resume(ADMIN, ORG, run.run_id)
    bench.store.leave(run, "b", now())
    runs.resume(ADMIN, ORG, run.run_id)

    assert (ended(runs, run).status, bench.store.run(ORG, run.run_id).attempt) == (Status.DONE, 2)


def test_a_run_does_not_go_on_with_another_engine(bench: Bench) -> None:
    slow = LiteralEngine(before=lambda _: time.sleep(0.001))
    runs = bench.runs(slow)
    run = bench.start(runs, many(3_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    bench.workers[0].stop()
    other = LiteralEngine()
    other.version = "literal-2"

    runs = bench.runs(other)
    bench.workers[1].start()

    after = ended(runs, run)
    assert after.status is Status.STOPPED
    assert "engine was changed" in after.reason
    assert other.asked == []


def test_an_unexpected_error_ends_the_run_with_a_number_for_the_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_question: str) -> None:
        raise RuntimeError("secret detail")

    runs = bench.runs(LiteralEngine(before=explode))

    after = ended(runs, bench.start(runs))

    assert after.status is Status.STOPPED
    assert "secret detail" not in after.reason
    number = after.reason.split("error ")[2].split(" ")[0]
    assert number in caplog.text


def test_two_runs_at_once_both_finish(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())

    started = [bench.start(runs, many(500)) for _ in range(3)]

    assert [ended(runs, run).finished for run in started] == [500, 500, 500]
    assert [run.run_id for run in runs.listed(ADMIN, ORG)] == [run.run_id for run in reversed(started)]


def test_a_member_sees_runs_and_starts_none_and_an_outsider_sees_nothing(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, revision = bench.preview(runs)
    run = ended(runs, bench.start(runs))

    assert runs.listed(MEMBER, ORG) == [run]
    for attempt in (
        lambda who: bench.intake(runs).read(who, ORG, FILE, "x.csv"),
        lambda who: runs.start(who, ORG, name="x", preview=preview, revision=revision),
        lambda who: runs.cancel(who, ORG, run.run_id),
        lambda who: runs.pause(who, ORG, run.run_id),
        lambda who: runs.resume(who, ORG, run.run_id),
        lambda who: runs.retry_failed(who, ORG, run.run_id),
        lambda who: runs.start_again(who, ORG, run.run_id),
    ):
        with pytest.raises(AccessDenied, match="may not run evaluations"):
            attempt(MEMBER)
    for attempt in (
        lambda: runs.listed(OUTSIDER, ORG),
        lambda: runs.run(OUTSIDER, ORG, run.run_id),
        lambda: runs.summary(OUTSIDER, ORG, run.run_id),
        lambda: runs.results(OUTSIDER, ORG, run.run_id),
    ):
        with pytest.raises(AccessDenied, match="no access"):
            attempt()


def test_a_run_of_another_org_is_not_found(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    run = ended(runs, bench.start(runs))
    other = "b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02"

    with pytest.raises(NotFound):
        runs.run(OUTSIDER, other, run.run_id)
    with pytest.raises(NotFound):
        runs.results(OUTSIDER, other, run.run_id)
    assert runs.listed(OUTSIDER, other) == []


def test_groups_of_rows_that_belong_together_are_kept_with_them(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    data = (
        b"question,expected_id,conversation id,tags\nwhat are your hours?,1,a,x;y\nlunch?,__fallback__,b,\nagain?,,,\n"
    )
    run = ended(runs, bench.start(runs, data))

    ledger = runs.results(ADMIN, ORG, run.run_id).ledger
    assert [(extra["group"], extra["tags"]) for extra in ledger["extra"]] == [("a", ["x", "y"]), ("b", []), ("", [])]
    assert [*ledger["label_ids"]] == [[1], [], []]


class Doubting(DemoDirectory):
    """The demo people, until PropelAuth's part is played: it cannot say, or says that the person is gone."""

    def __init__(self) -> None:
        self.in_doubt = self.gone = False

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        if self.in_doubt:
            raise CannotConfirm("Frontline cannot confirm your access now.")
        return {} if self.gone else super().memberships(user_id, fresh=fresh)


@pytest.fixture
def doubting(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Doubting:
    """A directory for the runs of this test, looked at every few moments."""
    directory = Doubting()
    bench.access = Access(directory)
    monkeypatch.setattr(access_check, "ACCESS_EVERY_SECONDS", 0.2)
    monkeypatch.setattr("core.runs.worker.LOOK_EVERY_SECONDS", 0.2)
    return directory


def test_a_run_whose_author_is_removed_stops_with_the_reason(bench: Bench, doubting: Doubting) -> None:
    runs = bench.runs(LiteralEngine(before=lambda _: time.sleep(0.005)))
    run = bench.start(runs, many(3_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    doubting.gone = True
    wait_for(lambda: not bench.store.run(ORG, run.run_id).active)

    after = bench.store.run(ORG, run.run_id)
    assert (after.status, 0 < after.finished < 3_000) == (Status.STOPPED, True)
    assert "may no longer run evaluations here" in after.reason


def test_a_run_waits_while_nobody_can_say_whether_its_author_may_go_on(bench: Bench, doubting: Doubting) -> None:
    engine = LiteralEngine(before=lambda _: time.sleep(0.005))
    runs = bench.runs(engine)
    run = bench.start(runs, many(1_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    doubting.in_doubt = True
    time.sleep(1.5)
    asked = len(engine.asked)
    time.sleep(0.7)
    assert len(engine.asked) == asked < 1_000
    assert bench.store.run(ORG, run.run_id).active
    doubting.in_doubt = False

    after = ended(runs, run)
    assert (after.status, after.finished) == (Status.DONE, 1_000)
    assert len(engine.asked) == 1_000


def test_a_paused_run_asks_nothing_until_it_is_resumed_and_its_rate_counts_no_pause(bench: Bench) -> None:
    engine = LiteralEngine(before=lambda _: time.sleep(0.002))
    runs = bench.runs(engine)
    run = bench.start(runs, many(2_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)

    runs.pause(ADMIN, ORG, run.run_id)
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).status is Status.PAUSED)
    paused, asked = runs.run(ADMIN, ORG, run.run_id), len(engine.asked)
    time.sleep(0.7)
    assert runs.run(ADMIN, ORG, run.run_id) == paused
    assert len(engine.asked) == asked == paused.finished < 2_000
    runs.pause(ADMIN, ORG, run.run_id)
    before = now()
    runs.resume(ADMIN, ORG, run.run_id)
    runs.resume(ADMIN, ORG, run.run_id)

    after = ended(runs, run)
    assert (after.status, after.finished, after.finished_before) == (Status.DONE, 2_000, paused.finished)
    assert after.going_since is not None
    assert after.going_since >= before
    assert len(engine.asked) == 2_000


def test_a_run_is_not_resumed_while_it_pauses_nor_after_its_end(bench: Bench) -> None:
    gate = threading.Event()
    runs = bench.runs(LiteralEngine(before=lambda _: gate.wait(30)))
    run = bench.start(runs)
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).status is Status.RUNNING)
    runs.pause(ADMIN, ORG, run.run_id)
    assert runs.run(ADMIN, ORG, run.run_id).status is Status.PAUSING

    with pytest.raises(FrontlineError, match="still pausing"):
        runs.resume(ADMIN, ORG, run.run_id)
    runs.cancel(ADMIN, ORG, run.run_id)
    gate.set()
    ended(runs, run)
    with pytest.raises(FrontlineError, match="has ended"):
        runs.resume(ADMIN, ORG, run.run_id)


def test_a_run_that_is_paused_before_it_begins_is_cancelled_at_once(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    preview, _ = bench.preview(runs)
    run = bench.without_worker(preview.good)
    runs.pause(ADMIN, ORG, run.run_id)
    assert runs.run(ADMIN, ORG, run.run_id).status is Status.PAUSED

    runs.cancel(ADMIN, ORG, run.run_id)

    assert runs.run(ADMIN, ORG, run.run_id).status is Status.CANCELLED


def test_failed_questions_are_asked_again_and_nothing_else_changes(bench: Bench) -> None:
    mended = threading.Event()

    def fail(question: str) -> None:
        if question.startswith("broken") and not mended.is_set():
            raise EngineFailed("The engine did not answer.")

    engine = LiteralEngine(before=fail)
    runs = bench.runs(engine)
    broken = "".join(f"{'broken' if row % 40 == 7 else 'fine'} {row},__fallback__\n" for row in range(400))
    run = ended(runs, bench.start(runs, b"question,expected_question\n" + broken.encode()))
    before = runs.results(ADMIN, ORG, run.run_id).table()
    asked = len(engine.asked)
    mended.set()

    runs.retry_failed(ADMIN, ORG, run.run_id)
    after = ended(runs, run)

    assert (after.status, after.finished, after.attempt) == (Status.DONE, 400, 2)
    assert sorted(engine.asked[asked:]) == sorted(f"broken {row}" for row in range(7, 400, 40))
    rows = runs.results(ADMIN, ORG, run.run_id).table()
    untouched = before["Outcome"] != "Failed"
    pd.testing.assert_frame_equal(rows[untouched], before[untouched], check_dtype=False)
    assert set(rows["Outcome"]) == {"Right"}
    with pytest.raises(FrontlineError, match="No question of this run failed"):
        runs.retry_failed(ADMIN, ORG, run.run_id)


def test_nothing_is_retried_by_another_engine_than_the_run_had(bench: Bench) -> None:
    engine = LiteralEngine()
    runs = bench.runs(engine)
    run = ended(runs, bench.start(runs))
    engine.version = "literal-2"

    with pytest.raises(FrontlineError, match="figures would be mixed"):
        runs.retry_failed(ADMIN, ORG, run.run_id)

    assert runs.run(ADMIN, ORG, run.run_id) == run


def test_a_run_is_repeated_on_its_rows_its_revision_and_its_settings(bench: Bench) -> None:
    runs = bench.runs(LiteralEngine())
    first = ended(runs, bench.start(runs))
    bench.questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({1, 2})))

    again = ended(runs, runs.start_again(OWNER, ORG, first.run_id))

    assert again.run_id != first.run_id
    assert (again.author, again.bypass_cache, again.attempt) == (OWNER.name, True, 1)
    assert (again.revision, again.policy, again.name) == (first.revision, first.policy, first.name)
    shown = [runs.results(ADMIN, ORG, run.run_id) for run in (first, again)]
    assert shown[0].ledger["extra"].equals(shown[1].ledger["extra"])
    assert shown[0].table().drop(columns="Time (ms)").equals(shown[1].table().drop(columns="Time (ms)"))


def test_a_run_that_was_stopped_goes_on_when_its_reason_is_gone(bench: Bench, doubting: Doubting) -> None:
    runs = bench.runs(LiteralEngine(before=lambda _: time.sleep(0.005)))
    run = bench.start(runs, many(600))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    doubting.gone = True
    wait_for(lambda: not bench.store.run(ORG, run.run_id).active)
    doubting.gone = False

    runs.resume(ADMIN, ORG, run.run_id)

    after = ended(runs, run)
    assert (after.status, after.finished, after.reason) == (Status.DONE, 600, "")


def test_a_ledger_that_cannot_be_written_for_a_while_loses_no_row_and_asks_none_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = threading.Event()
    write = bench.store.finish_rows

    def finish_rows(run: Run, rows: Iterable[FinishedRow], at: datetime) -> Progress:
        if away.is_set():
            raise OSError("the database is away")
        return write(run, rows, at)

    monkeypatch.setattr(bench.store, "finish_rows", finish_rows)
    engine = LiteralEngine(before=lambda _: time.sleep(0.002))
    runs = bench.runs(engine)
    run = bench.start(runs, many(1_000))
    wait_for(lambda: runs.run(ADMIN, ORG, run.run_id).finished > 0)
    away.set()
    time.sleep(1)
    asked = len(engine.asked)
    time.sleep(0.5)
    assert len(engine.asked) == asked < 1_000
    away.clear()

    assert ended(runs, run).status is Status.DONE
    assert len(engine.asked) == 1_000


@pytest.mark.parametrize("method", ["join", "leave"])
def test_a_database_that_is_full_or_away_for_a_moment_ends_no_run(
    method: str, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    works, calls = getattr(bench.store, method), []

    def fails_at_first(*arguments: object) -> object:
        calls.append(arguments)
        if len(calls) == 1:
            raise StorageUnavailable("The disk is full.", remedy="", detail="")
        return works(*arguments)

    monkeypatch.setattr(bench.store, method, fails_at_first)
    runs = bench.runs(LiteralEngine())

    after = ended(runs, bench.start(runs))

    assert (after.status, after.finished, after.reason) == (Status.DONE, 7, "")


def test_the_queue_is_not_even_imported_where_no_run_ever_starts(database_url: str) -> None:
    """DBOS takes a third of a second to import, and threads."""
    program = (
        "import sys; from pathlib import Path; from core.settings import Settings; from tests.tutorial import build; "
        f"parts = build(Settings(data_dir=Path(sys.argv[1]), database_url={database_url!r})); parts.start(); "
        "import time; time.sleep(0.5); parts.stop(); print('dbos' in sys.modules)"
    )
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run([sys.executable, "-c", program, folder], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
