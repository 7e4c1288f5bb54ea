"""``python -m core import`` and ``export``: what they write, what they say, and with which status they end."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.__main__ import main
from core.bootstrap import _frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.entry import Entry
from core.settings import Settings
from tests.tutorial import build, fill_folder

ROOT = Path(__file__).resolve().parents[2]
ORG = "Northwind Clothing"
FILE = "question,answer\nDo you sell gift cards?,Yes.\nAre you currently hiring?,Not now.\n"
BAD = FILE + ",No question\n"

Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def call(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls a command within this process, on a data folder with the tutorial's entries."""
    for name in os.environ:
        if name.startswith(("FRONTLINE_", "PROPELAUTH_", "DATABASE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    fill_folder(tmp_path / "data")
    (tmp_path / "faq.csv").write_text(FILE)
    (tmp_path / "bad.csv").write_text(BAD)
    monkeypatch.chdir(tmp_path)

    def called(*arguments: str) -> "subprocess.CompletedProcess[str]":
        _frontline.cache_clear()
        try:
            status = main([arguments[0], "--org", ORG, *arguments[1:]])
        finally:
            _frontline.cache_clear()
        told = capsys.readouterr()
        return subprocess.CompletedProcess(arguments, status, told.out, told.err)

    return called


def entries() -> tuple[int, list[Entry]]:
    parts = build(Settings.from_environment())
    try:
        table = parts.questions.table(OWNER, CLOTHING_ORG)
        return table.revision, list(table.entries)
    finally:
        parts.stop()


def test_a_preview_shows_what_each_row_would_do_and_changes_nothing(call: Call, tmp_path: Path) -> None:
    ran = call("import", "--file", "faq.csv", "--preview")

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines() == [
        "line 2: New  Do you sell gift cards?",
        "line 3: Changed No. 2  Are you currently hiring?",
        "1 new, 1 changed",
    ]
    assert entries()[0] == 1


def test_an_import_is_one_save_and_the_same_file_once_more_changes_nothing(call: Call, tmp_path: Path) -> None:
    first = call("import", "--file", "faq.csv", "--note", "From the shop")
    again = call("import", "--file", "faq.csv")

    assert (first.returncode, again.returncode) == (0, 0)
    assert "Imported as revision 2: 2 entries." in first.stderr
    assert "The table is the same already." in again.stderr
    revision, found = entries()
    assert revision == 2
    assert [entry.answer for entry in found if entry.question == "Are you currently hiring?"] == ["Not now."]


def test_rows_that_cannot_be_used_keep_all_out_unless_they_are_left_out(call: Call, tmp_path: Path) -> None:
    refused = call("import", "--file", "bad.csv", "--rejected", "rejected.csv")

    assert refused.returncode == 2
    assert "line 4: Question is empty" in refused.stderr
    assert "Nothing was imported" in refused.stderr
    assert "No question" in (tmp_path / "rejected.csv").read_text("utf-8-sig")
    assert entries()[0] == 1
    assert call("import", "--file", "bad.csv", "--skip-bad-rows").returncode == 0
    assert entries()[0] == 2


def test_entries_can_be_left_as_they_are(call: Call, tmp_path: Path) -> None:
    ran = call("import", "--file", "faq.csv", "--on-match", "skip")

    assert "1 new, 1 left as it is" in ran.stdout


def test_headings_that_nobody_knows_are_asked_for(call: Call, tmp_path: Path) -> None:
    (tmp_path / "odd.csv").write_text("Ask,Say,More\nGift cards?,Yes.,no\n")

    refused = call("import", "--file", "odd.csv")
    told = call("import", "--file", "odd.csv", "--headings", "1", "--column", "question=Ask", "answer=Say")

    assert refused.returncode == 2
    assert "It begins with line 1: “Ask”, “Say”, “More”" in refused.stderr
    assert told.returncode == 0, told.stderr


def test_an_export_is_written_in_the_format_of_its_ending_and_can_be_imported(call: Call, tmp_path: Path) -> None:
    ran = call("export", "--output", "out.json")

    assert ran.returncode == 0, ran.stderr
    assert len(json.loads((tmp_path / "out.json").read_text())["questions_and_answers"]) == len(entries()[1])
    assert "The table is the same already." in call("import", "--file", "out.json").stderr


def test_what_a_format_cannot_hold_is_said_beside_the_file(call: Call, tmp_path: Path) -> None:
    ran = call("export", "--output", "out.csv", "--format", "dialogflow_cx", "--person", MEMBER.email)

    assert ran.returncode == 0
    assert "The answers are left out" in ran.stderr
    assert (tmp_path / "out.csv").read_text("utf-8-sig").startswith('"Intent Display Name","Language","Phrase"')


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("import", "--file", "none.csv"), 2, "none.csv cannot be read"),
        (("import", "--file", "faq.csv", "--person", MEMBER.email), 3, "may not"),
        (("export", "--output", "none/out.csv"), 3, "cannot be written"),
        (("export", "--output", "out.csv", "--revision", "9"), 2, "There is no revision 9"),
    ],
)
def test_what_cannot_be_done_ends_with_words_and_a_status(
    call: Call, arguments: tuple[str, ...], status: int, words: str
) -> None:
    ran = call(*arguments)

    assert (ran.returncode, words in ran.stderr) == (status, True), ran.stderr


def test_an_import_by_an_admin_stands_in_the_history_with_their_name(call: Call, tmp_path: Path) -> None:
    call("import", "--file", "faq.csv", "--person", ADMIN.email)

    parts = build(Settings.from_environment())
    newest = parts.questions.history(OWNER, CLOTHING_ORG)[0]
    parts.stop()
    assert (newest.author, newest.note) == (ADMIN.name, "Imported from faq.csv")


def test_a_process_of_its_own_needs_no_engine_and_leaves_no_traceback(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("FRONTLINE_", "DATABASE_"))}
    ran = subprocess.run(
        [sys.executable, "-m", "core", "export", "--org", ORG, "--output", str(tmp_path / "out.tsv")],
        cwd=ROOT,
        env={**env, "FRONTLINE_DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )

    assert (ran.returncode, "Traceback" in ran.stderr) == (0, False), ran.stderr
