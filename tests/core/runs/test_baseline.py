from dataclasses import replace
from datetime import UTC, datetime

from core.runs.baseline import likeliest_first, usual_baseline
from core.runs.ledger import Run
from tests.core.runs.test_analysis import RUN


def run(run_id: str, hour: int, *, name: str = "n", dataset: str | None = None) -> Run:
    at = datetime(2026, 1, 1, hour, tzinfo=UTC)
    return replace(RUN, run_id=run_id, name=name, dataset_id=dataset, created_at=at)


def test_a_run_is_compared_with_the_last_earlier_one_of_the_same_test_questions() -> None:
    newer, other, same, older, oldest = (
        run("newer", 9, dataset="d"),
        run("other", 7, name="else", dataset="e"),
        run("same", 5, dataset="d"),
        run("older", 4, dataset="d"),
        run("oldest", 1),
    )
    now = run("now", 8, dataset="d")

    assert usual_baseline(now, [newer, now, other, same, older, oldest]) == same
    assert usual_baseline(now, [newer, other, oldest]) == oldest, "the same name comes before the last one"
    assert usual_baseline(replace(now, name="new"), [newer, other, oldest]) == other
    assert usual_baseline(now, [newer]) is None


def test_runs_of_the_same_test_questions_are_offered_first_then_those_of_the_same_name() -> None:
    other, named, same = run("other", 9, name="else", dataset="e"), run("named", 7), run("same", 5, dataset="d")

    assert likeliest_first(run("now", 8, dataset="d"), [other, named, same]) == [same, named, other]
    assert likeliest_first(run("now", 8), [other, named]) == [named, other], "no dataset is not the same dataset"
