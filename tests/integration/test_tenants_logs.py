"""What goes wrong, and a library whose log is turned up, writes no stored text, question or key into the log."""

import logging
from pathlib import Path

import pytest

from core.engines.protocol import Decision
from core.errors import EngineFailed
from core.questions.entry import Published
from core.storage.database import Database
from tests.api_bench import ORGS as API_ORGS
from tests.api_bench import Bench, canary
from tests.fakes import LiteralEngine
from tests.integration.tenants import KEYS, ORGS, A, Roles, fill, installation, owner, settled

EVERY_LIBRARY = ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "alembic", "httpx", "starlette", "fastapi")


def lines(caplog: pytest.LogCaptureFixture) -> list[str]:
    return [f"{record.name}: {record.getMessage()} {record.exc_text or ''}" for record in caplog.records]


@pytest.fixture
def loud(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Every logger at DEBUG, those too that keep a level of their own; before anything is built."""
    for name in (None, *EVERY_LIBRARY):
        caplog.set_level(logging.DEBUG, logger=name)
    return caplog


def test_a_log_of_the_database_at_debug_holds_no_row(
    loud: pytest.LogCaptureFixture, migrated_url: str, tmp_path: Path
) -> None:
    with installation(migrated_url, tmp_path, Roles()) as parts:
        fill(parts, A)
        parts.questions.table(owner(A), A)
        settled(parts)
    told = lines(loud)

    assert any(line.startswith("sqlalchemy.engine.Engine: SELECT") for line in told)
    assert [line[:200] for line in told if any(secret in line for secret in (*ORGS.values(), *KEYS.values()))] == []


def test_a_request_of_the_api_leaves_neither_its_question_nor_an_answer_in_the_log(
    loud: pytest.LogCaptureFixture, database: Database
) -> None:
    bench = Bench(database)
    bench.fill()
    for question in ("What is the canary?", "somebody's own words", "this will fail"):
        bench.send("POST", "/api/v1/orgs/org-a/answers", json={"question": question})
    bench.send("GET", "/api/v1/orgs/org-a/entries")
    bench.send("POST", "/api/v1/orgs/org-a/answers", json={"question": 5, "somebody's own words": 1})
    bench.close()
    secrets = ["What is the canary?", "somebody's own words", "this will fail", *map(canary, API_ORGS)]

    assert [line[:200] for line in lines(loud) if any(secret in line for secret in secrets)] == []


class Unsteady(LiteralEngine):
    """Fails at each question that is no stored phrasing."""

    def decide(self, question: str, published: Published) -> Decision:
        found = super().decide(question, published)
        if found.entry_id is None:
            raise EngineFailed("The engine did not answer.")
        return found


def test_a_question_that_the_engine_fails_at_is_not_in_the_log(
    loud: pytest.LogCaptureFixture, migrated_url: str, tmp_path: Path
) -> None:
    with installation(migrated_url, tmp_path, Roles(), Unsteady()) as parts:
        facts = fill(parts, A)
        settled(parts)
        summary = parts.runs.summary(owner(A), A, facts.run.run_id)
        parts.answering.ask(owner(A), A, "somebody's own words")

    assert "failed" in repr(summary)
    assert [line[:200] for line in lines(loud) if "own words" in line or ORGS[A] in line] == []
