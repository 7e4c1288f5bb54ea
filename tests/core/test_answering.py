from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answering import Answered, Answering, Failed, Fallback, answer, checked_question
from core.clock import now
from core.engines.health import Health
from core.engines.limiter import ServerStumbles
from core.engines.protocol import Candidate, Decision, Effort, EngineReply
from core.errors import AccessDenied, EngineFailed, EngineUnavailable, InvalidInput
from core.identity.access import Access
from core.identity.demo import CLOTHING_ORG, MEMBER, OUTSIDER, DemoDirectory
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from core.questions.text import ASKED_LIMIT
from core.spending.prices import Prices
from core.spending.service import Spending
from core.storage.database import Database
from core.storage.spending import SqlSpendingStore
from tests.fakes import OnlyEngine

ANSWER = "  Zwölf | ### \n Human: $x$ 👩‍👩‍👧 "
TABLE = Published(
    org_id=CLOTHING_ORG,
    revision=3,
    entries=(Entry(id=4, question="When?", answer=ANSWER), Entry(id=7, question="Where?", answer="Here")),
    policy=Policy(fallback="Somebody will call you"),
)


class Deciding:
    """An engine that decides what it is told, or fails."""

    name = version = "test"
    endpoint = None

    def __init__(self, decides: int | Exception | None) -> None:
        self._decides = decides

    def expected(self, questions: list[str], published: Published) -> Effort:
        return Effort()

    def ask(self, question: str, published: Published, *, bypass_cache: bool = False) -> EngineReply:
        if isinstance(self._decides, Exception):
            raise self._decides
        best = Candidate(entry_id=4, phrasing="When?", score=0.5, confidence=0.5)
        return EngineReply(decision=Decision(entry_id=self._decides, candidates=(best,), threshold=0.4))


class OneTable:
    def live(self, org_id: str) -> Published:
        return TABLE


def test_the_visitor_gets_the_stored_answer_byte_for_byte() -> None:
    reply = answer(Deciding(4), TABLE, "when")

    assert reply.text == ANSWER
    assert reply.outcome == Answered(entry=TABLE.entries[0])


def test_the_visitor_gets_the_orgs_own_fallback() -> None:
    reply = answer(Deciding(None), TABLE, "why")

    assert reply.text == "Somebody will call you"
    assert reply.outcome == Fallback()
    assert reply.decision is not None
    assert reply.decision.candidates[0].entry_id == 4


def test_a_failed_call_is_a_failure_and_no_handoff_although_the_visitor_reads_the_same() -> None:
    reply = answer(Deciding(EngineFailed("The server hung up.")), TABLE, "when")

    assert reply.outcome == Failed(reason="The server hung up.")
    assert reply.text == TABLE.policy.fallback


def test_a_failure_of_the_server_is_told_from_that_of_a_question() -> None:
    assert answer(Deciding(ServerStumbles("Away.")), TABLE, "when").outcome == Failed(
        reason="Away.", is_the_engines=True
    )


@given(st.integers())
def test_an_id_that_is_not_in_the_table_is_a_failure_never_a_text(entry_id: int) -> None:
    reply = answer(Deciding(entry_id), TABLE, "when")

    if entry_id in (4, 7):
        assert isinstance(reply.outcome, Answered)
    else:
        assert isinstance(reply.outcome, Failed)
        assert reply.text == TABLE.policy.fallback


def test_an_engine_that_cannot_run_here_says_so_itself() -> None:
    with pytest.raises(EngineUnavailable, match="pip install"):
        answer(Deciding(EngineUnavailable("pip install x")), TABLE, "when")


def test_the_time_is_that_of_the_decision() -> None:
    moments = iter([10.0, 10.25])

    assert answer(Deciding(4), TABLE, "when", clock=lambda: next(moments)).seconds == 0.25


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (" \n", "is empty"),
        ("x" * (ASKED_LIMIT + 1), "4,001 characters"),
        ("a\0b", r"U\+0000"),
        ("\ud800", r"U\+D800"),
    ],
)
def test_a_question_that_cannot_be_used_says_why(question: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        checked_question(question)


@pytest.fixture
def answering(tmp_path: Path) -> Callable[[Deciding], Answering]:
    access = Access(DemoDirectory())
    books = Spending(access=access, store=SqlSpendingStore(Database(f"sqlite:///{tmp_path / 'x.db'}")), prices=Prices())
    health = Health(now)
    return lambda engine: Answering(access, OneTable(), OnlyEngine(engine), books, health)


def test_only_people_of_the_org_may_ask(answering: Callable[[Deciding], Answering]) -> None:
    asking = answering(Deciding(4))

    assert asking.ask(MEMBER, CLOTHING_ORG, " when ").question == "when"
    with pytest.raises(AccessDenied):
        asking.ask(OUTSIDER, CLOTHING_ORG, "when")
    with pytest.raises(AccessDenied):
        asking.trouble(OUTSIDER, CLOTHING_ORG)


def test_a_visitor_gets_the_fallback_from_an_engine_that_cannot_run_and_it_counts_as_a_failure(
    answering: Callable[[Deciding], Answering],
) -> None:
    reply = answering(Deciding(EngineUnavailable("pip install x"))).ask(MEMBER, CLOTHING_ORG, "when")

    assert reply.text == "Somebody will call you"
    assert reply.outcome == Failed(reason="pip install x", is_the_engines=True, is_unavailable=True)
    assert reply.engine == "test"
    assert reply.seconds > 0


def test_an_engine_that_fails_is_told_of_until_it_answers(answering: Callable[[Deciding], Answering]) -> None:
    def trouble_after(*decisions: int | Exception | None) -> str | None:
        for decides in decisions:
            answering(Deciding(decides)).ask(MEMBER, CLOTHING_ORG, "when")
        found = answering(Deciding(None)).trouble(MEMBER, CLOTHING_ORG)
        return found.reason if found else None

    own_text = EngineFailed("It wrote a text of its own.")
    assert trouble_after() is None
    assert trouble_after(own_text) is None
    assert trouble_after(own_text) == "It wrote a text of its own."
    assert trouble_after(4) is None
    assert trouble_after(ServerStumbles("Away.")) == "Away."
    assert trouble_after(EngineUnavailable("No key.")) == "No key."
    assert trouble_after(None) is None


def test_a_failed_question_is_in_the_log_without_what_a_server_said(
    answering: Callable[[Deciding], Answering], caplog: pytest.LogCaptureFixture
) -> None:
    answering(Deciding(ServerStumbles("It says: “are you open on sundays”"))).ask(MEMBER, CLOTHING_ORG, "when")

    assert f"A question of org {CLOTHING_ORG} failed; the engine itself: True" in caplog.messages
    assert "sundays" not in caplog.text
