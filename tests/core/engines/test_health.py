from datetime import UTC, datetime, timedelta

import pytest

from core.engines.health import Health
from core.questions.policy import EngineKind, ModelSettings

A, B = "org-a", "org-b"
HERE = ModelSettings(engine=EngineKind.SERVER, base_url="https://a.example/v1", model="m")
THERE = ModelSettings(engine=EngineKind.SERVER, base_url="https://b.example/v1", model="m")
BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = BEGIN

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


@pytest.fixture
def health() -> Health:
    return Health(Clock(), size=2)


def test_a_failing_engine_is_told_with_its_last_reason_and_since_when(health: Health) -> None:
    health.failed(A, HERE, "First.", is_certain=True)
    health.failed(A, HERE, "Second.", is_certain=False)

    found = health.trouble(A, HERE)
    assert found is not None
    assert (found.reason, found.failures) == ("Second.", 2)
    assert found.last - found.since == timedelta(minutes=1)


def test_it_is_the_engine_of_one_org_and_of_one_server(health: Health) -> None:
    health.failed(A, HERE, "Away.", is_certain=True)

    assert health.trouble(B, HERE) is None
    assert health.trouble(A, THERE) is None
    assert health.trouble(A, ModelSettings()) is None
    health.answered(A, THERE)
    assert health.trouble(A, HERE) is not None
    health.answered(A, HERE)
    assert health.trouble(A, HERE) is None
    assert not health.is_any_failing()


def test_a_server_that_was_set_up_anew_is_no_longer_said_to_fail(health: Health) -> None:
    health.failed(A, HERE, "Refused the key.", is_certain=True)
    health.failed(B, HERE, "Refused the key.", is_certain=True)

    health.forget_server(A, HERE.base_url)

    assert health.trouble(A, HERE) is None
    assert health.trouble(B, HERE) is not None


def test_only_so_many_are_remembered(health: Health) -> None:
    for org_id in ("1", "2", "3"):
        health.failed(org_id, HERE, "Away.", is_certain=True)

    assert [org_id for org_id in ("1", "2", "3") if health.trouble(org_id, HERE)] == ["2", "3"]
