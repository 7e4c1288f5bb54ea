"""How much faster two workers finish a run than one, and what becomes of the rows of one that is killed.

The real ``python -m core worker`` on an empty PostgreSQL database, against a model server of 200 ms that bounds nothing
itself. Run: python -m tests.benchmarks.two_workers postgresql://user@host/database
"""

import argparse
import tempfile
import time
from pathlib import Path

from core.identity.demo import OWNER
from core.runs.ledger import Run
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
LATENCY = 0.2
COMMAND = ["-m", "core", "worker"]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("database")
    parser.add_argument("--rows", type=int, default=5_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, model_server(LATENCY) as url:
        folder = Path(name)
        with looking_on(settings(folder, url, given.database)) as parts:
            fill(parts, IN_FLIGHT)
            chosen = variables(folder, url, given.database)
            workers = [process(COMMAND, folder, chosen)]
            try:
                ended(parts, start(parts, 300))
                one = seconds(ended(parts, start(parts, given.rows)))
                workers.append(process(COMMAND, folder, chosen))
                ended(parts, start(parts, 3_000))  # the second one has begun to work
                two = seconds(ended(parts, start(parts, given.rows)))
                print(f"one worker {one:.1f} s, two {two:.1f} s: {one / two:.2f} times as fast", flush=True)
                before = asked(url)
                run = start(parts, given.rows)
                while parts.runs.run(OWNER, ORG, run.run_id).finished < 0.3 * given.rows:
                    time.sleep(0.05)
                kill(workers[0])
                after = ended(parts, run)
                rows = result(parts, run)["Line"]
                print(
                    f"one of two killed at 30 %: {after.status} after {seconds(after):.1f} s, {len(rows)} rows, "
                    f"each once: {rows.is_unique}, {asked(url) - before - given.rows} calls more than rows"
                )
            finally:
                for worker in workers:
                    kill(worker)


def seconds(run: Run) -> float:
    """From the first look at the run to its end."""
    assert run.started_at is not None
    assert run.ended_at is not None
    return (run.ended_at - run.started_at).total_seconds()


if __name__ == "__main__":
    main()
