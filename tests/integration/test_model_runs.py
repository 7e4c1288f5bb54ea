"""Evaluation runs over a model server by real HTTP: no row is lost, nothing is paid twice, and the money is bounded."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.datasets.preview import Preview
from core.engines.cascade import is_doubtful
from core.engines.language.server_memory import RequestMode
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import EngineKind, ModelSettings, Style
from core.runs.ledger import Run, Status
from core.settings import EngineSettings, Settings
from core.spending.ledger import LimitReached
from core.statistics.verdict import Verdict
from tests.model_server import Fault, ModelServer, Request, is_probe
from tests.tutorial import build

ORG = CLOTHING_ORG
KEY = "sk-test-never-shown-4711"


class Bench:
    """The app's parts on one database and one model server."""

    def __init__(self, server: ModelServer, folder: Path) -> None:
        engine = EngineSettings(base_url=server.base_url, model="m", key=KEY)
        self.server = server
        self.parts: Frontline = build(
            Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'demo.db'}", engine=engine)
        )

    def set(self, org_id: str = ORG, **changes: object) -> None:
        """Change the org's settings as an owner does."""
        table = self.parts.questions.table(OWNER, org_id)
        policy = replace(table.policy, model=replace(table.policy.model, **changes))
        self.parts.questions.save_settings(OWNER, org_id, base_revision=table.revision, policy=policy)

    def preview(self, rows: int, org_id: str = ORG) -> tuple[Preview, int]:
        data = "question,expected_id\n" + "".join(f"row {row}?,__fallback__\n" for row in range(rows))
        found = self.parts.intake.read(ADMIN, org_id, data.encode(), "rows.csv")
        ready = self.parts.intake.check(ADMIN, org_id, found)
        return ready.preview, ready.revision

    def start(self, rows: int, org_id: str = ORG, *, bypass_cache: bool = False) -> Run:
        preview, revision = self.preview(rows, org_id)
        return self.parts.runs.start(
            ADMIN, org_id, name="x", preview=preview, revision=revision, bypass_cache=bypass_cache
        )

    def now(self, run: Run) -> Run:
        return self.parts.runs.run(ADMIN, run.org_id, run.run_id)

    def ended(self, run: Run) -> Run:
        wait_for(lambda: not self.now(run).active)
        return self.now(run)

    def right(self, run: Run) -> int:
        return self.parts.runs.summary(ADMIN, run.org_id, run.run_id).count(Verdict.RIGHT)


def wait_for(is_so: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.02)


def questions_only(behave: Callable[[int], Fault | None]) -> Callable[[Request, int], Fault | None]:
    """A fault by the number of the question, from 1; probes are spared."""
    asked = Counter[str]()

    def fault(request: Request, _number: int) -> Fault | None:
        if not request.body or is_probe(request):
            return None
        asked["all"] += 1
        return behave(asked["all"])

    return fault


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer(key=KEY).running() as server:
        yield server


@pytest.fixture
def bench(server: ModelServer, tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(server, tmp_path)
    yield bench
    bench.parts.stop()


def test_a_server_that_stumbles_in_every_way_loses_no_row(bench: Bench, server: ModelServer) -> None:
    kinds = {0: Fault.ERROR, 5: Fault.BUSY, 10: Fault.RESET, 15: Fault.CUT_JSON, 20: Fault.BUSY_FOR_A_WHILE}
    server.fault = questions_only(lambda number: kinds.get(number % 25))

    run = bench.ended(bench.start(150))

    assert (run.status, run.finished, bench.right(run)) == (Status.DONE, 150, 150)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault.KEY, "refused the key"),
        (Fault.FORBIDDEN, "may not use the model"),
        (Fault.NO_MODEL, "knows no model"),
        (Fault.QUOTA, "no money left"),
    ],
)
def test_what_no_further_call_can_mend_stops_the_run_with_the_reason(
    bench: Bench, server: ModelServer, fault: Fault, words: str
) -> None:
    server.fault = questions_only(lambda number: fault if number > 20 else None)

    run = bench.ended(bench.start(400))

    assert run.status is Status.STOPPED
    assert words in run.reason
    assert KEY not in run.reason
    assert 20 <= run.finished < 60
    assert len(server.questions) < 60


def test_all_runs_of_a_provider_share_its_calls_in_flight(bench: Bench, server: ModelServer) -> None:
    busy, most, lock = 0, 0, threading.Lock()
    server.latency = 0.03
    answer = server._answer

    async def counted(request: Request, writer: object) -> bool:
        nonlocal busy, most
        with lock:
            busy += 1
            most = max(most, busy)
        try:
            return await answer(request, writer)
        finally:
            with lock:
                busy -= 1

    server._answer = counted
    runs = [bench.start(60), bench.start(60, PHONE_ORG)]

    assert [bench.ended(run).status for run in runs] == [Status.DONE, Status.DONE]
    assert 2 <= most <= 8


