"""Questions that somebody tried, kept as test questions or as phrasings, on a real database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.datasets.dataset import Dataset, DatasetRow
from core.datasets.formats.choice import recognise_format
from core.datasets.kept_questions import KEPT_FROM_ASK, KeptQuestion
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.errors import AccessDenied, InvalidInput, NotFound
from core.files.reading import read_table
from core.questions.changes import Changes
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from tests.integration.tenants import A, B, Roles, installation, owner

ME = owner(A)
FIRST, SECOND = (Label(kind=LabelKind.ENTRY, entry_ids=(number,)) for number in (1, 2))


@dataclass
class Bench:
    parts: Frontline
    store: SqlDatasetStore

    def keep(self, question: str, entry_id: int | None, dataset_id: str | None = None) -> KeptQuestion:
        return self.parts.kept_questions.keep(ME, A, question=question, entry_id=entry_id, dataset_id=dataset_id)

    def named(self, name: str = KEPT_FROM_ASK) -> Dataset:
        found = self.store.named(A, name)
        assert found is not None
        return found

    def rows(self, name: str = KEPT_FROM_ASK) -> list[DatasetRow]:
        found = self.named(name)
        return self.store.rows(A, found.dataset_id, found.version)

    def labels(self, name: str = KEPT_FROM_ASK) -> list[tuple[str, Label]]:
        return [(row.content.question, row.content.label) for row in self.rows(name)]

    def upload(self, text: str, name: str) -> str:
        found = recognise_format(read_table(text.encode(), "t.csv"))
        preview = self.parts.intake.check(ME, A, found).preview
        return self.parts.datasets.save(ME, A, name=name, preview=preview, source="t.csv").dataset_id


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path) -> Iterator[Bench]:
    with installation(migrated_url, tmp_path, Roles()) as parts:
        entries = [{"question": text, "answer": f"About {text}"} for text in ("Hours?", "Jobs?", "Off?")]
        entries[2]["enabled"] = False  # type: ignore[assignment]
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=entries))
        database = Database(migrated_url)
        yield Bench(parts, SqlDatasetStore(database))
        database.close()


def test_the_first_kept_question_makes_the_set_and_further_ones_are_versions_of_it(bench: Bench) -> None:
    assert bench.keep("when are you open", 1) == KeptQuestion(dataset=KEPT_FROM_ASK, is_new=True)
    bench.keep("tell me a joke", None)

    assert bench.labels() == [("when are you open", FIRST), ("tell me a joke", TO_FALLBACK)]
    assert (bench.named().version, bench.named().rows) == (2, 2)
    by = bench.rows()[1].labelled
    assert by is not None
    assert by.name == ME.name
    assert all(row.held_out for row in bench.rows())


def test_the_same_question_again_corrects_its_label_or_changes_nothing(bench: Bench) -> None:
    bench.keep("when are you open", 1)

    assert bench.keep("When are you open?", 1).is_new is False
    assert bench.keep("WHEN ARE YOU OPEN", 2).is_new is True

    assert bench.labels() == [("when are you open", SECOND)]
    assert bench.named().version == 2


def test_a_question_goes_into_a_chosen_set_with_its_rows_untouched(bench: Bench) -> None:
    chosen = bench.upload("question,expected_question\nopen now,Hours?\nany jobs,Jobs?\n", "Shop")

    bench.keep("are you hiring", 2, chosen)

    assert bench.labels("Shop") == [("open now", FIRST), ("any jobs", SECOND), ("are you hiring", SECOND)]
    assert [row.content.line for row in bench.rows("Shop")] == [2, 3, 4]
    checked = bench.parts.datasets.check(ME, A, chosen, 2)
    assert [row.question for row in checked.preview.good] == ["open now", "any jobs", "are you hiring"]


def test_what_stands_in_the_table_already_is_kept_as_testing_nothing(bench: Bench) -> None:
    bench.keep("hours", 1)

    assert [row.held_out for row in bench.rows()] == [False]


def test_a_phrasing_is_a_save_and_its_test_questions_test_nothing_from_then_on(bench: Bench) -> None:
    chosen = bench.upload("question,expected_question\nopen now,Hours?\nany jobs,Jobs?\n", "Shop")
    bench.keep("Open now?", 1)

    revision = bench.parts.kept_questions.add_phrasing(ME, A, question="open now", entry_id=1)

    assert revision is not None
    assert bench.parts.questions.table(ME, A).entries[0].alternates == ("open now",)
    assert [row.held_out for row in bench.rows("Shop")] == [False, True]
    assert [row.held_out for row in bench.rows()] == [False]
    assert bench.parts.datasets.check(ME, A, chosen, 2).known == 1
    assert bench.parts.kept_questions.add_phrasing(ME, A, question="Open now!", entry_id=1) is None


@pytest.mark.parametrize(
    ("call", "error"),
    [
        (lambda b: b.keep("x", 3), NotFound),
        (lambda b: b.keep("x", 99), NotFound),
        (lambda b: b.keep("  ", 1), InvalidInput),
        (lambda b: b.keep("a\x00b", 1), InvalidInput),
        (lambda b: b.keep("x", 1, "no such set"), NotFound),
        (lambda b: b.parts.kept_questions.keep(owner(B), A, question="x", entry_id=1), AccessDenied),
    ],
)
def test_what_cannot_be_kept_is_refused_and_leaves_nothing(
    bench: Bench, call: Callable[[Bench], object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        call(bench)

    assert bench.parts.datasets.listed(ME, A) == []


def test_a_set_that_was_taken_off_the_list_gets_no_questions(bench: Bench) -> None:
    chosen = bench.upload("question,expected_question\nopen now,Hours?\n", "Shop")
    bench.parts.datasets.archive(ME, A, chosen)

    with pytest.raises(NotFound, match="taken off the list"):
        bench.keep("x", 1, chosen)


def test_people_who_keep_at_once_lose_no_question(bench: Bench) -> None:
    questions = [f"question {number}" for number in range(8)]
    with ThreadPoolExecutor(4) as people:
        kept = list(people.map(lambda question: bench.keep(question, 1), questions))

    assert all(one.is_new for one in kept)
    assert sorted(row.content.question for row in bench.rows()) == questions
    assert len({row.content.line for row in bench.rows()}) == len(questions)
