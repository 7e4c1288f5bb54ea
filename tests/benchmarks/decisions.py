"""How the built-in engine decides, in one command: every table of figures about its English decision.

Tables are drawn from public questions by a fixed seed (decision_tables.py); those that are reported ask only questions
of the sets' test splits, which chose nothing. What was fitted is reported with constants fitted without that family.
Intervals are 95 % over tables. Vectors are kept in memory between runs, so that a second run takes a minute or two.
Run: python -m tests.benchmarks.decisions --data FOLDER [--only PART,PART], with the parts at the end of this file.
"""

import argparse
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from core.questions.changes import new_entry
from core.questions.entry import Entry, Published
from tests.benchmarks.decision_figures import Rows, line, printed
from tests.benchmarks.decision_fit import Fit, asked_rows, fitted_without
from tests.benchmarks.decision_tables import REPORT, Asked, Family, drawn, families, halves, shop
from tests.benchmarks.development_data import REPOSITORY, tutorial
from tests.benchmarks.kept_vectors import KeptEngine
from tests.benchmarks.small_talk import LENGTHS, among
from tests.benchmarks.typing_errors import mistyped
from tests.tutorial import entries as tutorial_entries

SEED = 20
TABLES = 6
PHRASINGS = (1, 3, 5, 10)
SIZES = (3, 9, 30, 100, 300, 1_000)
WRONG_KEYS = (0.0, 0.02, 0.05, 0.1)
LANGUAGES = ("en", "de", "es", "fr")

Fits = dict[str, Fit]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data", help="default: %(default)s")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between (default: all)")
    given = parser.parse_args()
    engine = KeptEngine()
    print(engine.version)
    for part in given.only.split(","):
        began = time.perf_counter()
        PARTS[part](given.data, engine)
        engine.save()
        print(f"  ({time.perf_counter() - began:.0f} s)", flush=True)


def shipped(folder: Path, engine: KeptEngine) -> None:
    """Half of each family's labels, at several numbers of phrasings."""
    printed("Tables of half of a family's labels, as shipped")
    for phrasings in PHRASINGS:
        _by_family(families(folder, REPORT), partial(_halves, engine, phrasings), f"{phrasings:2} phrasings")


def held_out(folder: Path, engine: KeptEngine) -> None:
    """The same with constants fitted without the family that is reported: how they carry over to an org's table."""
    fits = fitted_without(folder, engine)
    printed("Tables of half of a family's labels, constants fitted without the family")
    for phrasings in PHRASINGS:
        rows = {}
        for family in families(folder, REPORT):
            rows[family.name] = [fits[family.name].applied(one) for one in _halves(engine, phrasings, family)]
        _told(rows, f"{phrasings:2} phrasings")


def sizes(folder: Path, engine: KeptEngine) -> None:
    """Five phrasings, from 3 to 1,000 entries; constants fitted without the family."""
    fits = fitted_without(folder, engine)
    for phrasings in (1, 5):
        printed(f"{phrasings} phrasings, by entries; constants fitted without the family")
        for size in SIZES:
            rows = {}
            for family in families(folder, REPORT):
                tables = [drawn(family, size, phrasings, np.random.default_rng([SEED, size, n])) for n in range(TABLES)]
                rows[family.name] = [fits[family.name].applied(asked_rows(engine, table)) for table in tables]
            _told(rows, f"{size:5,} entries", each=False)


def long(folder: Path, engine: KeptEngine) -> None:
    """Questions among small talk, of both known and unknown ones; five phrasings."""
    printed("Questions among small talk, five phrasings, as shipped")
    for words in LENGTHS:
        _by_family(
            families(folder, REPORT), partial(_changed, engine, partial(among, words=words)), f"{words:3} words more"
        )


def typing(folder: Path, engine: KeptEngine) -> None:
    """Questions with wrong keys; five phrasings."""
    printed("Questions with typing errors, five phrasings, as shipped")
    for share in WRONG_KEYS:
        _by_family(
            families(folder, REPORT), partial(_changed, engine, partial(mistyped, share=share)), f"{share:4.0%} of keys"
        )


