"""Datasets on a real database: versions, names, and rows that say who labelled them."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.datasets.columns import ColumnMapping
from core.datasets.dataset import Dataset, DatasetRow
from core.datasets.formats.choice import recognise_format
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.preview import Preview
from core.datasets.store import NameTaken
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.errors import InvalidInput, NotFound
from core.files.reading import read_table
from core.questions.changes import Changes
from core.report import tables
from core.runs.analysis import Analysis
from core.runs.ledger import DatasetRef, Run
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.tables import dataset_rows
from tests.integration.tenants import A, B, Roles, installation, owner

FILE = "question,expected_question,tags\nopen now,Hours?,x\njobs,Jobs?,\nhello,__fallback__,\n"
ME = owner(A)


@dataclass
class Bench:
    parts: Frontline
    store: SqlDatasetStore
    database: Database

    def preview(self, text: str = FILE) -> Preview:
        found = recognise_format(read_table(text.encode(), "t.csv"))
        return self.parts.intake.check(ME, A, found).preview

    def save(self, text: str = FILE, name: str = "Shop") -> DatasetRef:
        return self.parts.datasets.save(ME, A, name=name, preview=self.preview(text), source="t.csv")

    def run(self, text: str = FILE) -> Run:
        """A run of a dataset, once it has ended."""
        ref = self.save(text)
        checked = self.parts.datasets.check(ME, A, ref.dataset_id, ref.version)
        started = self.parts.runs.start(
            ME, A, name="x", preview=checked.preview, revision=checked.revision, dataset=ref
        )
        for _ in range(1200):
            run = self.parts.runs.run(ME, A, started.run_id)
            if not run.active:
                return run
            time.sleep(0.05)
        raise TimeoutError("the run does not end")

    def rows(self, ref: DatasetRef, version: int | None = None) -> list[DatasetRow]:
        return self.store.rows(A, ref.dataset_id, version or ref.version)

    def only(self) -> Dataset:
        (found,) = self.parts.datasets.listed(ME, A)
        return found

    def stored_rows(self) -> int:
        with self.database.read(A) as connection:
            return int(connection.execute(sa.select(sa.func.count()).select_from(dataset_rows)).scalar_one())

    def notes(self, ref: DatasetRef) -> list[str]:
        return [version.note for version in self.parts.datasets.versions(ME, A, ref.dataset_id)]


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path) -> Iterator[Bench]:
    with installation(migrated_url, tmp_path, Roles()) as parts:
        rows = ({"question": "Hours?", "answer": "9 to 5"}, {"question": "Jobs?", "answer": "Yes"})
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=rows))
        database = Database(migrated_url)
        yield Bench(parts, SqlDatasetStore(database), database)
        database.close()


def test_an_upload_becomes_a_named_dataset_with_its_first_version(bench: Bench) -> None:
    ref = bench.save()

    assert (bench.only().name, bench.only().version, bench.only().rows) == ("Shop", 1, 3)
    (version,) = bench.parts.datasets.versions(ME, A, ref.dataset_id)
    assert (version.author, version.note, version.source) == (ME.name, "uploaded from t.csv", "t.csv")
    assert [
        (row.content.line, row.content.question, row.content.label.kind, row.content.meant) for row in bench.rows(ref)
    ] == [
        (2, "open now", LabelKind.ENTRY, (1,)),
        (3, "jobs", LabelKind.ENTRY, (2,)),
        (4, "hello", LabelKind.FALLBACK, ()),
    ]
    assert bench.rows(ref)[0].content.tags == ("x",)
    saved = next(event for event in bench.parts.audit.events(ME, A) if event.what is EventKind.TESTS_SAVED)
    assert saved.details == "“Shop”, 3 rows"


def test_the_same_content_makes_no_new_version_and_one_changed_row_is_one_new_row(bench: Bench) -> None:
    first = bench.save()

    assert bench.save(name="shop ") == first
    second = bench.save(FILE.replace("jobs,Jobs?", "jobs,Hours?"))

    assert second == DatasetRef(first.dataset_id, 2)
    assert bench.stored_rows() == 4
    assert [row.content.meant for row in bench.rows(first)] == [(1,), (2,), ()]
    assert [row.content.meant for row in bench.rows(second)] == [(1,), (1,), ()]
    assert bench.notes(first) == ["uploaded from t.csv"] * 2


def test_a_download_uploaded_again_makes_no_new_version(bench: Bench) -> None:
    first = bench.save(FILE.replace("jobs,Jobs?,", "jobs,Jobs?,\n\n=1+1,Hours?,").replace("x", '"a;b"'))

    file = bench.parts.datasets.export(ME, A, first.dataset_id, 1)

    assert bench.save(file.decode("utf-8-sig")) == first


def test_a_run_keeps_which_version_it_used_and_a_version_reads_anew_against_the_newest_table(bench: Bench) -> None:
    run = bench.run()
    off = Changes(edited={2: {"enabled": False}}, added=[{"question": "Opening?", "answer": "9 to 5"}])
    bench.parts.questions.save(ME, A, base_revision=1, changes=off)

    checked = bench.parts.datasets.check(ME, A, str(run.dataset_id), 1)

    assert (run.dataset_id, run.dataset_version) == (bench.only().dataset_id, 1)
    assert checked.revision == 2
    assert [row.label.entry_ids for row in checked.preview.good] == [(1, 3), ()]
    assert [bad.reason for bad in checked.preview.bad] == [
        "Entry No. 2 (“Jobs?”) is switched off, so nobody can get its answer."
    ]


def test_rows_whose_entry_is_off_or_gone_today_are_kept_and_can_be_run_once_it_is_back(bench: Bench) -> None:
    ref, questions = bench.save(), bench.parts.questions
    questions.save(ME, A, base_revision=1, changes=Changes(added=[{"question": "New?", "answer": "x"}]))
    questions.save(ME, A, base_revision=2, changes=Changes(edited={1: {"enabled": False}}, deleted=(2,)))
    file = bench.parts.datasets.export(ME, A, ref.dataset_id, 1).decode("utf-8-sig") + "more,3,,,,,,New?,yes,,\n"

    today = bench.preview(file)
    second = bench.save(file)

    assert [(bad.line, bad.reason[-25:]) for bad in today.bad] == [
        (2, "obody can get its answer."),
        (3, "s no longer in the table."),
    ]
    assert [row.content.meant for row in bench.rows(second)] == [(1,), (2,), (), (3,)]
    questions.restore(ME, A, 1)
    checked = bench.parts.datasets.check(ME, A, second.dataset_id, second.version)
    assert [row.label.entry_ids for row in checked.preview.good] == [(1,), (2,), ()]


def test_the_same_file_keeps_its_rows_when_an_entry_that_it_names_by_its_question_is_deleted(bench: Bench) -> None:
    found = recognise_format(read_table(FILE.encode(), "t.csv"))
    first = bench.save()
    bench.parts.questions.save(ME, A, base_revision=1, changes=Changes(deleted=(2,)))

    said = bench.parts.datasets.understood(ME, A, "Shop")
    preview = bench.parts.intake.check(ME, A, found, said).preview
    second = bench.parts.datasets.save(ME, A, name="Shop", preview=preview, source="t.csv")

    assert [bad.reason for bad in preview.bad] == ["Entry No. 2, which was expected, is no longer in the table."]
    assert second == first


def test_a_number_that_no_entry_ever_had_is_not_kept(bench: Bench) -> None:
    ref = bench.save("question,expected_id\nopen now,1\njobs,77\n")

    assert [row.content.question for row in bench.rows(ref)] == ["open now"]


def test_other_columns_of_a_file_are_kept_run_and_exported_and_the_export_is_uploaded_again_whole(bench: Bench) -> None:
    text = "id,question,expected_question,channel\n007,open now,Hours?,web\n,jobs,Jobs?,\n9,hello,__fallback__,=mail\n"
    run = bench.run(text)
    ref = DatasetRef(str(run.dataset_id), 1)
    results = bench.parts.analyses.of(ME, A, run.run_id).results

    again = {
        suffix: bench.parts.intake.check(ME, A, found).preview
        for suffix, file in (("csv", tables.csv(Analysis(results))), ("xlsx", tables.workbook(Analysis(results))))
        for found in (recognise_format(read_table(file, f"results.{suffix}")),)
    }

    others = [(("id", "007"), ("channel", "web")), (), (("id", "9"), ("channel", "=mail"))]
    assert [row.content.others for row in bench.rows(ref)] == others
    assert results.of_file(0) == {"id": "007", "channel": "web"}
    assert results.tested == bench.only().name
    for preview in again.values():
        assert [row.others for row in preview.good] == others
        assert [(row.question, row.meant) for row in preview.good] == [
            ("open now", (1,)),
            ("jobs", (2,)),
            ("hello", ()),
        ]
        assert preview.bad == ()


def test_a_row_of_which_only_other_columns_changed_keeps_what_a_person_said(bench: Bench) -> None:
    text = "id,question,expected_question\n1,open now,Hours?\n2,jobs,Jobs?\n"
    ref = bench.save(text)
    run = bench.run(text)
    bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=1)

    bench.save(text.replace("2,jobs,Jobs?", "5,jobs,Hours?"))

    assert [(row.row, row.content.others, row.labelled is not None) for row in bench.rows(ref, 3)] == [
        (0, (("id", "1"),), False),
        (1, (("id", "5"),), True),
    ]


def test_what_labels_mean_is_kept_with_the_dataset_and_more_of_it_with_each_file(bench: Bench) -> None:
    datasets, preview = bench.parts.datasets, bench.preview()
    entry, mapping = Label(kind=LabelKind.ENTRY, entry_ids=(2,)), ColumnMapping(question="question", ignored=("tags",))
    said = [Understanding(labels={"handoff": TO_FALLBACK}, mapping=mapping), Understanding(labels={"work": entry})]

    refs = [datasets.save(ME, A, name="Shop", preview=preview, source="t", understood=one) for one in said]

    assert refs[0] == refs[1]
    known = Understanding(known={"hours?": 1, "jobs?": 2})
    assert datasets.understood(ME, A, "none such", " shop ") == said[0].then(said[1]).then(known)
    assert bench.save() == refs[0]
    assert datasets.understood(ME, A, "Shop").labels == {"handoff": TO_FALLBACK, "work": entry}
    assert datasets.understood(ME, A, "none such") == NOTHING_SAID
    taken_back = bench.preview(FILE + "more,handoff,\n")
    datasets.save(ME, A, name="Shop", preview=taken_back, source="t")
    assert datasets.understood(ME, A, "Shop").labels == {"work": entry}


def test_names_are_one_of_a_kind_until_a_dataset_is_archived(bench: Bench) -> None:
    datasets, first, second = bench.parts.datasets, bench.save(), bench.save(name="Other")
    datasets.rename(ME, A, second.dataset_id, "Another")
    with pytest.raises(NameTaken, match="“SHOP” already"):
        datasets.rename(ME, A, second.dataset_id, "SHOP")
    datasets.rename(ME, A, first.dataset_id, "shop")

    datasets.archive(ME, A, first.dataset_id)

    assert [dataset.name for dataset in datasets.listed(ME, A)] == ["Another"]
    assert bench.save() != first
    assert datasets.check(ME, A, first.dataset_id, 1).preview.good
    told = [event.details for event in bench.parts.audit.events(ME, A) if event.what is EventKind.TESTS_CHANGED]
    assert told == ["“shop” taken off the list", "“Shop” renamed to “shop”", "“Other” renamed to “Another”"]


@pytest.mark.parametrize("name", ["", " \n", "x" * 121])
def test_a_name_must_be_one(bench: Bench, name: str) -> None:
    with pytest.raises(InvalidInput, match="Name"):
        bench.save(name=name)

    assert bench.parts.datasets.listed(ME, A) == []


def test_what_another_organisation_keeps_is_unknown_here(bench: Bench) -> None:
    ref, datasets = bench.save(), bench.parts.datasets

    assert datasets.listed(owner(B), B) == []
    assert datasets.versions(owner(B), B, ref.dataset_id) == []
    for call in (
        lambda: datasets.check(owner(B), B, ref.dataset_id, 1),
        lambda: datasets.export(owner(B), B, ref.dataset_id, 1),
        lambda: datasets.rename(owner(B), B, ref.dataset_id, "Mine"),
        lambda: datasets.archive(owner(B), B, ref.dataset_id),
    ):
        with pytest.raises(NotFound):
            call()
    assert bench.only().name == "Shop"


@pytest.mark.parametrize("version", [0, 2, -1])
def test_a_version_that_was_never_made_is_not_found(bench: Bench, version: int) -> None:
    ref = bench.save()

    with pytest.raises(NotFound):
        bench.parts.datasets.check(ME, A, ref.dataset_id, version)


def test_a_phrasing_goes_into_the_table_and_its_rows_are_no_longer_held_out(bench: Bench) -> None:
    run = bench.run(FILE + "Open now!,Hours?,\n")
    bench.parts.questions.keep_draft(ME, A, base_revision=1, changes=Changes(edited={2: {"answer": "Perhaps"}}))

    revision = bench.parts.fixes.add_phrasing(ME, A, run.run_id, line=2, question="open now", entry_id=1)

    entries = bench.parts.questions.table(ME, A).entries
    assert (revision.number if revision else None, entries[0].alternates) == (2, ("open now",))
    assert bench.parts.questions.history(ME, A)[0].note == "Phrasing of a test question added"
    assert bench.parts.questions.draft(ME, A) is not None
    ref = DatasetRef(bench.only().dataset_id, 2)
    assert [row.held_out for row in bench.rows(ref)] == [False, True, True, False]
    assert [row.held_out for row in bench.rows(ref, 1)] == [True] * 4
    assert bench.notes(ref)[0] == "phrasing of line 2 added to the table"
    checked = bench.parts.datasets.check(ME, A, ref.dataset_id, 2)
    assert (len(checked.preview.good), checked.known) == (2, 2)
    assert len(bench.parts.datasets.check(ME, A, ref.dataset_id, 2, with_known=True).preview.good) == 4
    assert bench.parts.fixes.add_phrasing(ME, A, run.run_id, line=2, question="OPEN NOW?", entry_id=1) is None
    assert bench.only().version == 2


def test_a_phrasing_that_another_entry_has_is_refused_and_nothing_is_marked(bench: Bench) -> None:
    run = bench.run(FILE.replace("jobs,Jobs?", "any work,Hours?"))
    bench.parts.questions.save(ME, A, base_revision=1, changes=Changes(edited={2: {"alternates": ["any work"]}}))

    with pytest.raises(InvalidInput, match=r"already in No\. 2"):
        bench.parts.fixes.add_phrasing(ME, A, run.run_id, line=3, question="Any work?", entry_id=1)
    with pytest.raises(NotFound, match=r"no entry No\. 99"):
        bench.parts.fixes.add_phrasing(ME, A, run.run_id, line=3, question="Any work?", entry_id=99)

    assert bench.only().version == 1
    assert bench.parts.questions.newest_revision(ME, A) == 2


def test_a_label_by_a_person_keeps_who_and_when_and_makes_one_version(bench: Bench) -> None:
    run = bench.run()

    version = bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=1)

    assert version is not None
    assert (version.number, version.note, version.rows) == (2, "label of line 3 corrected", 3)
    ref = DatasetRef(bench.only().dataset_id, 2)
    row = bench.rows(ref)[1]
    assert (row.content.meant, row.content.expected_as_given) == ((1,), "Hours?")
    assert row.labelled is not None
    assert (row.labelled.user_id, row.labelled.name, row.labelled.at) == (ME.user_id, ME.name, version.at)
    assert bench.stored_rows() == 4
    assert bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=1) is None
    bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=None)
    assert bench.rows(ref, 3)[1].content.label.kind is LabelKind.FALLBACK
    source = bench.parts.fixes.source(ME, A, run.run_id, 3)
    assert source is not None
    assert source.now is not None
    assert (source.then.content.meant, source.now.content.meant) == ((2,), ())


def test_a_file_that_says_otherwise_replaces_a_corrected_label_and_the_version_says_so(bench: Bench) -> None:
    run = bench.run()
    bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=None)

    ref = bench.save()

    assert bench.notes(ref)[0] == "uploaded from t.csv; replaced 1 corrected label"


def test_a_label_cannot_name_an_entry_that_nobody_can_get_or_a_row_that_is_gone(bench: Bench) -> None:
    run = bench.run()
    bench.parts.questions.save(ME, A, base_revision=1, changes=Changes(edited={1: {"enabled": False}}))
    bench.save(FILE.replace("jobs,Jobs?,\n", ""))

    with pytest.raises(NotFound, match="gone or switched off"):
        bench.parts.fixes.correct_label(ME, A, run.run_id, line=4, entry_id=1)
    with pytest.raises(NotFound, match="newest version of “Shop” no longer has this question"):
        bench.parts.fixes.correct_label(ME, A, run.run_id, line=3, entry_id=None)
    source = bench.parts.fixes.source(ME, A, run.run_id, 3)
    assert source is not None
    assert source.now is None


def test_a_run_of_a_file_that_was_not_kept_has_no_label_to_correct_but_its_phrasing_can_be_added(bench: Bench) -> None:
    preview = bench.preview()
    run = bench.parts.runs.start(ME, A, name="x", preview=preview, revision=1)

    assert bench.parts.fixes.source(ME, A, run.run_id, 2) is None
    with pytest.raises(NotFound, match="were not kept"):
        bench.parts.fixes.correct_label(ME, A, run.run_id, line=2, entry_id=2)
    assert bench.parts.fixes.add_phrasing(ME, A, run.run_id, line=2, question="open now", entry_id=1)


def test_a_big_dataset_is_saved_and_read_back_whole(bench: Bench) -> None:
    text = "question,expected_question\n" + "".join(f"question {i},Hours?\n" for i in range(12_000))

    ref = bench.save(text)
    changed = bench.save(text.replace("question 11999,Hours?", "question 11999,Jobs?"))

    assert len(bench.rows(ref)) == 12_000
    assert bench.rows(changed)[-1].content.meant == (2,)
    assert bench.stored_rows() == 12_001


def at_once(*calls: Callable[[], object]) -> list[object]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [done.result() for done in [threads.submit(call) for call in calls]]


def test_the_same_name_saved_twice_at_once_is_one_dataset(bench: Bench) -> None:
    preview = bench.preview()

    def save() -> DatasetRef:
        return bench.parts.datasets.save(ME, A, name="Shop", preview=preview, source="t.csv")

    refs = at_once(save, save, save, save)

    assert set(refs) == {DatasetRef(bench.only().dataset_id, 1)}
    assert bench.stored_rows() == 3


def test_labels_that_are_corrected_at_once_are_all_kept(bench: Bench) -> None:
    run = bench.run()

    def correct(line: int, entry_id: int | None) -> Callable[[], object]:
        return lambda: bench.parts.fixes.correct_label(ME, A, run.run_id, line=line, entry_id=entry_id)

    at_once(correct(2, 2), correct(3, None), correct(4, 1))

    ref = DatasetRef(bench.only().dataset_id, bench.only().version)
    assert ref.version == 4
    assert [row.content.meant for row in bench.rows(ref)] == [(2,), (), (1,)]
    assert all(row.labelled for row in bench.rows(ref))


def test_the_entries_that_a_kept_test_question_expects_are_known_and_those_with_the_same_answer(bench: Bench) -> None:
    questions, datasets = bench.parts.questions, bench.parts.datasets
    assert datasets.tested_entries(ME, A) == set()
    questions.save(
        ME,
        A,
        base_revision=1,
        changes=Changes(added=[{"question": "When?", "answer": "9 to 5"}, {"question": "Where?", "answer": "Here"}]),
    )

    ref = bench.save("question,expected_question\nopen now,Hours?\nhello,__fallback__\n")
    assert datasets.tested_entries(ME, A) == {1, 3}

    bench.save("question,expected_question\njobs,Jobs?\n", name="Others")
    assert datasets.tested_entries(ME, A) == {1, 2, 3}
    datasets.archive(ME, A, ref.dataset_id)
    assert datasets.tested_entries(ME, A) == {2}
