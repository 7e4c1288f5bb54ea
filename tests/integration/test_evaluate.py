"""``python -m core evaluate`` as a nightly job calls it: its files, its words, its exit statuses."""

import csv
import functools
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest
from lxml import etree

from core.__main__ import main
from core.bootstrap import _frontline
from core.identity.demo import CLOTHING_ORG, OWNER
from core.runs.ledger import Status
from core.settings import Settings
from tests.conftest import put_model
from tests.model_server import ModelServer
from tests.tutorial import build, fill, fill_folder

ROOT = Path(__file__).resolve().parents[2]
GOOD = """question,expected_question,tags,split,note,group
What are your hours?,What are your hours?,easy,dev,a note,g1
when are you open,What are your hours?,easy,dev,,g1
any job openings?,Are you currently hiring?,odd,test,,g2
can you knit me a spaceship,__fallback__,,,,
unlabelled,,,,,
"""
BAD = "question,expected_question\nWhat are your hours?,Do you sell submarines?\n,What are your hours?\n"


def environment(folder: Path, url: str | None = None, **more: str) -> dict[str, str]:
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("FRONTLINE_", "PROPELAUTH_", "DATABASE_"))
    }
    return kept | {"FRONTLINE_DATA_DIR": str(folder)} | ({"DATABASE_URL": url} if url else {}) | more


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-W", "error::ResourceWarning", "-m", "core", "evaluate", *arguments]


Call = Callable[..., "subprocess.CompletedProcess[str]"]


def run_as_process(arguments: Sequence[str], env: Mapping[str, str]) -> "subprocess.CompletedProcess[str]":
    """Run the command as a nightly job does."""
    options = {"cwd": ROOT, "env": env, "capture_output": True, "text": True, "timeout": 120}
    ran = subprocess.run(command(*arguments), check=False, **options)
    assert "Traceback" not in ran.stderr
    return ran


