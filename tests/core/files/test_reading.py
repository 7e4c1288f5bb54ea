import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import FileRejected, TooBusy
from core.fair_share import FairShare
from core.files import reading
from core.files.reading import read_table
from core.files.table import FileLimits, ReadingChoices, Row, Table

MakeWorkbook = Callable[..., bytes]
CSV = "question,answer\nWhere is my card?,“Soon”\n".encode()


def test_a_csv_is_read_in_another_process() -> None:
    table = read_table(CSV, "tests.csv")

    assert table.columns == ("question", "answer")
    assert table.rows == (Row(2, ("Where is my card?", "“Soon”")),)
    assert (table.name, table.encoding, table.delimiter) == ("tests.csv", "UTF-8", ",")


def test_a_workbook_is_read_in_another_process(make_workbook: MakeWorkbook) -> None:
    data = make_workbook('<row><c t="inlineStr"><is><t>q</t></is></c></row><row><c><v>7</v></c></row>')

    table = read_table(data, "tests.xlsx", choices=ReadingChoices(sheet="Tests"))

    assert (table.rows, table.sheet, table.sheets) == ((Row(2, ("7",)),), "Tests", ("Tests",))
    with pytest.raises(FileRejected, match="no sheet “Other”"):
        read_table(data, "tests.xlsx", choices=ReadingChoices(sheet="Other"))


def test_the_samples_of_the_tutorial_are_read() -> None:
    data = b"org,question,expected_question\nclothing,do you have shoes?,What do you sell?\n"

    assert read_table(data, "examples.csv").column("expected_question") == ["What do you sell?"]


def test_a_file_over_the_limit_is_refused_with_its_size() -> None:
    with pytest.raises(FileRejected, match=r"The file has 2\.0 MB; 1 MB is the limit"):
        read_table(b"x" * (2 << 20), "a.csv", FileLimits(bytes=1 << 20))


def test_a_refusal_of_the_child_reaches_the_caller() -> None:
    with pytest.raises(FileRejected, match="a PDF document"):
        read_table(b"%PDF-1.7", "a.csv")


def test_too_little_memory_is_a_refusal_and_no_crash() -> None:
    data = b"question\n" + b"what is the use of it? " * 1_000_000

    with pytest.raises(FileRejected, match="too much memory"):
        read_table(data, "a.csv", FileLimits(memory=100 << 20))
    assert read_table(CSV, "a.csv").rows


def test_a_workbook_that_takes_all_memory_is_a_refusal(make_workbook: MakeWorkbook) -> None:
    strings = "<si><t>x</t></si>" * 2_000_000
    data = make_workbook("<row/>", shared=strings)

    assert len(data) < 200_000
    with pytest.raises(FileRejected, match=r"too much memory|damaged"):
        read_table(data, "a.xlsx", FileLimits(memory=60 << 20, texts=2_000_000))


def test_too_much_processor_time_is_a_refusal(make_workbook: MakeWorkbook) -> None:
    rows = "<row>" + "<c/>" * 50 + "</row>"
    data = make_workbook(rows * 60_000)

    assert len(data) < 200_000
    with pytest.raises(FileRejected, match="takes too long"):
        read_table(data, "a.xlsx", FileLimits(cpu_seconds=1))


def test_too_much_time_is_a_refusal() -> None:
    with pytest.raises(FileRejected, match="takes too long"):
        read_table(CSV, "a.csv", FileLimits(seconds=0.001))


def test_a_child_that_crashes_is_a_refusal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    crashing = tmp_path / "python"
    crashing.write_text("#!/bin/sh\nkill -ABRT $$\n")
    crashing.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(crashing))

    with pytest.raises(FileRejected, match="cannot be read"):
        read_table(CSV, "a.csv")


@pytest.mark.parametrize("answer", ["", "nonsense", "{}", "[]", '{"columns": 1}'])
def test_a_child_that_answers_nonsense_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: str
) -> None:
    babbling = tmp_path / "python"
    babbling.write_text(f"#!/bin/sh\ncat >/dev/null\nprintf '%s' '{answer}'\n")
    babbling.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(babbling))

    with pytest.raises(FileRejected, match="cannot be read"):
        read_table(CSV, "a.csv")


