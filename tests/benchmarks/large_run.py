"""How long a large evaluation takes from the upload to its finished report, part by part, and how much memory.

    python -m tests.benchmarks.large_run [--rows 5000] [--faked] [--alone] [--browser]

The questions are the demo's own, each with a number behind it, so that no two are the same. ``--faked`` writes verdicts
straight into the ledger instead of asking the engine: to look at pages and statistics alone. ``--alone`` also asks
the engine the same questions without a run, before it and after it, and prints what the run takes longer. ``--browser``
also opens the page of results in Chromium, on a fresh server, and again on a warm one. Everything happens in a
temporary folder; the peak of memory is that of this process, and of its largest child.
"""

import argparse
import contextlib
import os
import resource
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa

from core.bootstrap import Frontline
from core.clock import now
from core.datasets.labels import LabelKind
from core.datasets.preview import Preview
from core.files.writing import to_csv
from core.identity.demo import CLOTHING_ORG, OWNER
from core.report import tables
from core.report.html import html
from core.report.junit import junit
from core.report.report import Against, Report
from core.runs.analysis import Analysis
from core.runs.ledger import Run, Status
from core.settings import Settings
from core.statistics.comparison import compare, entries_compared
from core.statistics.verdict import Verdict, judge
from core.storage.database import Database
from core.storage.runs import SqlRunStore
from core.storage.tables import run_rows, runs
from tests.benchmarks.durability import LOOK_EVERY
from tests.benchmarks.engine_alone import asked_alone
from tests.tutorial import build

ORG = CLOTHING_ORG
_SECONDS: dict[str, float] = {}


def main() -> None:
    """Run it, and print the parts."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--faked", action="store_true")
    parser.add_argument("--alone", action="store_true")
    parser.add_argument("--browser", action="store_true")
    asked = parser.parse_args()
    if asked.faked and asked.alone:
        parser.error("--alone needs a real run: leave out --faked.")
    folder = Path(tempfile.mkdtemp(prefix="frontline-large-"))
    os.environ["FRONTLINE_DATA_DIR"] = str(folder)
    try:
        parts = build(Settings.from_environment())
        try:
            run = _measure(parts, asked)
        finally:
            parts.stop()
        if asked.browser:
            _pages(folder, run)
    finally:
        shutil.rmtree(folder)
    _tell(asked.rows)


def _measure(parts: Frontline, asked: argparse.Namespace) -> Run:
    data = _file(parts, asked.rows)
    with _timed("read the file"):
        found = parts.intake.read(OWNER, ORG, data, "large.csv")
    with _timed("check the rows"):
        ready = parts.intake.check(OWNER, ORG, found)
        preview, revision = ready.preview, ready.revision
    if asked.faked:
        first = _faked(parts, preview, revision, seed=1)
        second = _faked(parts, preview, revision, seed=2)
    elif asked.alone:
        second = first = _beside_the_engine_alone(parts, preview, revision)
    else:
        second = first = _ran(parts, preview, revision)
    with _timed("read the ledger"):
        analysis = Analysis(parts.runs.results(OWNER, ORG, first.run_id))
    _statistics(analysis)
    other = Analysis(parts.runs.results(OWNER, ORG, second.run_id))
    with _timed("compare with another run"):
        comparison = compare(other.rows, analysis.rows)
        entries_compared(other.rows, analysis.rows, comparison.pairs)
    _files(Report(analysis=analysis, took=parts.runs.took(OWNER, ORG, first.run_id)), other, comparison)
    return first


def _pages(folder: Path, run: Run) -> None:
    """How long the results take to open in a browser, and the server's peak of memory."""
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM_OPTIONS, open_as, running, settled, streamlit_command
    from tests.conftest import free_port

    port, program = free_port(), shutil.which("chromium")
    with running(streamlit_command(port), port, folder) as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=CHROMIUM_OPTIONS)
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        address = f"{server.url}/evaluations?org={ORG}"
        open_as(page, address, "Olivia")
        for which in ("fresh server", "warm server"):
            with _timed(f"open the results, {which}"):
                page.goto(f"{address}&run={run.run_id}")
                page.get_by_text("Click a row to see it in full.").wait_for(timeout=60_000)
                settled(page)
        for section, ends in (("Threshold", "Use "), ("Compare", "Report with this comparison")):
            with _timed(f"open {section}"):
                page.get_by_role("radio", name=section, exact=True).click()
                page.get_by_role("button", name=ends).or_(page.get_by_text("no other evaluation here")).wait_for()
                settled(page)
        status = Path(f"/proc/{server.process.pid}/status").read_text()
        print("peak memory of the server:", status.split("VmHWM:")[1].splitlines()[0].strip())
        browser.close()


def _statistics(analysis: Analysis) -> None:
    for name in ("rows", "summary", "entries", "confusions", "brier", "risk_coverage", "outlook", "slices"):
        with _timed(f"statistics: {name}"):
            getattr(analysis, name)
    with _timed("statistics: best threshold"):
        analysis.choice(5.0)


def _files(report: Report, other: Analysis, comparison: object) -> None:
    analysis = report.analysis
    with _timed("one page of rows"):
        analysis.results.table(places=analysis.results.places()[:500])
    report = replace(report, against=Against(baseline=other, comparison=comparison))  # type: ignore[arg-type]
    makers = {"csv": tables.csv, "xlsx": tables.workbook, "junit": junit}
    for name, make in makers.items():
        with _timed(f"file: {name}"):
            size = len(make(analysis))
        print(f"{name}: {size / 1e6:.1f} MB")
    with _timed("file: html"):
        size = len(html(report))
    print(f"html: {size / 1e6:.2f} MB")