def test_the_same_rows_are_paid_once_unless_they_are_asked_anew(bench: Bench, server: ModelServer) -> None:
    first = bench.ended(bench.start(30))
    paid = len(server.questions)
    second = bench.ended(bench.start(30))
    again = len(server.questions)
    third = bench.ended(bench.start(30, bypass_cache=True))

    took = [bench.parts.runs.took(ADMIN, ORG, run.run_id) for run in (first, second, third)]
    assert [(one.asked, one.reused) for one in took] == [(30, 0), (0, 30), (30, 0)]
    assert (paid, again, len(server.questions)) == (30, 30, 60)
    assert [bench.right(run) for run in (first, second, third)] == [30, 30, 30]
    assert bench.parts.spending.month(ADMIN, ORG).calls == 60


def test_another_org_never_takes_a_kept_reply(bench: Bench, server: ModelServer) -> None:
    table = bench.parts.questions.table(OWNER, ORG)
    other = bench.parts.questions.table(OWNER, PHONE_ORG)
    same = tuple({"question": entry.question, "answer": entry.answer} for entry in table.entries)
    changes = Changes(added=same, deleted=frozenset(entry.id for entry in other.entries))
    bench.parts.questions.save(OWNER, PHONE_ORG, base_revision=other.revision, changes=changes)
    bench.ended(bench.start(10))

    run = bench.ended(bench.start(10, PHONE_ORG))

    assert bench.parts.runs.took(ADMIN, PHONE_ORG, run.run_id).reused == 0
    assert len(server.questions) == 20


def test_a_stricter_threshold_takes_the_kept_replies_and_decides_anew(bench: Bench, server: ModelServer) -> None:
    server.sure = 0.6
    bench.server.answers = {f"row {row}?": "1" for row in range(10)}
    bench.ended(bench.start(10))
    bench.set(min_confidence=0.9)

    run = bench.ended(bench.start(10))

    assert bench.right(run) == 10
    assert len(server.questions) == 10


def test_what_a_run_takes_is_estimated_before_and_booked_after(bench: Bench, server: ModelServer) -> None:
    preview, _ = bench.preview(40)
    estimate = bench.parts.runs.estimate(ADMIN, ORG, preview=preview)

    run = bench.ended(bench.start(40))

    month = bench.parts.spending.month(ADMIN, ORG)
    assert not estimate.free
    assert estimate.nano_usd is None
    assert estimate.tokens > 40 * 200
    assert (month.calls, month.sent, month.cached) == (40, 40 * 1200, 40 * 1024)
    assert month.unpriced_tokens == 40 * 1207
    assert month.reserved.unpriced_tokens == 0
    assert bench.parts.runs.took(ADMIN, ORG, run.run_id).unpriced == 40
    assert bench.parts.spending.month(ADMIN, PHONE_ORG).calls == 0
    assert len(server.questions) == 40


def test_a_run_that_the_month_has_no_room_for_does_not_begin(bench: Bench, server: ModelServer) -> None:
    bench.set(tokens_a_month=5_000)

    with pytest.raises(LimitReached, match="5,000 tokens"):
        bench.start(100)

    assert server.requests == []
    assert bench.parts.runs.listed(ADMIN, ORG) == []
    assert bench.parts.spending.month(ADMIN, ORG).reserved.unpriced_tokens == 0


def test_a_run_that_takes_more_than_estimated_stops_at_the_limit(bench: Bench, server: ModelServer) -> None:
    preview, _ = bench.preview(400)
    estimate = bench.parts.runs.estimate(ADMIN, ORG, preview=preview)
    bench.set(tokens_a_month=estimate.tokens + 1_000)
    server.latency = 0.02

    run = bench.ended(bench.start(400))

    assert run.status is Status.STOPPED
    assert "spending limit" in run.reason
    assert 0 < run.finished < 400
    assert len(server.questions) < 400
    assert bench.parts.spending.month(ADMIN, ORG).reserved.unpriced_tokens == 0


def test_a_question_beyond_the_limit_gets_words_and_no_answer(bench: Bench, server: ModelServer) -> None:
    bench.set(tokens_a_month=100)

    with pytest.raises(LimitReached, match="100 tokens"):
        bench.parts.answering.ask(ADMIN, ORG, "when are you open")

    assert server.questions == []


