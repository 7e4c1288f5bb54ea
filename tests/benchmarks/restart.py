"""How long a server takes after a restart until it answers from a large table whose vectors are kept.

The questions are made up here. A first process encodes them all, which takes a minute or more; then new processes are
timed, from the first import to the first answer, beside what encoding a question takes them: machines differ, and are
busy. Run: python -m tests.benchmarks.restart
"""

import argparse
import cProfile
import pstats
import random
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.engines.semantic.engine import SemanticEngine

STARTS = 3
TEXTS = 50_000
ASKED = 300


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--phrasings", type=int, default=5, help="of 50,000 in all (default: %(default)s)")
    parser.add_argument("--folder", type=Path, help="where vectors are kept between runs (default: a new one)")
    parser.add_argument("--profile", action="store_true", help="print where the time goes")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.once:
        _once(given.folder, given.phrasings, profiled=given.profile)
        return
    with tempfile.TemporaryDirectory() as made:
        folder = given.folder or Path(made)
        print(f"{TEXTS // given.phrasings:,} entries of {given.phrasings}: seconds, and of the processor")
        for number in range(STARTS + 1):
            print("  first" if number == 0 else "  restart", end=" ", flush=True)
            command = [sys.executable, "-m", __spec__.name, "--once", "--folder", str(folder)]
            more = ["--profile"] if given.profile and number == STARTS else []
            subprocess.run([*command, "--phrasings", str(given.phrasings), *more], check=True)


def _once(folder: Path, phrasings: int, *, profiled: bool) -> None:
    from core.questions.entry import Entry, Published
    from tests.benchmarks.embedded_engine import ACTIONS, PLACES, TAILS, THINGS
    from tests.benchmarks.embedded_engine import STARTS as BEGINNINGS

    texts = [" ".join(words) + "?" for words in product(BEGINNINGS, ACTIONS, THINGS, PLACES, TAILS)]
    random.Random(0).shuffle(texts)
    rows = (texts[place : place + phrasings] for place in range(0, TEXTS, phrasings))
    entries = tuple(
        Entry(id=n, question=first, alternates=tuple(rest), answer="Yes.") for n, (first, *rest) in enumerate(rows, 1)
    )
    table = Published(org_id="restart", revision=1, entries=entries)
    profile = cProfile.Profile(time.process_time)
    began, used = time.perf_counter(), time.process_time()
    if profiled:
        profile.enable()
    from core.engines.semantic.engine import SemanticEngine

    engine = SemanticEngine(folder)
    engine.decide("Where can I pick up my parcel?", table)
    profile.disable()
    took, used = time.perf_counter() - began, time.process_time() - used
    one = _asking_one(engine, texts[TEXTS : TEXTS + ASKED])
    print(f"{took:7.2f} {used:7.2f}; as long as {used / one:6,.0f} questions to a table of one entry", flush=True)
    if profiled:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


def _asking_one(engine: "SemanticEngine", questions: list[str]) -> float:
    """Processor seconds for a question to a table of one entry: about what encoding it takes."""
    from core.questions.entry import Entry, Published

    table = Published(org_id="one", revision=1, entries=(Entry(id=1, question="Are you open?", answer="Yes."),))
    engine.decide("Are you hiring?", table)
    began = time.process_time()
    for question in questions:
        engine.decide(question, table)
    return (time.process_time() - began) / len(questions)


if __name__ == "__main__":
    main()
