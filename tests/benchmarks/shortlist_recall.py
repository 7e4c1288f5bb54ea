"""How often a shortlist holds the right entry, what it spares, and how long it takes.

1. banking77: all 77 labels with 5 phrasings each from the train split, questions from the test split. Nothing was
   chosen by these: the ranking, the reading of long messages and the default size were, on train split and stackfaq.
2. stackfaq: 125 entries among distractors, up to 10,000 entries in all. Distractors are the short sentences of
   stackfaq's answers (the same subjects, the own answer's too), then questions of banking77's train split (another
   subject), each an entry with a single phrasing. No real table looks like this: the sentences make it harder than
   most, and the questions to a bank easier.
3. Long messages, on development data: questions among sentences of small talk, read as a whole and in parts.
4. Time at 10,000 entries, with 5 phrasings each of made-up texts: there are not so many real ones.

Run: python -m tests.benchmarks.shortlist_recall --data FOLDER
"""

import itertools
import random
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import numpy as np

from core.engines.semantic import nearness
from core.engines.semantic.engine import SemanticEngine
from core.engines.shortlist import Shortlist
from core.prompts.sizes import Layout
from core.questions.entry import Published
from core.questions.policy import ModelSettings
from tests.benchmarks.development_data import PREPARED, data_folder
from tests.benchmarks.embedded_engine import one_by_one, seconds
from tests.benchmarks.shortlist_tables import (
    TALK,
    Drawn,
    among_small_talk,
    drawn_banking,
    drawn_stack,
    made_up,
    published,
)

SIZES = (1, 10, 20, 50)
DEFAULT = ModelSettings().shortlist
BANKING_DRAWS = range(5)
STACK_DRAWS = range(3)
TABLES = (125, 1_000, 2_300, 10_000)
CUT_QUESTIONS = 200
"""Questions a table whose shortlists are really cut: tokens and time, not only the ranking."""


def main() -> None:
    folder = data_folder("Measure how often a shortlist holds the right entry.")
    engine = SemanticEngine(PREPARED)
    shortlist = Shortlist(engine)
    print(engine.version)
    print(f"\nRecall in percent at {', '.join(map(str, SIZES))}; with size {DEFAULT} as cut for chat and completion:")
    print("entries kept, recall, tokens of the table kept and spared (means)")
    draws = [drawn_banking(folder, "test", seed) for seed in BANKING_DRAWS]
    report("banking77, test split", engine, shortlist, draws)
    for phrasings, entries in itertools.product((1, 5), TABLES):
        draws = [drawn_stack(folder, entries, phrasings, seed) for seed in STACK_DRAWS]
        report(f"stackfaq, {phrasings} phrasings, {entries:,} entries", engine, shortlist, draws)
    long_messages(engine, folder)
    speed(drawn_stack(folder, 10_000, 5, 0), "10,000 entries of stackfaq and distractors")
    for phrasings in (1, 5):
        speed(made_up(10_000, phrasings), f"10,000 made-up entries × {phrasings}")


def report(name: str, engine: SemanticEngine, shortlist: Shortlist, draws: Sequence[Drawn]) -> None:
    """Print the mean and the standard deviation over the draws."""
    figures = np.array(
        [recall(lambda text, table=drawn.table: engine.nearest(text, table, 50), drawn) for drawn in draws]
    )
    spread = figures.std(axis=0, ddof=1)
    cells = " ".join(f"{mean:6.2f} ± {each:4.2f}" for mean, each in zip(figures.mean(axis=0), spread, strict=True))
    print(f"\n{name}, {len(draws)} draws, {len(draws[0].questions):,} questions each\n  {cells}", flush=True)
    for layout in Layout:
        means = np.mean([as_cut(shortlist, drawn, layout) for drawn in draws], axis=0)
        offered, right, kept, spared = means
        print(f"  {layout.value:10} {offered:4.1f} entries, {right:6.2f} %, {kept:,.0f} kept, {spared:,.0f} spared")


def recall(nearest: Callable[[str], Sequence[int]], drawn: Drawn) -> list[float]:
    """Recall in percent at each of SIZES."""
    found = [(list(nearest(text)), right) for text, right in drawn.questions]
    return [100 * float(np.mean([right in order[:size] for order, right in found])) for size in SIZES]


def as_cut(shortlist: Shortlist, drawn: Drawn, layout: Layout) -> list[float]:
    """Of some questions: the entries offered, recall in percent, the tokens of the table kept and spared."""
    rows = []
    for text, right in random.Random(0).sample(list(drawn.questions), CUT_QUESTIONS):
        offered, done = shortlist.cut(text, drawn.table, DEFAULT, layout=layout)
        whole = shortlist._tokens(drawn.table)[layout]
        rows.append([len(offered.entries), 100 * (right in done.entry_ids), whole - done.saved, done.saved])
    return [float(mean) for mean in np.mean(rows, axis=0)]


def long_messages(engine: SemanticEngine, folder: Path) -> None:
    """Print what becomes of questions among small talk, on data that was used to choose."""
    print(f"\nLong messages: recall in percent at {', '.join(map(str, SIZES))}, as a whole and in parts")
    for count in (0, 4, 8, 24):
        for drawn in (drawn_banking(folder, "train", 9), drawn_stack(folder, 125, 3, 9)):
            generator = random.Random(count)
            some = generator.sample(list(drawn.questions), 300)
            padded = [(among_small_talk(text, count, generator), right) for text, right in some]
            messages = Drawn(table=drawn.table, questions=padded)
            length = np.mean([len(text) for text, _ in padded])

            def nearest(text: str, table: Published = drawn.table) -> Sequence[int]:
                return engine.nearest(text, table, 50)

            with mock.patch.object(nearness, "LONG_QUESTION", 10**9):
                whole = recall(nearest, messages)
            cells = (" ".join(f"{figure:6.2f}" for figure in each) for each in (whole, recall(nearest, messages)))
            print(f"  {drawn.table.org_id:10} {length:5,.0f} characters   " + "   ".join(cells), flush=True)


def speed(drawn: Drawn, name: str) -> None:
    """Print how long a large table takes, with an engine that knows no text yet."""
    engine = SemanticEngine(PREPARED)
    shortlist = Shortlist(engine)
    engine.prepare(published("empty", ()))  # loads the model
    prepared = seconds(lambda: shortlist.prepare(drawn.table))
    count = seconds(lambda: Shortlist(engine)._tokens(drawn.table))
    asked = [text for text, _ in drawn.questions[:CUT_QUESTIONS]]
    message = " ".join(TALK.split())
    modes: dict[str, Callable[[str], object]] = {
        "nearest": lambda text: engine.nearest(text, drawn.table, DEFAULT),
        "cut for chat": lambda text: shortlist.cut(text, drawn.table, DEFAULT, layout=Layout.CHOOSING),
        "cut for completion": lambda text: shortlist.cut(text, drawn.table, DEFAULT, layout=Layout.COMPLETION),
    }
    took = {name: np.percentile(one_by_one(work, asked), [50, 95]) * 1_000 for name, work in modes.items()}
    began = time.perf_counter()
    shortlist.cut(message, drawn.table, DEFAULT)
    print(f"\n{name}: prepared in {prepared:.1f} s, of which counting tokens {count:.2f} s")
    for what, (p50, p95) in took.items():
        print(f"  {what:19} p50 {p50:6.2f} ms, p95 {p95:6.2f} ms")
    print(f"  cut for a message of {len(message):,} characters {1_000 * (time.perf_counter() - began):.0f} ms")


if __name__ == "__main__":
    main()
