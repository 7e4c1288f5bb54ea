"""Training files of a real database: what goes into them, and who may have them."""

import json
import uuid

import pytest

from core.clock import now
from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.errors import AccessDenied, InvalidInput, NotFound
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.prompts.finetune import FinetuneFiles
from core.questions.changes import Changes
from core.questions.policy import ModelSettings, Policy
from core.questions.service import Questions
from core.runs.ledger import Run, Status
from core.runs.training import Training
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore

ORG = CLOTHING_ORG
WAIT = "Please wait"
MODEL = ModelSettings(company="Shirts & Co", description="We sell\nshirts", negatives=("my parcel is broken",))


class Bench:
    """One org with a table of eight entries, the last of them off, and runs that a test makes."""

    def __init__(self, database: Database) -> None:
        access = Access(DemoDirectory())
        store = SqlQuestionStore(database)
        self.runs = SqlRunStore(database)
        self.questions = Questions(access, store)
        self.training = Training(access=access, questions=store, runs=self.runs)
        rows = [
            {"question": f"Question {i}", "answer": f"Answer {i}", "alternates": [f"way to ask {i}"], "enabled": i < 8}
            for i in range(1, 9)
        ]
        self.questions.save(OWNER, ORG, base_revision=0, changes=Changes(added=rows))
        self.questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback=WAIT, model=MODEL))

    def run(self, *rows: TestQuestion, org: str = ORG, status: Status = Status.DONE) -> str:
        run = Run(
            org_id=org,
            run_id=str(uuid.uuid4()),
            name="test.csv",
            revision=2,
            policy=Policy(),
            engine="Literal",
            engine_version="1",
            author_id=ADMIN.user_id,
            author=ADMIN.name,
            created_at=now(),
            total=len(rows),
            status=status,
        )
        self.runs.create(run, rows)
        return run.run_id


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def row(question: str, label: Label, split: str = "", line: int = 2) -> TestQuestion:
    return TestQuestion(
        line=line, question=question, expected_as_given="", label=label, split=split, tags=("t",), note="n"
    )


def to(*entry_ids: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=entry_ids)


def conversations(data: bytes) -> list[tuple[str, str, str]]:
    """What is said in each line, after a check of OpenAI's rules for its form."""
    assert data.endswith(b"\n")
    found = []
    for line in data.decode("utf-8").splitlines():
        conversation = json.loads(line)
        assert list(conversation) == ["messages"]
        messages = conversation["messages"]
        assert [list(message) for message in messages] == [["role", "content"]] * 3
        assert [message["role"] for message in messages] == ["system", "user", "assistant"]
        assert all(isinstance(message["content"], str) and message["content"].strip() for message in messages)
        found.append(tuple(message["content"] for message in messages))
    return found


def pairs(files: FinetuneFiles) -> dict[str, str]:
    train, validation = conversations(files.train), conversations(files.validation)
    assert (len(train), len(validation)) == (files.train_count, files.validation_count)
    assert files.train_count >= 10
    said = [(question, reply) for _, question, reply in train + validation]
    assert len(dict(said)) == len(said)
    return dict(said)


TABLE = {
    **{f"Question {i}": f"Answer {i}" for i in range(1, 8)},
    **{f"way to ask {i}": f"Answer {i}" for i in range(1, 8)},
    **dict.fromkeys(["help me", "I am so angry right now", "my parcel is broken"], WAIT),
}


def test_without_an_evaluation_the_files_hold_the_table_as_visitors_get_it(bench: Bench) -> None:
    files = bench.training.files(ADMIN, ORG)

    assert pairs(files) == TABLE
    (system,) = {system for system, _, _ in conversations(files.train)}
    assert system.endswith(f"text: {WAIT}\nCompany: Shirts & Co\nAbout: We sell\\nshirts\n")


