"""Import and export of an org's table on a real database, with files read as uploads are."""

import io

import pandas as pd
import pytest

from core.errors import AccessDenied, InvalidInput
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER, DemoDirectory
from core.questions.changes import Changes
from core.questions.revisions import EditConflict
from core.questions.service import Questions
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from core.transfer.exporting import FORMATS
from core.transfer.options import Options
from core.transfer.plan import Outcome
from core.transfer.service import Transfer, counts_told, rejected_rows, require_all

ORG = CLOTHING_ORG
FILE = b"question,answer\nHours?,10 to 6\nNew?,Yes\nLong?,%b\n" % (b"x" * 5001)


@pytest.fixture
def questions(database: Database) -> Questions:
    found = Questions(Access(DemoDirectory()), SqlQuestionStore(database))
    rows = ({"question": "Hours?", "answer": "9 to 5", "tags": ["t"]}, {"question": "Jobs?", "answer": "=Yes"})
    found.save(OWNER, ORG, base_revision=0, changes=Changes(added=rows))
    return found


@pytest.fixture
def transfer(questions: Questions) -> Transfer:
    return Transfer(access=Access(DemoDirectory()), questions=questions)


def test_an_import_is_one_save_with_its_note_and_leaves_drafts_alone(transfer: Transfer, questions: Questions) -> None:
    draft = Changes(edited={2: {"answer": "No"}})
    questions.keep_draft(ADMIN, ORG, base_revision=1, changes=draft)
    found = transfer.read(ADMIN, ORG, [("faq.csv", FILE)])

    made = transfer.plan(ADMIN, ORG, found, Options())
    revision = transfer.apply(ADMIN, ORG, made, note="From the shop")

    assert counts_told(made) == "1 new, 1 changed, 1 cannot be used"
    assert revision is not None
    assert (revision.number, revision.added, revision.edited, revision.note) == (2, 1, 1, "From the shop")
    assert [entry.answer for entry in questions.table(OWNER, ORG).entries] == ["10 to 6", "=Yes", "Yes"]
    assert [kept.changes for kept in questions.drafts(ADMIN, ORG)] == [draft]


def test_nothing_is_imported_where_somebody_saved_one_of_the_entries_meanwhile(
    transfer: Transfer, questions: Questions
) -> None:
    made = transfer.plan(ADMIN, ORG, transfer.read(ADMIN, ORG, [("faq.csv", FILE)]), Options())
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "Closed"}}))

    with pytest.raises(EditConflict):
        transfer.apply(ADMIN, ORG, made)

    assert questions.newest_revision(OWNER, ORG) == 2
    again = transfer.plan(ADMIN, ORG, transfer.read(ADMIN, ORG, [("faq.csv", FILE)]), Options())
    assert transfer.apply(ADMIN, ORG, again) is not None


def test_rows_that_cannot_be_used_come_back_as_a_file_with_their_reasons(transfer: Transfer) -> None:
    made = transfer.plan(ADMIN, ORG, transfer.read(ADMIN, ORG, [("faq.csv", FILE)]), Options())

    table = pd.read_csv(io.BytesIO(rejected_rows(made)), dtype=str)

    assert table.to_dict("records") == [
        {
            "Where in the file": "line 4",
            "Why not imported": "Answer has 5,001 characters; 5,000 is the limit.",
            "question": "Long?",
            "answer": "x" * 5001,
        }
    ]
    with pytest.raises(InvalidInput, match=r"line 4, Row: Answer has 5,001"):
        require_all(made)
    mended = transfer.read(ADMIN, ORG, [("rejected.csv", rejected_rows(made).replace(b"x" * 5001, b"short"))])
    assert transfer.plan(ADMIN, ORG, mended, Options()).counts[Outcome.NEW] == 1


@pytest.mark.parametrize("key", FORMATS)
def test_an_export_is_read_again_as_any_upload_is(transfer: Transfer, questions: Questions, key: str) -> None:
    before = questions.table(MEMBER, ORG).entries
    exported = transfer.export(MEMBER, ORG, FORMATS[key])

    found = transfer.read(OWNER, ORG, [(f"table.{FORMATS[key].suffix}", exported.data)])
    made = transfer.plan(OWNER, ORG, found, Options())

    assert exported.revision == 1
    if key == "dialogflow_es":  # which says so: a formula gets an apostrophe that stays
        assert made.changes.edited == {2: {"answer": "'=Yes"}}
    else:
        assert not made.changes
        assert len(made.of(Outcome.SAME)) == len(before)


def test_who_may_not_edit_may_not_import(transfer: Transfer) -> None:
    with pytest.raises(AccessDenied):
        transfer.read(MEMBER, ORG, [("faq.csv", FILE)])
    found = transfer.read(OWNER, ORG, [("faq.csv", FILE)])
    with pytest.raises(AccessDenied):
        transfer.plan(MEMBER, ORG, found, Options())
    made = transfer.plan(OWNER, ORG, found, Options())
    with pytest.raises(AccessDenied):
        transfer.apply(MEMBER, ORG, made)
