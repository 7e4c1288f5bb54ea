"""How long the check beside the save bar takes: 1,000 kept test questions against an edit in tables of 1,000 and of
10,000 entries, as a multiple of the bare encoding of these questions.

The questions are made up, so that the benchmark needs no data. Run: python -m tests.benchmarks.live_check
"""

import argparse
import csv
import io
import itertools
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.weights import model_files
from core.files.reading import read_table
from core.questions.changes import Changes
from tests.benchmarks.development_data import PREPARED
from tests.benchmarks.embedded_engine import ACTIONS, PLACES, STARTS, TAILS, THINGS, seconds
from tests.integration.tenants import A, Roles, installation, owner

QUESTIONS = 1_000
EDITS = 7
ME = owner(A)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--phrasings", type=int, default=3)
    given = parser.parse_args()
    texts = [
        f"{start} {action} {thing} {place}{tail}?"
        for start, action, thing, place, tail in itertools.product(STARTS, ACTIONS, THINGS, PLACES, TAILS)
    ]
    random.Random(0).shuffle(texts)
    questions, stored = texts[:QUESTIONS], texts[QUESTIONS:]
    bare = bare_encoding(questions)
    print(f"Bare encoding of {QUESTIONS:,} questions: {bare:.2f} s\n")
    for entries in given.entries:
        measured(entries, given.phrasings, stored, questions, bare)


def measured(entries: int, phrasings: int, stored: Sequence[str], questions: Sequence[str], bare: float) -> None:
    """Print the first check of a new table, checks of edits, and the first one after a restart."""
    print(f"{entries:,} entries of {phrasings} phrasings")
    rows = tuple(
        {"question": texts[0], "alternates": list(texts[1:]), "answer": f"Answer {number}."}
        for number, texts in enumerate(stored[place * phrasings :][:phrasings] for place in range(entries))
    )
    with tempfile.TemporaryDirectory() as folder:
        with started(Path(folder)) as parts:
            parts.questions.save(ME, A, base_revision=0, changes=Changes(added=rows))
            keep(parts, questions, [texts["question"] for texts in rows])
            told("first check", lambda: check(parts, 0), bare)
            print(f"  {'edits':28} ", end="")
            times = [timed(lambda number=number: check(parts, number)) for number in range(1, EDITS + 1)]
            show(statistics.median(wall for wall, _ in times), statistics.median(cpu for _, cpu in times), bare)
        with started(Path(folder)) as parts:
            told("first check after a restart", lambda: check(parts, EDITS + 1), bare)
            told("an edit after that", lambda: check(parts, EDITS + 2), bare)


def bare_encoding(questions: Sequence[str]) -> float:
    files = model_files()
    encoder = Encoder(prepared_model(files, PREPARED), files.tokenizer)
    encoder.encode_all(questions[:50])
    return min(seconds(lambda: encoder.encode_all(questions)) for _ in range(3))


@contextmanager
def started(folder: Path) -> Iterator[Frontline]:
    """A Frontline with the real engine, whose model is prepared."""
    for path in PREPARED.glob("*.onnx"):
        if not (folder / path.name).exists():
            (folder / path.name).symlink_to(path)
    with installation(f"sqlite:///{folder / 'bench.db'}", folder, Roles(), SemanticEngine(folder)) as parts:
        yield parts


def keep(parts: Frontline, questions: Sequence[str], known: Sequence[str]) -> None:
    """Keep the questions as a dataset; every third is for a person."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("question", "expected_question"))
    for number, question in enumerate(questions):
        writer.writerow((question, known[number % len(known)] if number % 3 else "__fallback__"))
    found = recognise_format(read_table(out.getvalue().encode(), "bench.csv"))
    preview = parts.intake.check(ME, A, found).preview
    parts.datasets.save(ME, A, name="Bench", preview=preview, source="bench.csv")


def check(parts: Frontline, number: int) -> None:
    changes = Changes(edited={number + 1: {"question": f"Do you sell umbrellas in size {number}?"}})
    found = parts.checks.of_unsaved(ME, A, 1, changes)
    assert found.asked == QUESTIONS


def told(what: str, work: Callable[[], None], bare: float) -> None:
    print(f"  {what:28} ", end="", flush=True)
    show(*timed(work), bare)


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds on the clock and of the processor."""
    began, used = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - used


def show(wall: float, cpu: float, bare: float) -> None:
    print(f"{wall:6.2f} s, {wall / bare:5.1f} × bare encoding; {cpu:6.2f} s of the processor", flush=True)


if __name__ == "__main__":
    main()
