"""What a first start makes in the demo orgs, beside the entries: test questions, and two evaluations to compare."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.audit.event import EventKind
from core.bootstrap import Frontline, build
from core.errors import FileRejected, FrontlineError
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.questions.policy import EngineKind
from core.questions.service import Questions
from core.runs.ledger import Run, Status
from core.samples import demo_entries, demo_orgs, sample_questions
from core.samples.demo_orgs import COMPANIES, EVALUATIONS, TEST_QUESTIONS
from core.settings import EngineSettings, Settings
from core.statistics.verdict import Verdict
from core.storage.datasets import SqlDatasetStore
from core.storage.runs import SqlRunStore
from tests import tutorial
from tests.conftest import put_model

Start = Callable[..., Frontline]
BROKEN = "the process ends here"
SAVES = 4
"""Of entries, two in each org: a start waits for them."""


@pytest.fixture
def start(database_url: str, tmp_path: Path, prepared_model: Path) -> Iterator[Start]:
    """A process that starts on the one database and makes all of it, but answers no rows unless told to."""
    put_model(prepared_model, tmp_path)
    started: list[Frontline] = []

    def begin(*, tests: bool = True, model_dir: Path | None = None, engine: EngineSettings | None = None) -> Frontline:
        parts = build(Settings(data_dir=tmp_path, database_url=database_url, model_dir=model_dir, engine=engine))
        started.append(parts)
        if tests:
            made(parts)
        return parts

    yield begin
    for parts in started:
        parts.stop()


def ended(parts: Frontline, org_id: str) -> list[Run]:
    """The org's evaluations, once both are there and done."""
    end = time.monotonic() + 120
    while True:
        runs = parts.runs.listed(OWNER, org_id)
        if len(runs) >= len(EVALUATIONS) and not any(run.active for run in runs):
            return runs
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)


def made(parts: Frontline) -> None:
    """Make the demo's tests, whose rows nobody answers."""
    assert parts.demo is not None
    parts.demo.begin_tests(then=lambda: None)
    parts.demo.close()


def has_all_once(parts: Frontline) -> None:
    for org_id, company in COMPANIES.items():
        runs = parts.runs.listed(OWNER, org_id)
        history = parts.questions.history(OWNER, org_id)
        assert [(one.number, one.added, one.edited) for one in history] == [
            (2, 0, len(demo_entries(company))),
            (1, len(demo_entries(company)), 0),
        ]
        assert [(one.name, one.version, one.rows) for one in parts.datasets.listed(OWNER, org_id)] == [
            (TEST_QUESTIONS, 1, 150)
        ]
        assert [(run.revision, run.name) for run in runs] == sorted(EVALUATIONS.items(), reverse=True)
        events = [event for event in parts.audit.events(OWNER, org_id) if event.actor == "Frontline"]
        assert [(event.what, event.details) for event in reversed(events)] == [
            (EventKind.TESTS_SAVED, f"“{TEST_QUESTIONS}”, 150 rows"),
            *((EventKind.RUN_STARTED, f"“{name}”, 150 questions") for name in EVALUATIONS.values()),
        ]


def test_a_first_start_makes_an_evaluation_before_the_phrasings_and_one_with_them(start: Start) -> None:
    parts = start(tests=False)

    parts.start()

    for org_id in COMPANIES:
        right = {}
        for run in ended(parts, org_id):
            assert (run.status, run.finished, run.total) == (Status.DONE, 150, 150)
            summary = parts.runs.summary(OWNER, org_id, run.run_id)
            assert summary.count(Verdict.FAILED) == 0
            right[run.revision] = summary.count(Verdict.RIGHT)
        assert right[1] < right[2]
    has_all_once(parts)


def test_phrasings_are_what_the_second_revision_adds(start: Start) -> None:
    parts = start(tests=False)

    for org_id, company in COMPANIES.items():
        before, after = (parts.questions.table(OWNER, org_id, revision).entries for revision in (1, 2))
        assert not any(entry.alternates for entry in before)
        assert [list(entry.alternates) for entry in after] == [one["alternates"] for one in demo_entries(company)]
        assert parts.publishing.state(OWNER, org_id).live == 2


def test_another_start_makes_nothing_again_whatever_people_did_with_it(start: Start) -> None:
    first = start()
    kept = {org_id: first.datasets.listed(OWNER, org_id)[0] for org_id in COMPANIES}
    first.datasets.rename(OWNER, CLOTHING_ORG, kept[CLOTHING_ORG].dataset_id, "Ours")
    first.datasets.archive(OWNER, PHONE_ORG, kept[PHONE_ORG].dataset_id)
    first.stop()

    second = start()

    assert [one.name for one in second.datasets.listed(OWNER, CLOTHING_ORG)] == ["Ours"]
    assert second.datasets.listed(OWNER, PHONE_ORG) == []
    assert [len(second.runs.listed(OWNER, org_id)) for org_id in COMPANIES] == [2, 2]


