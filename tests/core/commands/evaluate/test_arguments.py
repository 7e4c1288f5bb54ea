from pathlib import Path

import pytest

from core.commands.evaluate.arguments import arguments
from core.datasets.columns import ExpectedKind
from core.files.table import NO_HEADINGS, ReadingChoices

NEEDED = ["--org", "o", "--dataset", "folder/faq.csv"]


def test_the_least_is_an_org_and_a_file() -> None:
    asked = arguments(NEEDED)

    assert (asked.org, asked.dataset, asked.name) == ("o", Path("folder/faq.csv"), "faq.csv")
    assert (asked.columns, asked.bounds, asked.outputs, asked.timeout) == ({}, (), {}, None)


def test_columns_bounds_and_files_may_be_given_together_or_one_by_one(tmp_path: Path) -> None:
    columns = ["--column", "question=What", "expected=Right reply", "--column", "tags=Kind"]
    bounds = ["--fail-under", "accuracy=0.9", "--fail-over", "failed=0", "wrong_answers.high=0.1"]
    files = ["--junit", str(tmp_path / "a.xml"), "--json", str(tmp_path / "a.json")]

    asked = arguments([*NEEDED, *columns, *bounds, *files, "--expected-kind", "id"])

    assert asked.columns == {"question": "What", "expected": "Right reply", "tags": "Kind"}
    assert [(one.called, one.least) for one in asked.bounds] == [
        ("accuracy", True),
        ("failed", False),
        ("wrong_answers.high", False),
    ]
    assert list(asked.outputs) == ["junit", "json"]
    assert asked.expected_kind is ExpectedKind.ID


def test_how_the_file_is_read_may_be_said() -> None:
    asked = arguments([*NEEDED, "--sheet", "Tests", "--key", "tests", "--headings", "3"])

    assert asked.reading == ReadingChoices(sheet="Tests", key="tests", headings=3)
    assert arguments([*NEEDED, "--headings", "none"]).reading == ReadingChoices(headings=NO_HEADINGS)
    assert arguments(NEEDED).reading == ReadingChoices()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ([*NEEDED, "--headings", "first"], "no number of a line"),
        (["--org", "o"], "--dataset"),
        ([*NEEDED, "--column", "colour=red"], "the role is one of question"),
        ([*NEEDED, "--column", "question"], "ROLE=HEADING"),
        ([*NEEDED, "--fail-under", "accuracy=2"], "0.9 for 90 %"),
        ([*NEEDED, "--fail-if-worse"], "--fail-if-worse needs --baseline"),
        ([*NEEDED, "--html", "/nowhere/at/all.html"], "there is no folder"),
        ([*NEEDED, "--timeout", "0"], "is no number of seconds"),
        ([*NEEDED, "--expected-kind", "colour"], "is none of auto"),
    ],
)
def test_a_wrong_command_ends_with_status_2_and_says_why(
    given: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(given)

    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_the_help_names_every_figure_status_and_who_acts(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments(["--help"])

    told = capsys.readouterr().out
    assert ended.value.code == 0
    for words in ("macro_f1", "exit status: 0", "FRONTLINE_TOKEN", "--fail-under"):
        assert words in told
