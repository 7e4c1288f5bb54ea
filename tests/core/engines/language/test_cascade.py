"""The built-in engine where it is sure, a model server for the rest: the real client, and a first engine that is told
how sure it is."""

import itertools
import threading
from collections.abc import Generator, Iterable, Iterator, Sequence
from typing import Any

import pytest

from core.answering import Failed, answer
from core.engines import cascade as cascade_module
from core.engines.cascade import NO_CHANCE, SURE, CascadeEngine, is_doubtful
from core.engines.protocol import Candidate, Decision, Effort, EngineReply, Unread
from core.engines.threads import ask_in_threads
from core.errors import EngineFailed, EngineUnavailable
from core.questions.entry import Published
from tests.core.engines.language.conftest import TABLE, EngineFor
from tests.model_server import Fault, ModelServer


def decided(confidence: float, *, given: bool = True, exact: bool = False, unread: Unread | None = None) -> Decision:
    nearest = Candidate(entry_id=1, phrasing="What are your hours?", score=confidence, confidence=confidence)
    return Decision(entry_id=1 if given else None, candidates=(nearest,), threshold=0.5, exact=exact, unread=unread)


class ToldEngine:
    """Is as sure of the first entry as the question says: "80" is 80 %, given from 50 % on."""

    name, version, endpoint = "Told", "told-1", None

    def __init__(self) -> None:
        self.prepared = 0

    def prepare(self, published: Published, recurring: Sequence[str] = ()) -> None:
        self.prepared += 1

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        sure = int(question.split(maxsplit=1)[0]) / 100
        return EngineReply(decision=decided(sure, given=sure >= 0.5))

    def ask_all(
        self,
        items: Iterable[tuple[Any, str]],
        published: Published,
        *,
        stop: threading.Event,
        bypass_cache: bool = False,
    ) -> Generator[tuple[Any, EngineReply | EngineFailed], None, None]:
        return ask_in_threads(lambda question: self.ask(question, published), items, threads=2, stop=stop)

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        return Effort()


@pytest.mark.parametrize(
    ("decision", "doubtful"),
    [
        (decided(SURE), False),
        (decided(SURE - 0.01), True),
        (decided(0.2, exact=True), False),
        (decided(NO_CHANCE, given=False), True),
        (decided(NO_CHANCE - 0.01, given=False), False),
        (decided(0.95, given=False), True),
        (decided(0.0, given=False, unread=Unread.QUESTION), True),
        (decided(0.0, given=False, unread=Unread.TABLE), True),
        (Decision(entry_id=None, candidates=(), threshold=0.5), False),
    ],
)
def test_what_lies_between_the_bounds_is_doubtful_and_what_cannot_be_read(decision: Decision, doubtful: bool) -> None:
    assert is_doubtful(decision) is doubtful


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with ModelServer({"60 %": "17", "30 %": "17"}).running() as server:
        yield server


def cascade(engine_for: EngineFor, server: ModelServer) -> CascadeEngine:
    return CascadeEngine(ToldEngine(), engine_for(server, model="small"))


def test_the_model_is_asked_only_about_what_is_doubtful(engine_for: EngineFor, server: ModelServer) -> None:
    engine = cascade(engine_for, server)

    replies = {question: engine.ask(question, TABLE) for question in ("95 %", "60 %", "30 %", "40 %", "5 %")}

    assert [request.asked for request in server.questions] == ["60 %", "30 %", "40 %"]
    assert {question: reply.decision.entry_id for question, reply in replies.items()} == {
        "95 %": 1,
        "60 %": 17,
        "30 %": 17,
        "40 %": None,
        "5 %": None,
    }
    assert {question for question, reply in replies.items() if reply.mode} == {"60 %", "30 %", "40 %"}
    doubted = replies["60 %"].doubted
    assert doubted is not None
    assert (doubted.entry_id, doubted.candidates[0].confidence) == (1, 0.6)
    assert replies["95 %"].doubted is None
    assert replies["95 %"].usage.sent is None


