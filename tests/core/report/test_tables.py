import io
from dataclasses import replace
from zoneinfo import ZoneInfo

import openpyxl
import pandas as pd

from core.questions.policy import ModelSettings, Policy
from core.report import tables
from core.report.figures import NAMES
from core.report.report import Report
from core.report.sections import sections
from core.runs.run_usage import RunUsage
from tests.core.report.runs import RUN, ended, random_run, row


def test_a_row_has_everything_that_is_known_of_it() -> None:
    others = {"channel": "web", "Score": "5 stars"}
    extra = {"tags": ["a", "b"], "split": "test", "note": "why", "group": "g", "others": others}
    spent = {"sent": 900, "received": 3, "cached": 800, "nano_usd": 1_500_000, "reused": False, "offered": True}
    asked = row("q", 1, 2, confidence=0.8, best=2, extra=extra, score=0.8, phrasing="two?", **spent)

    (line,) = ended(asked).results.whole_table().to_dict("records")

    assert line == {
        "Line": 2,
        "Question": "q",
        "Outcome": "Wrong entry",
        "Expected": "Question 1?",
        "Given": "Question 2?",
        "Confidence": 0.8,
        "Nearest question": "Question 2?",
        "Nearest phrasing": "two?",
        "Answer given": "Answer 2.",
        "Time (ms)": 10.0,
        "Problem": "",
        "Threshold": 0.0,
        "Expected as given": "1",
        "Expected No.": "1",
        "Named No.": "",
        "Given No.": 2,
        "Nearest No.": 2,
        "Score": 0.8,
        "Tags": "a, b",
        "Split": "test",
        "Note": "why",
        "Group": "g",
        "Tokens sent": 900,
        "Tokens received": 3,
        "Tokens from cache": 800,
        "Cost (USD)": 0.0015,
        "Kept reply": "no",
        "Expected was offered": "yes",
        "channel": "web",
        "Score (file)": "5 stars",
    }


def test_the_workbook_has_a_sheet_each_for_rows_metrics_and_settings() -> None:
    found = random_run(4, 50)

    book = openpyxl.load_workbook(io.BytesIO(tables.workbook(found)))

    assert book.sheetnames == ["Rows", "Metrics", "Settings"]
    assert [cell.value for cell in book["Metrics"]["A"][1:]] == list(NAMES)
    assert book["Rows"].max_row == 51
    for sheet in book:
        heads = [cell.value for cell in sheet[1]]
        assert None not in heads
        assert len(set(heads)) == len(heads)


def test_the_rows_found_are_what_the_csv_holds() -> None:
    found = random_run(4, 50)

    shown = pd.read_csv(io.BytesIO(tables.csv(found, found.results.places()[10:13])))

    assert shown["Line"].tolist() == [12, 13, 14]


def test_settings_that_are_not_the_usual_ones_are_told() -> None:
    policy = Policy(strictness=0.05, model=ModelSettings(min_confidence=0.5, description="We sell hats."))

    told = dict(tables.settings(replace(ended(row("q", 1, 1)).results, run=replace(RUN, policy=policy))))

    assert told["How careful the bot is"] == "More careful"
    assert told["What the company does"] == "We sell hats."
    assert told["Answers from this confidence on"] == "55 %"
    assert "Calls at once" not in told


def test_kept_test_questions_are_told_by_their_name() -> None:
    results = ended(row("q", 1, 1), run=replace(RUN, dataset_id="8c1f-id", dataset_version=2)).results

    told = dict(tables.settings(replace(results, tested="Opening hours")))

    assert told["Test questions"] == "“Opening hours”, version 2"
    assert "8c1f-id" not in "".join(told.values())


def test_a_report_and_a_workbook_tell_moments_on_the_clocks_of_who_takes_them_away() -> None:
    analysis, here = ended(row("q", 1, 1)), ZoneInfo("America/Sao_Paulo")
    report = Report(analysis=analysis, took=RunUsage(), zone=here)

    told = "\n".join(sentence for section in sections(report) for sentence in section.sentences)
    sheet = openpyxl.load_workbook(io.BytesIO(tables.workbook(analysis, zone=here)))["Settings"]

    assert "started it on 31 Dec 2025, 21:00 UTC−3." in told
    assert dict(sheet.iter_rows(values_only=True))["Started"] == "31 Dec 2025, 21:00 UTC−3"
    assert dict(tables.settings(analysis.results))["Started"] == "1 Jan 2026, 00:00 UTC"
