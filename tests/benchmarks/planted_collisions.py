"""How many planted collisions the health of a table finds, and how much else it reports: run with --data.

Tables are drawn from public questions. Collisions are planted in two ways: a phrasing is moved to another entry, and
the phrasings of one intent are split into two entries. The constants of core/health/collisions.py were chosen on the
families under "chosen on", by these very figures; the others had no part in it. Nobody has looked for the collisions
that these sets have by themselves, so whatever else is reported counts as false.

    python -m tests.benchmarks.planted_collisions [--data FOLDER] [--tables 20]
"""

import argparse
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.engines.semantic.index import Index
from core.engines.semantic.left_out import left_out
from core.health.collisions import LEAST_PAIR, LEAST_SEVERITY, pair_severities, severities
from core.questions.entry import Entry
from tests.benchmarks.decision_tables import FIT, Family, families
from tests.benchmarks.development_data import REPOSITORY
from tests.benchmarks.kept_vectors import KeptVectors

CHOSEN_ON = ("banking77", "clinc150")
SIZES = (30, 60)
PHRASINGS = (5, 3, 1)
_SPLIT, _MOVED = 20, 10
"""One intent in so many is split; of one entry in so many a phrasing is moved."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A table; ``moved`` are the phrasings in a wrong entry, ``twins`` the places of entries that are one in truth."""

    entries: tuple[Entry, ...]
    moved: frozenset[str]
    twins: Mapping[int, int]


@dataclass(kw_only=True)
class Counts:
    """What was planted and found, and what else there was and was reported; of phrasings and of pairs."""

    moved: int = 0
    moved_found: int = 0
    clean: int = 0
    clean_reported: int = 0
    twins: int = 0
    twins_found: int = 0
    pairs: int = 0
    pairs_reported: int = 0


def planted(family: Family, size: int, phrasings: int, generator: np.random.Generator) -> Planted:
    """A table of about so many entries."""
    labels = [label for label, texts in family.stored.items() if len(texts) >= phrasings]
    chosen = [labels[place] for place in generator.permutation(len(labels))[:size]]
    rows: list[list[str]] = []
    twins: dict[int, int] = {}
    for place, label in enumerate(chosen):
        texts = [str(text) for text in generator.permutation(list(family.stored[label]))]
        texts = list(dict.fromkeys([*([family.first[label]] if label in family.first else []), *texts]))
        if place < max(1, size // _SPLIT):
            each = min(phrasings, len(texts) // 2)
            twins |= {len(rows): len(rows) + 1, len(rows) + 1: len(rows)}
            rows += [texts[:each], texts[each : 2 * each]]
        else:
            rows.append(texts[:phrasings])
    whole = [place for place in range(len(rows)) if place not in twins]
    sources = set(generator.choice(whole, max(1, size // _MOVED), replace=False)) if phrasings > 1 else set()
    moved = set()
    for source in sorted(sources):
        to = int(generator.choice([place for place in whole if place not in sources]))
        text = rows[source].pop(int(generator.integers(len(rows[source]))))
        rows[to].append(text)
        moved.add(text)
    entries = tuple(
        Entry(id=place + 1, question=texts[0], alternates=tuple(texts[1:]), answer="")
        for place, texts in enumerate(rows)
    )
    return Planted(entries=entries, moved=frozenset(moved), twins=twins)


def count(table: Planted, vectors: KeptVectors, counts: Counts) -> None:
    """Add what is found in a table."""
    index = Index(table.entries, vectors.of_stored, vectors.reads_each)
    found = left_out(index, vectors.of_stored)
    severity = severities(found)
    for place, text in enumerate(index.phrasings):
        if int(found.entry[place]) in table.twins:
            continue
        is_reported = bool(severity[place] >= LEAST_SEVERITY)
        if text in table.moved:
            counts.moved += 1
            counts.moved_found += is_reported
        else:
            counts.clean += 1
            counts.clean_reported += is_reported
    reported = {(one, other) for one, other, how in pair_severities(found) if how >= LEAST_PAIR}
    twins = {(one, other) for one, other in table.twins.items() if one < other}
    entries = len(table.entries)
    counts.twins += len(twins)
    counts.twins_found += len(twins & reported)
    counts.pairs += entries * (entries - 1) // 2 - len(twins)
    counts.pairs_reported += len(reported - twins)


def figures(family: Family, phrasings: int, vectors: KeptVectors, tables: int) -> Counts:
    """Of so many tables of a family."""
    counts = Counts()
    for number in range(tables):
        for size in SIZES:
            generator = np.random.default_rng([number, size, phrasings])
            count(planted(family, size, phrasings, generator), vectors, counts)
    return counts


def line(name: str, each: Sequence[Counts]) -> str:
    """The figures of some families, the mean of them."""

    def mean(part: str, whole: str) -> str:
        shares = [getattr(one, part) / getattr(one, whole) for one in each if getattr(one, whole)]
        return f"{100 * sum(shares) / len(shares):6.1f}" if shares else "     –"

    return (
        f"{name:<22}{mean('moved_found', 'moved')}{mean('clean_reported', 'clean')}   "
        f"{mean('twins_found', 'twins')}{mean('pairs_reported', 'pairs')}"
    )


def main() -> None:
    """Print a line a family and number of phrasings."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--data", type=Path, default=REPOSITORY.parent / "shared" / "data", help="default: %(default)s")
    parser.add_argument("--tables", type=int, default=20, help="of each size; default: %(default)s")
    asked = parser.parse_args()
    vectors = KeptVectors()
    every = families(asked.data, FIT)
    print("%                      moved phrasings    split entries")
    print("                       found  false     found  false")
    for phrasings in PHRASINGS:
        found = {family.name: figures(family, phrasings, vectors, asked.tables) for family in every}
        print(f"{phrasings} phrasings an entry")
        for name, counts in found.items():
            print(line(f"  {name}", [counts]), " chosen on" if name in CHOSEN_ON else "")
        print(line("  mean of the others", [one for name, one in found.items() if name not in CHOSEN_ON]), flush=True)
    vectors.save()


if __name__ == "__main__":
    main()
