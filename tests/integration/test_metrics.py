"""What ``/metrics`` tells Prometheus, to whom, and what it never tells."""

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.answering import Answering
from core.api import server
from core.api.worker_figures import served
from core.bootstrap import Frontline
from core.clock import now
from core.commands import worker
from core.engines.health import Health
from core.errors import ConfigurationError
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.operation.metrics import Metrics
from core.questions.entry import Published
from core.runs.worker import RunWorker
from core.settings import Settings
from core.storage.database import Database
from core.storage.figures import SqlFigures
from core.storage.jobs import SqlJobs
from tests.conftest import free_port
from tests.durable import answers
from tests.fakes import LiteralEngine, OnlyEngine
from tests.integration.test_runs import ORG, Bench, ended, wait_for
from tests.sample_databases import fill
from tests.tutorial import build

TOKEN = "a-token-of-prometheus"
Told = dict[tuple[str, tuple[str, ...]], float]


def told(text: str) -> Told:
    return {
        (one.name, tuple(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


@pytest.fixture
def frontline(tmp_path: Path) -> Iterator[Frontline]:
    parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}", metrics_token=TOKEN))
    yield parts
    parts.stop()


def client(frontline: Frontline) -> TestClient:
    return TestClient(Starlette(routes=server.routes(frontline)))


OTHERS = (b"", b"Bearer", b"Bearer x", b"Basic " + TOKEN.encode(), TOKEN.encode(), b"Bearer \xe4")


@pytest.mark.parametrize("given", [None, *OTHERS])
def test_only_its_own_token_opens_it(frontline: Frontline, given: bytes | None) -> None:
    headers = [] if given is None else [(b"Authorization", given)]

    response = client(frontline).get("/metrics", headers=headers)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    assert "frontline_" not in response.text


def test_with_the_token_prometheus_can_read_it(frontline: Frontline) -> None:
    response = client(frontline).get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain; version=")
    assert told(response.text)["frontline_database_up", ()] == 1
    assert ("process_resident_memory_bytes", ()) in told(response.text)


def test_without_a_token_in_the_settings_there_is_none(tmp_path: Path) -> None:
    parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'test.db'}"))

    response = client(parts).get("/metrics", headers={"Authorization": "Bearer "})
    parts.stop()

    assert response.status_code == 404


def test_a_short_token_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="FRONTLINE_METRICS_TOKEN"):
        Settings.from_environment({"FRONTLINE_METRICS_TOKEN": "short"})


def test_answers_handoffs_and_failures_are_counted_apart(database: Database) -> None:
    bench, metrics = Bench(database), Metrics(SqlFigures(database), now)
    engines = OnlyEngine(LiteralEngine())
    table = bench.questions_store.newest(ORG)

    class Live:
        def live(self, org_id: str) -> Published:
            return table

    answering = Answering(bench.access, Live(), engines, bench.spending, Health(now), heard=metrics.heard)

    for question in ("Are you hiring?", "What are your hours?", "Who are you?", "please fail"):
        answering.ask(MEMBER, ORG, question)
    answering.ask(OWNER, ORG, "Are you hiring?", trial=table)

    found = told(metrics.text().decode())
    assert found["frontline_questions_total", ("answered", "live")] == 2
    assert found["frontline_questions_total", ("handoff", "live")] == 1
    assert found["frontline_questions_total", ("failed", "live")] == 1
    assert found["frontline_questions_total", ("answered", "draft")] == 1
    assert found["frontline_question_seconds_count", ("deployment", "live")] == 3


def test_rows_of_evaluations_are_counted_and_so_is_the_queue(database: Database) -> None:
    bench, metrics = Bench(database), Metrics(SqlFigures(database), now)
    run_worker = RunWorker(
        store=bench.store,
        questions=bench.questions_store,
        engines=OnlyEngine(LiteralEngine()),
        access=bench.access,
        spending=bench.spending,
        jobs=SqlJobs(database),
        heard=metrics.heard,
    )
    runs = bench.runs(LiteralEngine())
    bench.workers[0].stop()
    run = bench.start(runs)
    before = told(metrics.text().decode())
    run_worker.start()
    ended(runs, run)
    run_worker.stop()

    after = told(Metrics(SqlFigures(database), now).text().decode())
    assert (before["frontline_runs", ("queued",)], before["frontline_queue_rows", ()]) == (1, 7)
    assert (after["frontline_runs", ("done",)], after["frontline_queue_rows", ()]) == (1, 0)
    counted = told(metrics.text().decode())
    outcomes = {name: counted["frontline_questions_total", (name, "run")] for name in ("answered", "handoff", "failed")}
    assert outcomes == {"answered": 3, "handoff": 3, "failed": 1}


def test_no_figure_names_an_org_a_person_or_a_text(database: Database) -> None:
    with database.write(every_org=True) as connection:
        fill(connection)

    text = Metrics(SqlFigures(database), now).text().decode()

    assert CLOTHING_ORG not in text
    families = text_string_to_metric_families(text)
    assert {label for family in families for one in family.samples for label in one.labels} <= {
        *("status", "direction", "generation"),
        *("implementation", "major", "minor", "patchlevel", "version"),
    }


def test_a_database_that_is_away_is_a_figure_too() -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")

    found = told(Metrics(SqlFigures(away), now).text().decode())
    away.close()

    assert found["frontline_database_up", ()] == 0
    assert ("frontline_queue_rows", ()) not in found


@pytest.mark.postgresql
def test_a_worker_tells_its_own_figures_where_it_is_told_to_and_ends_when_asked(
    migrated_postgresql_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "FRONTLINE_DATA_DIR": str(tmp_path),
        "DATABASE_URL": migrated_postgresql_url,
        "FRONTLINE_METRICS_TOKEN": TOKEN,
    }.items():
        monkeypatch.setenv(name, value)
    port, stopping = free_port(), threading.Event()
    working = threading.Thread(target=worker.work, args=(stopping, ("127.0.0.1", port)))
    working.start()
    site = f"http://127.0.0.1:{port}"
    try:
        answers(f"{site}/live")
        wait_for(lambda: httpx.get(f"{site}/ready").status_code == 200)
        refused = httpx.get(f"{site}/metrics")
        opened = httpx.get(f"{site}/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    finally:
        stopping.set()
        working.join()

    assert refused.status_code == 401
    assert told(opened.text)["frontline_database_up", ()] == 1
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{site}/live")


def test_a_worker_tells_nothing_without_a_token_or_at_an_address_in_use(frontline: Frontline) -> None:
    without_token = replace(frontline, settings=replace(frontline.settings, metrics_token=None))
    with pytest.raises(ConfigurationError, match="set FRONTLINE_METRICS_TOKEN"), served(without_token, "127.0.0.1", 0):
        pass
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigurationError, match="nothing can listen"), served(frontline, "127.0.0.1", port):
            pass
