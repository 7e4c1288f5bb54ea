import json
from dataclasses import replace

from core.report.figures import NAMES
from core.report.json_figures import as_json
from core.report.report import Against, Report
from core.runs.run_usage import RunUsage
from core.statistics.comparison import compare
from tests.core.report.runs import RUN, ended, random_run, row


def test_a_program_finds_run_figures_cost_and_comparison() -> None:
    after, before = random_run(1, 200), random_run(1, 200, run=replace(RUN, run_id="before"))
    against = Against(baseline=before, comparison=compare(before.rows, after.rows))
    took = RunUsage(asked=10, sent=1_000, received=20, nano_usd=1_500_000_000)

    told = json.loads(as_json(Report(analysis=after, took=took, against=against)))

    assert told["run"]["run_id"] == "run"
    assert list(told["metrics"]) == list(NAMES)
    assert told["took"]["usd"] == 1.5
    assert told["comparison"]["ruling"] == "unclear"
    assert (told["comparison"]["fixed"], told["comparison"]["broken"]) == (0, 0)


def test_what_there_is_not_is_null() -> None:
    told = json.loads(as_json(Report(analysis=ended(row("a", "", None, confidence=None)), took=RunUsage())))

    assert told["metrics"]["accuracy"]["value"] is None
    assert told["comparison"] is None
