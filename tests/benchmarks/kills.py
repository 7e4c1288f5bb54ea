"""A run of 5,000 rows whose server is killed 50 times at random, without any browser, and the same run in peace.

The real server (``streamlit run app.py`` on SQLite) is killed by SIGKILL while it starts or answers rows, and started
again at once. Run: python -m tests.benchmarks.kills
"""

import argparse
import random
import tempfile
import time
from pathlib import Path

import pandas as pd

from core.bootstrap import Frontline
from core.identity.demo import OWNER
from core.runs.ledger import Run
from core.runs.row_writer import FLUSH_EVERY_SECONDS
from tests.browser.conftest import streamlit_command
from tests.conftest import free_port
from tests.durable import (
    ORG,
    asked,
    ended,
    fill,
    kill,
    looking_on,
    model_server,
    process,
    result,
    settings,
    start,
    variables,
)

IN_FLIGHT = 20
LATENCY = 0.25
WHILE_STARTING = 0.2
"""The share of kills that do not wait until the server answers rows."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5_000)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, model_server(LATENCY) as url:
        folder = Path(name)
        with looking_on(settings(folder, url)) as parts:
            fill(parts, IN_FLIGHT)
            measured(parts, folder, url, given)


def measured(parts: Frontline, folder: Path, url: str, given: argparse.Namespace) -> None:
    """The two runs, and what they have in common."""
    chosen, luck, port = variables(folder, url), random.Random(given.seed), free_port()
    run, began = start(parts, given.rows), time.monotonic()
    kills = 0
    server = process(streamlit_command(port)[1:], folder, chosen)
    while kills < given.kills and now(parts, run).active:
        wait_for_a_moment(parts, run, luck, given.rows / given.kills)
        if now(parts, run).active:
            kill(server)
            kills += 1
            server = process(streamlit_command(port)[1:], folder, chosen)
    killed, calls = ended(parts, run), asked(url)
    print(f"{kills} kills in {time.monotonic() - began:.0f} s: {killed.status}, {killed.finished} of {killed.total}")
    again = ended(parts, start(parts, given.rows))
    kill(server)
    rate = given.rows / (again.ended_at - again.started_at).total_seconds()  # type: ignore[operator]
    bound = kills * (IN_FLIGHT + rate * FLUSH_EVERY_SECONDS)
    rows, peace = result(parts, run), result(parts, again)
    print(f"rows in the result: {len(rows)}, each once: {rows['Line'].is_unique and len(rows) == given.rows}")
    print(f"calls: {calls}, {calls - given.rows} more than rows; bound {bound:.0f} (in peace {asked(url) - calls})")
    pd.testing.assert_frame_equal(rows, peace)
    outcomes = rows["Outcome"].value_counts().to_dict()
    print(f"its result equals that of the run in peace ({rate:.0f} rows a second): {outcomes}")


def wait_for_a_moment(parts: Frontline, run: Run, luck: random.Random, rows: float) -> None:
    """Until somewhere in the start of the server, or until some more rows are finished."""
    if luck.random() < WHILE_STARTING:
        time.sleep(luck.uniform(0, 6))
        return
    enough = now(parts, run).finished + luck.uniform(0, 1.6) * rows
    while (found := now(parts, run)).active and found.finished <= enough:
        time.sleep(0.02)
    time.sleep(luck.uniform(0, FLUSH_EVERY_SECONDS))


def now(parts: Frontline, run: Run) -> Run:
    """How far the run is."""
    return parts.runs.run(OWNER, ORG, run.run_id)


if __name__ == "__main__":
    main()
