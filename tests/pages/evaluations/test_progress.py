"""What is said of a run that is under way."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from core.questions.policy import Policy
from core.runs.ledger import Run, Status
from pages.evaluations.progress import in_words

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)
RUN = Run(
    org_id="org",
    run_id="run",
    name="x.csv",
    revision=1,
    policy=Policy(),
    engine="m",
    engine_version="m 1",
    author_id="u",
    author="Olivia",
    created_at=AT,
    total=5_000,
)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "0 of 5,000 questions · waiting to start"),
        ({"going_since": AT}, "0 of 5,000 questions · getting the engine ready"),
        ({"going_since": AT, "finished": 1_000}, "1,000 of 5,000 questions · 100 a second · about 40 seconds left"),
        ({"status": Status.PAUSING, "finished": 3}, "3 of 5,000 questions · pausing…"),
        ({"status": Status.PAUSED, "finished": 3}, "3 of 5,000 questions · paused"),
        ({"status": Status.CANCELLING, "finished": 3}, "3 of 5,000 questions · stopping…"),
    ],
)
def test_how_far_a_run_is_how_fast_and_how_long_still(changes: dict[str, object], words: str) -> None:
    assert in_words(replace(RUN, **changes), AT + timedelta(seconds=10)) == words


def test_a_pause_counts_neither_for_the_rate_nor_for_the_time_that_is_left() -> None:
    resumed = replace(RUN, started_at=AT - timedelta(days=1), going_since=AT, finished=2_100, finished_before=2_000)

    assert (
        in_words(resumed, AT + timedelta(seconds=10)) == "2,100 of 5,000 questions · 10 a second · about 5 minutes left"
    )
