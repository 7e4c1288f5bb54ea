"""The test questions of one entry, and what became of them, on a real database."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.files.reading import read_table
from core.questions.changes import Changes
from core.runs.entry_tests import EntryTest
from core.runs.ledger import DatasetRef
from core.statistics.verdict import Verdict
from tests.integration.tenants import A, Roles, installation, owner

ME = owner(A)
FILE = """question,expected_question
When do you open?,Hours?
which jobs do you have,Hours?
Jobs,Jobs?
the weather on the moon,Hours?
tell me of jobs,__fallback__
"""


@dataclass
class Bench:
    parts: Frontline

    def save(self, text: str, name: str = "Shop") -> DatasetRef:
        found = recognise_format(read_table(text.encode(), "t.csv"))
        preview = self.parts.intake.check(ME, A, found).preview
        return self.parts.datasets.save(ME, A, name=name, preview=preview, source="t.csv")

    def run(self, ref: DatasetRef) -> None:
        checked = self.parts.datasets.check(ME, A, ref.dataset_id, ref.version)
        started = self.parts.runs.start(
            ME, A, name="x", preview=checked.preview, revision=checked.revision, dataset=ref
        )
        for _ in range(1200):
            if not self.parts.runs.run(ME, A, started.run_id).active:
                return
            time.sleep(0.05)
        raise TimeoutError("the run does not end")

    def of(self, entry_id: int) -> list[tuple[str, Verdict | None, int | None, bool]]:
        return [(one.question, one.verdict, one.given_id, one.is_stray) for one in self.tests(entry_id)]

    def tests(self, entry_id: int) -> list[EntryTest]:
        return self.parts.entry_tests.of(ME, A, entry_id)


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path) -> Iterator[Bench]:
    with installation(migrated_url, tmp_path, Roles()) as parts:
        entries = [
            {"question": "Hours?", "answer": "We open at nine", "alternates": ["When do you open?"]},
            {
                "question": "Jobs?",
                "answer": "We have none",
                "alternates": ["Which jobs do you have?", "Tell me of jobs"],
            },
        ]
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=entries))
        yield Bench(parts)


def test_before_any_evaluation_the_questions_are_listed_without_a_verdict(bench: Bench) -> None:
    assert bench.of(1) == []
    bench.save(FILE)

    assert [verdict for _, verdict, _, _ in bench.of(1)] == [None] * 3
    assert bench.of(2) == [("Jobs", None, None, False)]


def test_each_question_tells_what_it_got_in_the_newest_evaluation_and_strays_are_named(bench: Bench) -> None:
    ref = bench.save(FILE)
    bench.run(ref)

    assert bench.of(1) == [
        ("which jobs do you have", Verdict.WRONG_ANSWER, 2, False),
        ("the weather on the moon", Verdict.NEEDLESS_HANDOFF, None, False),
        ("When do you open?", Verdict.RIGHT, 1, False),
    ]
    assert bench.of(2) == [
        ("which jobs do you have", Verdict.WRONG_ANSWER, 2, True),
        ("tell me of jobs", Verdict.ANSWERED_OUT_OF_SCOPE, 2, True),
        ("Jobs", Verdict.RIGHT, 2, False),
    ]
    assert all(one.dataset == "Shop" and one.run is not None for one in bench.tests(1))


def test_a_question_that_came_after_the_evaluation_was_not_asked_yet(bench: Bench) -> None:
    bench.run(bench.save(FILE))
    bench.save(FILE + "are you open on sundays,Hours?\n")

    assert ("are you open on sundays", None, None, False) in bench.of(1)
    assert len(bench.of(1)) == 4
