"""How evaluations went, one after the other, on a real database."""

from collections.abc import Iterator

import pytest

from core.datasets.intake import RunInput
from core.engines.protocol import Candidate, Decision
from core.errors import AccessDenied, EngineFailed
from core.identity.demo import ADMIN, MEMBER, OUTSIDER, OWNER
from core.overview.track_record import RunRecord, TrackRecord
from core.questions.changes import Changes
from core.questions.entry import Published
from core.runs.ledger import Run
from core.runs.service import Runs
from core.statistics.proportion import Proportion
from tests.fakes import LiteralEngine
from tests.integration.test_runs import ORG, Bench, bench, ended, wait_for

__all__ = ["bench"]

QUESTIONS = [f"could somebody begin to work at place {number}" for number in range(30)]
FILE = b"question,expected_question\n" + "".join(f"{one},Are you hiring?\n" for one in QUESTIONS).encode()


class Learner(LiteralEngine):
    """Gives everything to a person until it has learned what hiring means."""

    learned = False

    def decide(self, question: str, published: Published) -> Decision:
        if not self.learned:
            return super().decide(question, published)
        best = Candidate(entry_id=2, phrasing=question, score=1.0, confidence=1.0)
        return Decision(entry_id=2, candidates=(best,), threshold=0.5)


class World:
    """An org with kept test questions, run as often as a test wishes."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.engine = Learner()
        self.runs: Runs = bench.runs(self.engine)
        self.intake = bench.intake(self.runs)
        self.record = TrackRecord(access=bench.access, runs=bench.store, questions=bench.questions_store)

    def uploaded(self) -> RunInput:
        return self.intake.check(ADMIN, ORG, self.intake.read(ADMIN, ORG, FILE, "hiring.csv"), name="Hiring")

    def run(self) -> Run:
        return ended(self.runs, self.intake.start(ADMIN, ORG, self.uploaded()))

    def known(self) -> list[RunRecord]:
        wait_for(lambda: not any(one.looking for one in self.record.glance(ADMIN, ORG)))
        return self.record.glance(ADMIN, ORG)


@pytest.fixture
def world(bench: Bench) -> Iterator[World]:
    made = World(bench)
    yield made
    made.record.close()


def test_a_run_that_is_clearly_better_than_the_one_before_is_said_to_be(world: World) -> None:
    first = world.run()
    world.engine.learned = True
    world.run()

    newest, oldest = world.known()

    assert (newest.right, oldest.right) == (Proportion(30, 30), Proportion(0, 30))
    assert (newest.ruling, oldest.ruling) == ("better", "")
    assert newest.previous is not None
    assert (newest.previous.run_id, oldest.previous) == (first.run_id, None)


def test_the_same_again_is_no_clear_difference(world: World) -> None:
    for _ in range(2):
        world.run()

    assert world.known()[0].ruling == "no clear difference at this size"


def test_a_run_that_is_better_because_its_table_has_the_questions_is_said_to_be_better_only_with_them(
    world: World,
) -> None:
    world.run()
    changes = Changes(edited={2: {"alternates": QUESTIONS}})
    world.bench.questions.save(OWNER, ORG, base_revision=1, changes=changes)
    world.run()

    assert world.known()[0].ruling == "better, only with questions in a table"


def test_what_is_known_is_there_at_once_and_only_for_who_may_see_it(world: World) -> None:
    world.run()
    found = world.known()

    assert world.record.glance(MEMBER, ORG) == found
    with pytest.raises(AccessDenied):
        world.record.glance(OUTSIDER, ORG)


def test_failed_questions_that_were_asked_again_are_counted_again(bench: Bench) -> None:
    mended: list[bool] = []

    def fail(_question: str) -> None:
        if not mended:
            raise EngineFailed("The engine did not answer.")

    runs = bench.runs(LiteralEngine(fail))
    record = TrackRecord(access=bench.access, runs=bench.store, questions=bench.questions_store)
    run = ended(runs, bench.start(runs, b"question,expected_question\nare you hiring?,Are you hiring?\n"))
    assert record.glance(ADMIN, ORG, wait=30)[0].right == Proportion(0, 0)

    mended.append(True)
    runs.retry_failed(ADMIN, ORG, run.run_id)
    ended(runs, run)

    assert record.glance(ADMIN, ORG, wait=30)[0].right == Proportion(1, 1)
    record.close()


def test_the_rows_of_a_run_whose_questions_are_not_kept_can_be_run_on_the_newest_revision(world: World) -> None:
    ready = world.uploaded()
    run = ended(world.runs, world.runs.start(ADMIN, ORG, name="Old", preview=ready.preview, revision=ready.revision))
    world.bench.questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "10 to 6"}}))

    again = world.intake.of_run(ADMIN, ORG, run.run_id)

    assert (run.dataset_id, again.dataset, again.revision) == (None, None, 2)
    assert [row.question for row in again.preview.good] == QUESTIONS
    assert {row.label.entry_ids for row in again.preview.good} == {(2,)}