def languages(folder: Path, engine: KeptEngine) -> None:
    """The shop's English entries, asked in each language: answered right, wrong, and why a person takes over."""
    printed("The shop: entries in English, questions in several languages")
    entries, _ = shop(folder)
    table = Published(org_id="shop", revision=1, entries=entries)
    for language in LANGUAGES:
        _, questions = shop(folder, language)
        decisions = [(engine.decide(text, table), right) for text, right in questions]
        given = [(decision.entry_id, right) for decision, right in decisions if decision.entry_id is not None]
        right = sum(entry_id == place + 1 for entry_id, place in given)
        unread = sum(decision.unread is not None for decision, _ in decisions)
        known = sum(right >= 0 for _, right in questions)
        print(f"  {language}: {right:2} of {known} right, {len(given) - right} wrong, {unread} told as not read")


def guards(folder: Path, engine: KeptEngine) -> None:
    """The tutorial's examples and its entries, bare and with the phrasings of the demo."""
    printed("The tutorial's 15 examples")
    cases = tutorial(folder)
    bare = [(entries, examples) for _, entries, examples in cases]
    demo = [(_demo(company), examples) for company, _, examples in cases]
    for name, tables in (("bare", bare), ("with the demo's phrasings", demo)):
        right = wrong = 0
        nearest = 1.0
        for number, (entries, examples) in enumerate(tables, start=1):
            table = Published(org_id=name, revision=number, entries=entries)
            for question, expected in examples:
                decision = engine.decide(question, table)
                best = decision.candidates[0]
                got = table.by_id[decision.entry_id].question if decision.entry_id else "__fallback__"
                right, wrong = right + (got == expected), wrong + (got not in {expected, "__fallback__"})
                if table.by_id[best.entry_id].question != expected:
                    nearest = min(nearest, decision.threshold - best.score)
        print(
            f"  {name:26} {right:2} right, {wrong} wrong; the nearest wrong one was {nearest:.3f} below its threshold"
        )


def speed(folder: Path, engine: KeptEngine) -> None:
    """An edit of one phrasing in a large table until the engine is ready; vectors are known."""
    printed("Ready after an edit of one entry")
    texts = [text for family in families(folder, REPORT) for those in family.stored.values() for text in those]
    random.Random(0).shuffle(texts)
    for entries, phrasings in ((100, 5), (600, 5), (1_000, 10)):
        rows = [
            Entry(
                id=n + 1,
                question=texts[n * phrasings],
                alternates=tuple(texts[n * phrasings + 1 :][: phrasings - 1]),
                answer="",
            )
            for n in range(entries)
        ]
        engine.prepare(Published(org_id="speed", revision=entries, entries=tuple(rows)))
        took = []
        for edit in range(3):
            rows[edit] = replace(rows[edit], question=texts[-1 - edit])
            began = time.perf_counter()
            engine.prepare(Published(org_id="speed", revision=entries + edit + 1, entries=tuple(rows)))
            took.append(time.perf_counter() - began)
        print(f"  {entries:5,} entries × {phrasings:2}: {min(took):5.2f} s")


PARTS: dict[str, Callable[[Path, KeptEngine], None]] = {
    "shipped": shipped,
    "held-out": held_out,
    "sizes": sizes,
    "long": long,
    "typing": typing,
    "languages": languages,
    "tutorial": guards,
    "speed": speed,
}


def _by_family(found: Sequence[Family], rows_of: Callable[[Family], list[Rows]], name: str) -> None:
    _told({family.name: rows_of(family) for family in found}, name)


def _told(rows: dict[str, list[Rows]], name: str, *, each: bool = True) -> None:
    """A line for each family, and one for their mean."""
    if each:
        for family, tables in rows.items():
            print(f"  {name}  {family:10} {line([tables])}")
    print(f"  {name}  {'mean':10} {line(list(rows.values()))}", flush=True)


def _halves(engine: KeptEngine, phrasings: int, family: Family) -> list[Rows]:
    return [asked_rows(engine, table) for table in halves(family, phrasings, TABLES, SEED)]


def _changed(engine: KeptEngine, change: Callable[[str, random.Random], str], family: Family) -> list[Rows]:
    """Tables of half the labels whose questions are changed; fewer questions than elsewhere, since each is new text."""
    found = []
    for number, table in enumerate(halves(family, 5, TABLES // 2, SEED)):
        generator = random.Random(number)
        questions = [one for place, one in enumerate(table.questions) if place % 3 == 0]
        changed = tuple(Asked(text=change(one.text, generator), kind=one.kind, right=one.right) for one in questions)
        found.append(asked_rows(engine, replace(table, questions=changed)))
    return found


def _demo(company: str) -> tuple[Entry, ...]:
    return tuple(new_entry(number, entry) for number, entry in enumerate(tutorial_entries(company), start=1))


if __name__ == "__main__":
    main()