def test_the_child_inherits_no_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    spying = tmp_path / "python"
    spying.write_text(f"#!/bin/sh\nenv >{tmp_path / 'environment'}\nexit 1\n")
    spying.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(spying))
    for name in ("OPENAI_API_KEY", "DATABASE_URL", "PROPELAUTH_API_KEY", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "a secret")

    with pytest.raises(FileRejected):
        read_table(CSV, "a.csv")

    inherited = (tmp_path / "environment").read_text()
    assert "PATH=" in inherited
    assert "secret" not in inherited


def test_the_child_is_in_no_group_that_ctrl_c_in_a_terminal_ends(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    telling = tmp_path / "python"
    telling.write_text(f"#!/bin/sh\nps -o pgid= -p $$ >{tmp_path / 'group'}\nexit 1\n")
    telling.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(telling))

    with pytest.raises(FileRejected):
        read_table(CSV, "a.csv")

    assert int((tmp_path / "group").read_text()) != os.getpgrp()


def test_a_child_that_fails_is_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    failing = tmp_path / "python"
    failing.write_text("#!/bin/sh\necho a reason >&2\nexit 3\n")
    failing.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(failing))

    with pytest.raises(FileRejected, match="cannot be read"):
        read_table(CSV, "a.csv")

    assert "ended with 3: a reason" in caplog.text


def test_an_error_in_the_child_tells_where_it_failed_and_nothing_of_the_file() -> None:
    asked = b'{"name": "a.csv", "limits": {"rows": "nonsense"}, "choices": {}, "known": {}}'
    request = asked + b"\nquestion\nprivate words\n"

    done = subprocess.run([sys.executable, "-m", "core.files.child"], input=request, capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (1, b"")
    assert b"TypeError" in done.stderr
    assert b"assembling.py" in done.stderr
    assert b"private" not in done.stderr


def test_the_child_works_from_any_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)

    assert read_table(CSV, "a.csv").rows


def test_several_uploads_can_be_read_at_once() -> None:
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(len(read_table(CSV, "a.csv").rows))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [1] * 6


def test_files_of_one_organisation_that_take_long_keep_no_other_out(monkeypatch: pytest.MonkeyPatch) -> None:
    held, begun, order, answer = threading.Event(), threading.Semaphore(0), list[str](), reading._answer

    def slowly(request: bytes, limits: FileLimits) -> bytes:
        begun.release()
        if b"slow" in request:
            held.wait(60)
        return answer(request, limits)

    def read(name: str, org_id: str) -> None:
        read_table(CSV, name, org_id=org_id)
        order.append(org_id)

    monkeypatch.setattr(reading, "_answer", slowly)
    slow = [threading.Thread(target=read, args=("slow.csv", "a")) for _ in range(4)]
    for thread in slow:
        thread.start()
    begun.acquire()
    read("quick.csv", "b")
    read("quick.csv", "b")
    held.set()
    for thread in slow:
        thread.join()

    assert order == ["b", "b", "a", "a", "a", "a"]


def test_too_many_waiting_files_are_sent_away_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WAIT_SECONDS", 0.01)
    monkeypatch.setattr(reading, "_readers", FairShare(room=1, waiting=1))
    ticket = reading._readers.claim("a", lambda: None)
    with pytest.raises(TooBusy, match="again in a minute"):
        read_table(CSV, "a.csv", org_id="a")
    reading._readers.give_back(ticket)

    assert read_table(CSV, "a.csv", org_id="a").rows


@given(data=st.binary(max_size=200), name=st.sampled_from(["a.csv", "a.xlsx", "\ud800.txt", ""]))
@settings(max_examples=15, deadline=None)
def test_any_bytes_give_a_table_or_a_refusal(data: bytes, name: str) -> None:
    result = attempt(data, name)

    if isinstance(result, Table):
        assert result.rows or result.problems
    else:
        assert str(result) not in ("", reading.UNREADABLE)


def attempt(data: bytes, name: str) -> Table | FileRejected:
    try:
        return read_table(data, name)
    except FileRejected as rejected:
        return rejected