def test_a_batch_is_decided_as_its_questions_one_by_one(
    engine_for: EngineFor, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascade_module, "WINDOW", 10)
    engine = cascade(engine_for, server)
    questions = [f"{sure} %" for sure in range(0, 100, 3)]

    ended = dict(engine.ask_all(enumerate(questions), TABLE, stop=threading.Event()))

    assert sorted(ended) == list(range(len(questions)))
    asked = {question for question in questions if 10 <= int(question.split()[0]) < 90}
    assert {request.asked for request in server.questions} == asked
    assert {questions[n] for n, reply in ended.items() if reply.mode} == asked
    assert all((reply.doubted is None) == (reply.mode is None) for reply in ended.values())


def test_a_failed_call_is_a_failure_and_no_decision_of_the_built_in_engine(engine_for: EngineFor) -> None:
    with ModelServer(fault=lambda _request, _number: Fault.OWN_TEXT).running() as server:
        engine = cascade(engine_for, server)

        one = answer(engine, TABLE, "60 %")
        many = dict(engine.ask_all([(1, "60 %"), (2, "95 %")], TABLE, stop=threading.Event()))

    assert isinstance(one.outcome, Failed)
    assert one.decision is None
    assert isinstance(many[1], EngineFailed)
    assert many[2].decision.entry_id == 1


def test_a_server_that_refuses_ends_a_batch_after_what_was_sure(engine_for: EngineFor) -> None:
    with ModelServer(key="another").running() as server:
        ended = cascade(engine_for, server).ask_all([(1, "60 %"), (2, "95 %")], TABLE, stop=threading.Event())

        assert next(ended)[0] == 2
        with pytest.raises(EngineUnavailable, match="refused the key"):
            next(ended)


def test_when_nothing_is_doubtful_no_server_is_asked(engine_for: EngineFor, server: ModelServer) -> None:
    list(cascade(engine_for, server).ask_all([(1, "95 %"), (2, "2 %")], TABLE, stop=threading.Event()))

    assert server.requests == []


def test_a_stopped_batch_begins_nothing_new(
    engine_for: EngineFor, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cascade_module, "WINDOW", 5)
    stop = threading.Event()
    read = itertools.count()
    questions = ((next(read), "95 %") for _ in range(100))

    for _ in cascade(engine_for, server).ask_all(questions, TABLE, stop=stop):
        stop.set()

    assert next(read) == 5


def test_it_is_named_by_both_and_its_version_holds_all_that_decides(
    engine_for: EngineFor, server: ModelServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = engine_for(server, model="small")
    engine = CascadeEngine(ToldEngine(), model)

    assert engine.name == f"Told, doubtful questions: {model.name}"
    assert engine.version == f"told-1; doubtful from 0.1 to 0.9: {model.version}"
    assert engine.endpoint == model.endpoint
    monkeypatch.setattr(cascade_module, "SURE", 0.8)
    assert engine.version != f"told-1; doubtful from 0.1 to 0.9: {model.version}"


def test_both_are_prepared_and_the_server_may_say_no(engine_for: EngineFor) -> None:
    first = ToldEngine()
    with ModelServer(key="another").running() as server, pytest.raises(EngineUnavailable, match="refused the key"):
        CascadeEngine(first, engine_for(server)).prepare(TABLE)

    assert first.prepared == 1


def test_only_the_doubtful_share_is_expected_to_cost(engine_for: EngineFor, server: ModelServer) -> None:
    model = engine_for(server, model="small")
    engine = CascadeEngine(ToldEngine(), model)
    quarter = ["60 %", "95 %", "97 %", "1 %"] * 200

    whole, some = model.expected(quarter, TABLE).usage.sent, engine.expected(quarter, TABLE).usage.sent

    assert engine.expected(["95 %"], TABLE) == Effort()
    assert engine.expected(["60 %"], TABLE) == model.expected(["60 %"], TABLE)
    assert some == pytest.approx(whole / 4, rel=0.4)
    assert server.requests == []


class AwayEngine(ToldEngine):
    """Cannot run here, and on one question it fails."""

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        raise EngineFailed("Not this one.") if "fail" in question else EngineUnavailable("No model.")


def test_an_estimate_never_fails(engine_for: EngineFor, server: ModelServer) -> None:
    model = engine_for(server, model="small")
    engine = CascadeEngine(AwayEngine(), model)

    assert engine.expected(["60 %"], TABLE) == model.expected(["60 %"], TABLE)
    assert engine.expected(["fail"], TABLE) == Effort()