def run_here(
    arguments: Sequence[str], env: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> "subprocess.CompletedProcess[str]":
    """Run the command within this process: a new one reads programs for two seconds before it does anything."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    _frontline.cache_clear()
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ.keys() - env.keys():
            patch.delenv(name)
        for name, value in env.items():
            patch.setenv(name, value)
        try:
            status = main(["evaluate", *arguments])
        finally:
            _frontline.cache_clear()
            for number, handler in before.items():
                signal.signal(number, handler)
    told = capsys.readouterr()
    return subprocess.CompletedProcess(list(arguments), status, told.out, told.err)


@pytest.fixture
def folder(tmp_path: Path, prepared_model: Path) -> Path:
    put_model(prepared_model, tmp_path)
    fill_folder(tmp_path)
    (tmp_path / "good.csv").write_text(GOOD)
    (tmp_path / "bad.csv").write_text(BAD)
    return tmp_path


def calls(folder: Path, run: Call) -> Call:
    """Calls the command for a file of the folder."""

    def called(
        *arguments: str, file: str = "good.csv", org: str = CLOTHING_ORG, env: dict[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        return run(["--org", org, "--dataset", str(folder / file), *arguments], env or environment(folder))

    return called


@pytest.fixture
def process(folder: Path) -> Call:
    """Calls it as a process of its own: its status and its words are those that a job gets."""
    return calls(folder, run_as_process)


@pytest.fixture
def call(folder: Path, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls it within this process, in a fraction of the time."""
    return calls(folder, functools.partial(run_here, capsys=capsys))


def test_a_good_run_leaves_every_file_and_status_0(database_url: str, folder: Path, process: Call) -> None:
    files = {kind: folder / f"out.{kind}" for kind in ("csv", "xlsx", "junit", "html", "json")}
    wanted = [part for kind, path in files.items() for part in (f"--{kind}", str(path))]
    fill(database_url)

    ran = process(*wanted, "--fail-under", "accuracy=0.7", env=environment(folder, database_url))

    assert ran.returncode == 0, ran.stderr
    assert "good.csv: 5 of 5 questions" in ran.stdout
    assert "kept   accuracy" in ran.stdout
    told = json.loads(files["json"].read_text())
    assert told["run"]["status"] == "done"
    assert told["metrics"]["accuracy"]["of"] == 4
    rows = list(csv.DictReader(io.StringIO(files["csv"].read_text("utf-8-sig"))))
    assert [row["Line"] for row in rows] == ["2", "3", "4", "5", "6"]
    assert (rows[0]["Tags"], rows[0]["Split"], rows[0]["Note"], rows[0]["Group"]) == ("easy", "dev", "a note", "g1")
    assert rows[0]["Threshold"] == "0.5"
    assert etree.fromstring(files["junit"].read_bytes()).get("tests") == "5"
    assert b"good.csv" in files["html"].read_bytes()
    assert files["xlsx"].read_bytes().startswith(b"PK")


def test_a_missed_bound_is_status_1_and_the_files_are_written_all_the_same(folder: Path, call: Call) -> None:
    ran = call("--fail-under", "accuracy.low=0.99", "--json", str(folder / "out.json"))

    assert ran.returncode == 1
    assert "MISSED accuracy.low" in ran.stdout
    assert (folder / "out.json").exists()


def test_the_last_run_of_the_same_name_is_the_baseline(folder: Path, call: Call) -> None:
    first = call("--baseline", "last", "--json", str(folder / "one.json"), org="Northwind Clothing")
    second = call("--baseline", "last", "--fail-if-worse", "--json", str(folder / "two.json"))

    assert (first.returncode, second.returncode) == (0, 0)
    assert "no earlier evaluation named good.csv" in first.stderr
    assert "Against good.csv" in second.stdout
    one, two = (json.loads((folder / name).read_text()) for name in ("one.json", "two.json"))
    assert one["comparison"] is None
    assert two["comparison"]["baseline"] == one["run"]["run_id"]
    assert (two["comparison"]["shared"], two["comparison"]["ruling"]) == (5, "unclear")


def test_rows_that_cannot_be_run_are_listed_and_nothing_is_run(call: Call) -> None:
    ran = call(file="bad.csv")

    assert ran.returncode == 2
    assert "2 of 2 rows cannot be run" in ran.stderr
    assert "line 2: Waits for you to confirm what “Do you sell submarines?” means." in ran.stderr
    assert "line 3: The question is empty." in ran.stderr


def test_what_was_taken_for_what_is_said_and_what_nobody_can_know_is_refused(folder: Path, call: Call) -> None:
    (folder / "title.csv").write_text("Our tests\nquestion;expected_question\nWhat are your hours?;__fallback__\n")
    (folder / "none.csv").write_text("when is it,What are your hours?\n")

    told = call(file="title.csv").stderr
    refused = call(file="none.csv")

    assert "1 row (text, UTF-8, separated by semicolons, headings in line 2)" in told
    assert "Columns: question: “question”, expected: “expected_question”, expected is a stored question" in told
    assert "Line 1 (“Our tests”) stands above and is left out" in told
    assert refused.returncode == 2
    assert "Say in which line the headings stand" in refused.stderr


def test_what_labels_mean_is_asked_for_in_words_said_once_and_kept_for_the_next_file(folder: Path, call: Call) -> None:
    (folder / "intents.csv").write_text("id,text,intent\n7,when,opening_times\n8,hello,handoff\n9,huh,complaint\n")

    asked = call(file="intents.csv")
    said = call("--label", "complaint=person", "handoff=person", "opening_times=1", file="intents.csv")
    again = call("--name", "intents.csv", "--csv", str(folder / "out.csv"), file="intents.csv")

    assert asked.returncode == 2
    assert "What 3 labels mean is not sure." in asked.stderr
    assert (
        "--label opening_times=1  (1 row; “What are your hours?”, a guess: a question of the same words)"
        in asked.stderr
    )
    assert "--label handoff=person  (1 row; a guess: a word for a person)" in asked.stderr
    assert "--label 'complaint=…'  (1 row; nothing fits)" in asked.stderr
    assert (said.returncode, again.returncode) == (0, 0), again.stderr
    rows = list(csv.DictReader(io.StringIO((folder / "out.csv").read_text("utf-8-sig"))))
    assert [row["Expected"] for row in rows] == ["What are your hours?", "a person", "a person"]
    assert [row["id"] for row in rows] == ["7", "8", "9"]


def test_bad_rows_may_be_left_out(folder: Path, call: Call) -> None:
    (folder / "mixed.csv").write_text(GOOD + "?,Do you sell submarines?,,,,\n")

    ran = call("--skip-bad-rows", file="mixed.csv")

    assert ran.returncode == 0, ran.stderr
    assert "They are left out." in ran.stderr
    assert "5 of 5 questions" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (["--column", "question=Nothing"], 2, "there is no column “Nothing”"),
        (["--baseline", "no-such-run"], 2, "no such evaluation"),
        (["--person", "mia@demo.example"], 3, "may not run evaluations"),
        (["--person", "otto@demo.example"], 3, "no access to this organisation"),
        (["--person", "nobody@demo.example"], 3, "There is no demo person"),
    ],
)
def test_each_refusal_has_its_status_and_words(call: Call, arguments: list[str], status: int, words: str) -> None:
    ran = call(*arguments)

    assert ran.returncode == status
    assert words in ran.stderr
    assert ran.stdout == ""