@pytest.mark.parametrize("step", [2, 5, 6, 7], ids=["second save", "test questions", "evaluation", "next evaluation"])
def test_a_start_that_ended_at_any_step_is_finished_by_the_next(
    start: Start, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    done = 0
    with monkeypatch.context() as patch:
        for owner, name in ((Questions, "save"), (SqlDatasetStore, "create"), (SqlRunStore, "create")):
            original = getattr(owner, name)

            def breaking(*args: object, original: Callable[..., object] = original, **named: object) -> object:
                nonlocal done
                done += 1
                if done >= step:
                    raise FrontlineError(BROKEN)
                return original(*args, **named)

            patch.setattr(owner, name, breaking)
        with pytest.raises(FrontlineError, match=BROKEN) if step <= SAVES else contextlib.nullcontext():
            start().stop()
    assert done >= step

    has_all_once(start())


def test_a_process_that_ends_while_it_makes_them_says_so_in_a_line_and_the_next_makes_them(
    start: Start, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def ended(*_: object, **__: object) -> None:
        raise FileRejected(BROKEN)  # what reads the file was ended with this process

    with monkeypatch.context() as patch:
        patch.setattr(demo_orgs, "read_table", ended)
        start().stop()

    (line,) = (record for record in caplog.records if record.name == demo_orgs.__name__)
    assert (line.exc_info, line.getMessage().count("the next start tries again")) == (None, 1)
    has_all_once(start())


def test_several_processes_that_start_at_once_make_everything_once(start: Start) -> None:
    all_built = threading.Barrier(3)
    failures: list[BaseException] = []

    def first_start() -> None:
        try:
            parts = start(tests=False)
            all_built.wait()
            made(parts)
        except BaseException as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=first_start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    has_all_once(start())


def test_a_person_who_edits_at_once_loses_nothing(start: Start) -> None:
    parts = start(tests=False)
    mine = Changes(edited={1: {"answer": "Nine to five."}}, deleted=frozenset({2}))
    parts.questions.save(ADMIN, CLOTHING_ORG, base_revision=2, changes=mine)

    made(parts)

    runs = parts.runs.listed(OWNER, CLOTHING_ORG)
    assert sorted(run.revision for run in runs) == [1, 2]
    assert [len(parts.runs.results(OWNER, CLOTHING_ORG, run.run_id).ledger) for run in runs] == [150, 150]
    table = parts.questions.table(OWNER, CLOTHING_ORG)
    assert table.revision == 3
    assert table.entries[0].answer == "Nine to five."


def test_an_org_that_somebody_saved_in_before_stays_as_it_is(start: Start, database_url: str) -> None:
    tutorial.fill(database_url)

    parts = start()

    for org_id in COMPANIES:
        assert parts.questions.newest_revision(OWNER, org_id) == 1
        assert parts.datasets.listed(OWNER, org_id) == []
        assert parts.runs.listed(OWNER, org_id) == []


def test_without_weights_the_rest_is_there_and_the_evaluations_come_with_them(start: Start, tmp_path: Path) -> None:
    without = start(model_dir=tmp_path / "nowhere")
    assert [one.rows for one in without.datasets.listed(OWNER, CLOTHING_ORG)] == [150]
    assert without.runs.listed(OWNER, CLOTHING_ORG) == []
    without.stop()

    has_all_once(start())


def test_no_model_server_is_asked(start: Start) -> None:
    parts = start(engine=EngineSettings(base_url="http://127.0.0.1:9/v1", key="k", model="costly"))

    for run in parts.runs.listed(OWNER, CLOTHING_ORG):
        assert run.policy.model.engine is EngineKind.BUILT_IN
        assert run.engine.startswith("Built-in")


@pytest.mark.parametrize("company", COMPANIES.values())
def test_the_texts_that_ship_hold_what_they_promise(company: str) -> None:
    entries = demo_entries(company)
    rows = sample_questions(company).decode("utf-8").splitlines()

    assert len(entries) >= 30
    assert len(rows) == 151
    phrasings = Counter(text.casefold() for one in entries for text in (one["question"], *one["alternates"]))
    assert max(phrasings.values()) == 1, "no phrasing stands at two entries"
    asked = {row.split(",")[0].casefold() for row in rows}
    assert not asked & phrasings.keys(), "no test question is a phrasing"