def test_labelled_questions_of_evaluations_are_added_and_the_rest_is_counted(bench: Bench) -> None:
    first = bench.run(
        row("third, please", to(3)),
        row("do you like cheese", TO_FALLBACK),
        row("nobody knows", UNLABELLED),
        row("only for tests", to(1), split="Test"),
        row("of an entry that is off", to(8)),
        row("of one that is off or the first", to(8, 1)),
        row("question 1?", to(2)),
        row("question 2?", to(2)),
    )
    second = bench.run(row("third, please", to(3)), row("only here", to(5), split="train"), status=Status.CANCELLED)

    files = bench.training.files(ADMIN, ORG, run_ids=[first, second, first])

    assert pairs(files) == {
        **TABLE,
        "third, please": "Answer 3",
        "do you like cheese": WAIT,
        "of one that is off or the first": "Answer 1",
        "only here": "Answer 5",
    }
    assert (files.unlabelled, files.held_out, files.without_answer) == (1, 1, 1)
    assert (files.contradicting, files.repeated) == (1, 2)


def test_an_expected_entry_is_answered_as_the_table_says_now(bench: Bench) -> None:
    run_id = bench.run(row("third, please", to(3)))
    bench.questions.save(ADMIN, ORG, base_revision=2, changes=Changes(edited={3: {"answer": "New answer"}}))

    newest = pairs(bench.training.files(ADMIN, ORG, run_ids=[run_id]))
    earlier = pairs(bench.training.files(ADMIN, ORG, run_ids=[run_id], revision=2))

    assert newest["third, please"] == newest["Question 3"] == "New answer"
    assert earlier["third, please"] == earlier["Question 3"] == "Answer 3"


def test_both_files_of_a_revision_stay_the_same_when_the_table_is_changed(bench: Bench) -> None:
    before = bench.training.files(ADMIN, ORG, revision=2)

    bench.questions.save(ADMIN, ORG, base_revision=2, changes=Changes(deleted=frozenset({1, 2})))

    assert bench.training.files(ADMIN, ORG, revision=2) == before


def test_only_ended_evaluations_of_the_org_are_offered_newest_first(bench: Bench) -> None:
    rows = [row("a", to(1))]
    old = bench.run(*rows)
    for status in (Status.QUEUED, Status.RUNNING, Status.CANCELLING):
        bench.run(*rows, status=status)
    new = bench.run(*rows, status=Status.STOPPED)
    bench.run(*rows, org=PHONE_ORG)

    assert [run.run_id for run in bench.training.runs(ADMIN, ORG)] == [new, old]


def test_an_evaluation_of_another_org_or_one_that_runs_is_refused_alike(bench: Bench) -> None:
    foreign = bench.run(row("canary", to(1)), org=PHONE_ORG)
    running = bench.run(row("a", to(1)), status=Status.RUNNING)

    refusals = set()
    for run_id in (foreign, running, "nothing"):
        with pytest.raises(NotFound) as refused:
            bench.training.files(ADMIN, ORG, run_ids=[run_id])
        refusals.add(str(refused.value))
    assert len(refusals) == 1


@pytest.mark.parametrize("revision", [-1, 3, 99])
def test_a_revision_that_was_never_made_is_refused(bench: Bench, revision: int) -> None:
    with pytest.raises(NotFound, match=f"no revision {revision}"):
        bench.training.files(ADMIN, ORG, revision=revision)


def test_too_little_to_train_with_is_said_in_words(bench: Bench) -> None:
    bench.questions.save(OWNER, ORG, base_revision=2, changes=Changes(deleted=frozenset(range(4, 9))))

    with pytest.raises(InvalidInput, match="would be 9; training takes at least 10"):
        bench.training.files(ADMIN, ORG)


def test_who_may_not_run_evaluations_gets_no_training_file(bench: Bench) -> None:
    for person in (MEMBER, OUTSIDER):
        with pytest.raises(AccessDenied):
            bench.training.files(person, ORG)
        with pytest.raises(AccessDenied):
            bench.training.runs(person, ORG)