def test_a_missing_file_and_a_foreign_org_are_told_apart(call: Call) -> None:
    missing, foreign = call(file="none.csv"), call(org="somebody else's")

    assert (missing.returncode, foreign.returncode) == (2, 3)
    assert "none.csv cannot be read" in missing.stderr
    assert "no access to this organisation" in foreign.stderr


def test_an_engine_that_cannot_be_had_is_status_3(folder: Path, call: Call) -> None:
    with ModelServer(key="right").running() as server:
        names = {"URL": server.base_url, "MODEL": "m", "KEY": "wrong"}
        model = {f"FRONTLINE_ENGINE_{name}": value for name, value in names.items()}
        ran = call(env=environment(folder, **model))

    assert ran.returncode == 3, ran.stdout
    assert "refused the key" in ran.stderr
    assert "wrong" not in ran.stderr.replace("wrong_answers", "")


def test_bad_settings_are_status_3(folder: Path, process: Call) -> None:
    ran = process(env=environment(folder, "mysql://nowhere"))

    assert ran.returncode == 3
    assert "DATABASE_URL must begin with" in ran.stderr


def slow(folder: Path, server: ModelServer) -> dict[str, str]:
    server.latency = 0.5
    (folder / "long.csv").write_text("question\n" + "".join(f"row {n}\n" for n in range(400)))
    return environment(folder, FRONTLINE_ENGINE_URL=server.base_url, FRONTLINE_ENGINE_MODEL="m")


def test_a_run_that_takes_too_long_is_cancelled_with_status_1(folder: Path, call: Call) -> None:
    with ModelServer().running() as server:
        ran = call("--timeout", "3", "--json", str(folder / "out.json"), file="long.csv", env=slow(folder, server))

    assert ran.returncode == 1, ran.stderr
    assert "Not finished after 3 seconds: cancelled." in ran.stderr
    told = json.loads((folder / "out.json").read_text())["run"]
    assert told["status"] == "cancelled"
    assert 0 < told["finished"] < 400


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_cancels_its_run(folder: Path, how: signal.Signals) -> None:
    with ModelServer().running() as server:
        given = command("--org", CLOTHING_ORG, "--dataset", str(folder / "long.csv"))
        env = slow(folder, server)
        process = subprocess.Popen(given, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        end = time.monotonic() + 60
        while len(server.questions) < 10:
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < end
            time.sleep(0.05)
        process.send_signal(how)
        _, told = process.communicate(timeout=60)

    assert process.returncode == 1, told
    assert "Interrupted: the run is cancelled." in told
    assert "Traceback" not in told
    parts = build(Settings(data_dir=folder, database_url=f"sqlite:///{folder / 'demo.db'}"))
    try:
        (run,) = parts.runs.listed(OWNER, CLOTHING_ORG)
        assert run.status is Status.CANCELLED
    finally:
        parts.stop()


LOSES_EXCEPTIONS = """
import contextlib, os, signal, sys
from core.commands.evaluate import job
from core.commands.evaluate.command import main

look = job.Job._now

def interrupted_while_it_looks(self, run):
    if not sent:
        sent.append(run)
        with contextlib.suppress(BaseException):  # as some libraries do while they clean up
            os.kill(os.getpid(), signal.SIGINT)
            for _ in range(100_000):
                pass
    return look(self, run)

sent = []
job.Job._now = interrupted_while_it_looks
sys.exit(main())
"""


def test_an_interruption_is_heard_wherever_the_command_is_just_then(folder: Path) -> None:
    with ModelServer().running() as server:
        given = [sys.executable, "-c", LOSES_EXCEPTIONS, "--org", CLOTHING_ORG, "--dataset", str(folder / "long.csv")]
        ran = subprocess.run(
            given, cwd=ROOT, env=slow(folder, server), capture_output=True, text=True, timeout=120, check=False
        )

    assert "Interrupted: the run is cancelled." in ran.stderr
    assert ran.returncode == 1, ran.stderr