def _file(parts: Frontline, rows: int) -> bytes:
    """Labelled questions: the stored phrasings, each with a number, and every tenth for a person."""
    import pandas as pd

    entries = parts.questions.table(OWNER, ORG).entries
    asked = [(phrasing, entry.question) for entry in entries for phrasing in entry.phrasings]
    lines = [
        (f"{asked[i % len(asked)][0]} ({i})", "__fallback__" if i % 10 == 0 else asked[i % len(asked)][1], f"t{i % 7}")
        for i in range(rows)
    ]
    return to_csv(pd.DataFrame(lines, columns=["question", "expected_question", "tags"]))


def _ran(parts: Frontline, preview: Preview, revision: int) -> Run:
    with _timed("start the run"):
        run = parts.runs.start(OWNER, ORG, name="large.csv", preview=preview, revision=revision)
    with _timed("answer the rows"):
        parts.start()
        while (run := parts.runs.run(OWNER, ORG, run.run_id)).active:
            time.sleep(LOOK_EVERY)
    if run.status is not Status.DONE:
        raise SystemExit(f"the run ended early: {run.reason}")
    return run


def _beside_the_engine_alone(parts: Frontline, preview: Preview, revision: int) -> Run:
    """The run, and what it takes longer than the same questions without ledger, queue and books."""
    questions = [row.question for row in preview.good]
    asked_alone(parts, questions[:500])  # what is made once a process is made
    before = asked_alone(parts, questions).seconds
    run = _ran(parts, preview, revision)
    after = asked_alone(parts, questions).seconds  # a busy machine changes from minute to minute
    assert run.ended_at is not None
    durable = (run.ended_at - run.created_at).total_seconds()
    print(
        f"engine alone {before:.1f} s before and {after:.1f} s after, durable {durable:.1f} s: "
        f"takes {2 * durable / (before + after) - 1:+.1%}",
        flush=True,
    )
    return run


def _faked(parts: Frontline, preview: Preview, revision: int, *, seed: int) -> Run:
    """An ended run whose verdicts are drawn at random: right in 8 of 10 cases."""
    engine = parts.engines.engine_for(ORG, parts.questions.table(OWNER, ORG).policy.model)
    policy = parts.questions.table(OWNER, ORG).policy
    run = Run(
        org_id=ORG,
        run_id=f"faked-{seed}",
        name=f"large {seed}.csv",
        revision=revision,
        policy=policy,
        engine=engine.name,
        engine_version=engine.version,
        author_id=OWNER.user_id,
        author=OWNER.name,
        created_at=now(),
        total=len(preview.good),
    )
    database = Database(parts.settings.database_url)
    with _timed(f"fake run {seed}"):
        SqlRunStore(database).create(run, preview.good)
        with database.write(ORG) as connection:
            connection.execute(_FINISH, list(_verdicts(run, preview, seed)))
            connection.execute(
                sa.update(runs)
                .where(runs.c.org_id == ORG, runs.c.run_id == run.run_id)
                .values(status=Status.DONE.value, finished=run.total, started_at=now(), ended_at=now())
            )
    database.close()
    return parts.runs.run(OWNER, ORG, run.run_id)


_FINISHED = ("verdict", "given_id", "best_id", "phrasing", "score", "confidence", "seconds", "reused")
_FINISH = (
    sa.update(run_rows)
    .where(run_rows.c.org_id == ORG, run_rows.c.run_id == sa.bindparam("of_run"), run_rows.c.row == sa.bindparam("at"))
    .values({name: sa.bindparam(f"new_{name}") for name in _FINISHED})
)


def _verdicts(run: Run, preview: Preview, seed: int) -> Iterator[dict[str, object]]:
    rng = np.random.default_rng(seed)
    others = rng.integers(1, 4, len(preview.good))
    for at, row in enumerate(preview.good):
        hit = row.label.kind is LabelKind.ENTRY and rng.random() < 0.8
        best = row.label.entry_ids[0] if hit else int(others[at])
        sure = float(np.clip(rng.normal(0.75 if hit else 0.4, 0.15), 0.01, 0.99))
        given = best if sure >= 0.5 else None
        verdict: Verdict = judge(row.label, given, failed=False)
        values = (verdict.value, given, best, "a stored phrasing", sure, sure, 0.004, False)
        yield {"of_run": run.run_id, "at": at, **{f"new_{n}": v for n, v in zip(_FINISHED, values, strict=True)}}


@contextlib.contextmanager
def _timed(part: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    _SECONDS[part] = time.perf_counter() - began


def _tell(rows: int) -> None:
    for part, seconds in _SECONDS.items():
        print(f"{part:<32} {seconds:8.2f} s")
    print(f"{'together':<32} {sum(_SECONDS.values()):8.2f} s for {rows:,} rows")
    for whose, who in (("this process", resource.RUSAGE_SELF), ("its largest child", resource.RUSAGE_CHILDREN)):
        print(f"peak memory of {whose}: {resource.getrusage(who).ru_maxrss / 1024:,.0f} MB")


if __name__ == "__main__":
    main()
