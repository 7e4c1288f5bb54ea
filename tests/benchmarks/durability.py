"""What a durable run costs beside the same calls of the same engine without ledger, queue and books.

Each round asks all rows by the engine alone, then by a run in this process on SQLite, against a fresh model server of
100 ms that takes next to nothing of this machine itself. The run's time is from the click that starts it to its end.
Run: python -m tests.benchmarks.durability
"""

import argparse
import contextlib
import statistics
import tempfile
from pathlib import Path

from tests.benchmarks.engine_alone import engine_alone
from tests.benchmarks.model_runs import LATENCY, server
from tests.durable import ended, fill, settings, start
from tests.tutorial import build

LOOK_EVERY = 1.0
"""Seconds between looks at a run, as those of the page that shows it: each takes processor time from it."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    for in_flight in (20, 50):
        rounds = [measured(given.rows, in_flight) for _ in range(given.rounds)]
        shares = sorted(run / bare - 1 for bare, run in rounds)
        best_alone, best = (min(column) for column in zip(*rounds, strict=True))
        print(
            f"{in_flight} in flight, {given.rows:,} rows: ideal {given.rows * LATENCY / in_flight:.2f} s, engine alone "
            f"{best_alone:.2f} s at best, durable {best:.2f} s at best; durable takes {statistics.median(shares):+.1%} "
            f"(median of {', '.join(f'{share:+.1%}' for share in shares)})",
            flush=True,
        )


def measured(rows: int, in_flight: int) -> tuple[float, float]:
    """Seconds of the engine alone, and of a durable run."""
    with tempfile.TemporaryDirectory() as name, server("free") as url, contextlib.ExitStack() as ends:
        parts = build(settings(Path(name), url))
        ends.callback(parts.stop)
        fill(parts, in_flight)
        ended(parts, start(parts, 200))  # what is made once a process is made
        before = engine_alone(parts, rows).seconds
        run = ended(parts, start(parts, rows), look_every=LOOK_EVERY)
        assert run.ended_at is not None
        after = engine_alone(parts, rows).seconds  # a busy machine changes from minute to minute
        return (before + after) / 2, (run.ended_at - run.created_at).total_seconds()


if __name__ == "__main__":
    main()
