"""The parts put together as a deployment does, on real databases."""

import csv
import threading
from pathlib import Path

import pytest

from core.bootstrap import Frontline, build
from core.errors import ConfigurationError
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.samples import demo_entries
from core.samples.demo_orgs import COMPANIES
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import claim, migrate

DATA = Path(__file__).resolve().parents[1] / "data"


def settings(database_url: str, tmp_path: Path) -> Settings:
    return Settings(data_dir=tmp_path / "data", database_url=database_url)


def test_a_first_start_makes_the_demo_orgs_with_the_tutorials_answers(database_url: str, tmp_path: Path) -> None:
    parts = build(settings(database_url, tmp_path))

    for org_id, company in COMPANIES.items():
        entries = parts.questions.table(OWNER, org_id).entries
        with (DATA / "tutorial_entries.csv").open(encoding="utf-8", newline="") as file:
            expected = [(r["question"], r["answer"]) for r in csv.DictReader(file) if r["org"] == company]
        assert [(entry.question, entry.answer) for entry in entries][: len(expected)] == expected
        assert len(entries) >= 30
        assert all(len(entry.alternates) >= 3 for entry in entries)
        assert parts.sample_questions(org_id)
    parts.stop()


def test_a_second_start_changes_nothing(database_url: str, tmp_path: Path) -> None:
    first = build(settings(database_url, tmp_path))
    first.questions.save(OWNER, PHONE_ORG, base_revision=2, changes=Changes(deleted=frozenset({1})))
    first.stop()

    second = build(settings(database_url, tmp_path))

    assert second.questions.newest_revision(MEMBER, CLOTHING_ORG) == 2
    assert 1 not in {entry.id for entry in second.questions.table(MEMBER, PHONE_ORG).entries}
    second.stop()


def test_two_first_starts_at_once_make_the_orgs_once(database_url: str, tmp_path: Path) -> None:
    made: list[Frontline] = []
    failures: list[Exception] = []

    def start() -> None:
        try:
            made.append(build(settings(database_url, tmp_path)))
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert len(made[0].questions.table(OWNER, CLOTHING_ORG).entries) == len(demo_entries("clothing"))
    assert made[0].questions.newest_revision(OWNER, CLOTHING_ORG) == 2
    for parts in made:
        parts.stop()


def test_a_database_of_real_accounts_is_not_opened_with_the_demo_sign_in(database_url: str, tmp_path: Path) -> None:
    database = Database(database_url)
    migrate(database)
    claim(database, "propelauth")
    database.close()

    with pytest.raises(ConfigurationError, match="propelauth"):
        build(settings(database_url, tmp_path))


def test_starting_and_stopping_twice_does_no_harm(database_url: str, tmp_path: Path) -> None:
    parts = build(settings(database_url, tmp_path))

    parts.start()
    parts.start()
    parts.stop()
    parts.stop()