def test_a_question_is_booked_and_its_second_asking_is_free(bench: Bench, server: ModelServer) -> None:
    first = bench.parts.answering.ask(ADMIN, ORG, "when are you open")
    second = bench.parts.answering.ask(ADMIN, ORG, "when are you open")
    third = bench.parts.answering.ask(ADMIN, ORG, "when are you open", bypass_cache=True)

    assert [reply.asked.reused for reply in (first, second, third)] == [False, True, False]
    assert bench.parts.spending.month(ADMIN, ORG).calls == len(server.questions) == 2
    assert first.text == second.text == third.text


def test_cancelling_a_run_whose_server_hangs_does_not_wait_for_it(bench: Bench, server: ModelServer) -> None:
    server.fault = questions_only(lambda number: Fault.HANG if number > 10 else None)
    run = bench.start(200)
    wait_for(lambda: bench.now(run).finished >= 10)

    began = time.monotonic()
    bench.parts.runs.cancel(ADMIN, ORG, run.run_id)

    assert bench.ended(run).status is Status.CANCELLED
    assert time.monotonic() - began < 20
    assert bench.parts.spending.month(ADMIN, ORG).reserved.unpriced_tokens == 0


def test_a_large_table_is_cut_down_and_the_run_tells_how_good_the_shortlists_were(
    bench: Bench, server: ModelServer
) -> None:
    table = bench.parts.questions.table(OWNER, ORG)
    added = tuple(
        {"question": f"How do I change part {i} of my order?", "answer": f"Call us and ask for part {i}."}
        for i in range(300)
    )
    bench.parts.questions.save(OWNER, ORG, base_revision=table.revision, changes=Changes(added=added))
    data = "question,expected_id\nwhat are your opening times,1\ndo you like cheese,__fallback__\n"
    found = bench.parts.intake.read(ADMIN, ORG, data.encode(), "rows.csv")
    ready = bench.parts.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    run = bench.ended(bench.parts.runs.start(ADMIN, ORG, name="x", preview=preview, revision=revision))

    took = bench.parts.runs.took(ADMIN, ORG, run.run_id)
    reply = bench.parts.answering.ask(ADMIN, ORG, "what are your opening times", bypass_cache=True)

    assert (took.shortlisted, took.offered, took.recall) == (1, 1, 1.0)
    assert all(len(request.offered or []) <= 21 for request in server.questions)
    assert reply.decision is not None
    assert reply.decision.shortlist is not None
    assert reply.decision.shortlist.of == len(table.entries) + 300
    assert 1 in reply.decision.shortlist.entry_ids
    assert reply.decision.shortlist.saved > 3_000


def test_an_exact_stored_question_is_asked_too(bench: Bench, server: ModelServer) -> None:
    """A model server decides every question: what is shown on the Ask page is then what a visitor gets."""
    question = bench.parts.questions.table(OWNER, ORG).entries[0].question

    bench.parts.answering.ask(ADMIN, ORG, question)

    assert [request.asked for request in server.questions] == [question]


def test_the_way_that_the_settings_force_is_taken(bench: Bench, server: ModelServer) -> None:
    server.modes = set(RequestMode)
    server.answers = {"when are you open": bench.parts.questions.table(OWNER, ORG).entries[0].answer}
    bench.set(style=Style.COMPLETION)

    reply = bench.parts.answering.ask(ADMIN, ORG, "when are you open")

    assert reply.asked.mode is RequestMode.COMPLETION
    assert {request.path for request in server.questions} == {"/v1/completions"}


def test_a_run_asks_the_model_about_doubtful_questions_alone_and_says_how_many(bench: Bench) -> None:
    bench.parts.servers.keep_key(OWNER, ORG, bench.server.base_url, KEY)
    bench.set(engine=EngineKind.CASCADE, base_url=bench.server.base_url, model="m", style=Style.SCHEMA)
    questions = [
        *("What are your hours?", "when do you open on mondays?", "are you hiring?", "do you have work for me"),
        *("who won the football", "can I pay with a card", "what kind of clothes", "zebra crossing the moon"),
    ]
    built_in = bench.parts.engines.engine_for(ORG, ModelSettings(engine=EngineKind.BUILT_IN))
    published = bench.parts.answering.ask(ADMIN, ORG, "What are your hours?").published
    doubtful = {text for text in questions if is_doubtful(built_in.ask(text, published).decision)}
    found = bench.parts.intake.read(ADMIN, ORG, "\n".join(["question", *questions]).encode(), "rows.csv")

    run = bench.ended(bench.parts.intake.start(ADMIN, ORG, bench.parts.intake.check(ADMIN, ORG, found)))

    assert run.finished == len(questions)
    assert 0 < len(doubtful) < len(questions)
    assert {request.asked for request in bench.server.questions} == doubtful
    took = bench.parts.runs.took(ADMIN, ORG, run.run_id)
    assert (took.doubtful, took.sure) == (len(doubtful), len(questions) - len(doubtful))
    assert took.asked == len(doubtful)
