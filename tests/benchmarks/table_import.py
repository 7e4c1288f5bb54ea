"""How long a large file takes to become a table: read, looked at in the preview, and applied as one save.

Each is a multiple of the bare save of the same entries, and of the bare encoding of their phrasings, which the engine
does afterwards. The questions are made up. Two files in which each tenth row breaks a rule show that many problems take
no longer than few. Seconds are on the clock, since a file is read in a process of its own.

    python -m tests.benchmarks.table_import [--entries 1000 10000] [--phrasings 5]
"""

import argparse
import itertools
import json
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from core.bootstrap import Frontline
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.weights import model_files
from core.questions.changes import Changes
from core.transfer.exporting import format_named
from core.transfer.options import Options
from core.transfer.service import counts_told
from tests.benchmarks.development_data import PREPARED
from tests.benchmarks.embedded_engine import ACTIONS, PLACES, STARTS, TAILS, THINGS, seconds
from tests.fakes import LiteralEngine
from tests.integration.tenants import ORGS, A, B, Roles, installation, owner

FORMATS = ("json", "csv", "xlsx")
ENCODED = 500
"""Texts that are encoded to know what all of them would take."""
CHANGED = 100
"""One of so many entries reads otherwise in the file that is imported over the table."""
BROKEN = 10
"""One of so many rows breaks a rule."""

Row = Mapping[str, Any]
T = TypeVar("T")


def main() -> None:
    """Print a block for each size."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000], help="default: 1000 10000")
    parser.add_argument("--phrasings", type=int, default=5, help="of each; default: %(default)s")
    given = parser.parse_args()
    texts = [
        f"{start} {action} {thing} {place}{tail}?"
        for start, action, thing, place, tail in itertools.product(STARTS, ACTIONS, THINGS, PLACES, TAILS)
    ]
    random.Random(0).shuffle(texts)
    files = model_files()
    encoder = Encoder(prepared_model(files, PREPARED), files.tokenizer)
    for entries in given.entries:
        stored = texts[: entries * given.phrasings]
        encoding = seconds(lambda: encoder.encode_all(texts[:ENCODED])) * len(stored) / ENCODED
        measure([stored[place::entries] for place in range(entries)], encoding)


def measure(table: Sequence[Sequence[str]], encoding: float) -> None:
    """Save a table, take it away in some formats, and import each into an empty table and over itself."""
    rows = [
        {"question": first, "alternates": others, "answer": f"Answer {number}.", "tags": [f"topic {number % 10}"]}
        for number, (first, *others) in enumerate(table)
    ]
    with started() as parts:
        save, _ = timed(lambda: parts.questions.save(owner(A), A, base_revision=0, changes=Changes(added=rows)))
        print(f"{len(rows):,} × {len(table[0])}: the bare save {save:.2f} s, the bare encoding {encoding:.1f} s")
        for org, key in zip(ORGS, FORMATS, strict=True):
            format_ = format_named(key)
            exported, file = timed(lambda format_=format_: parts.transfer.export(owner(A), A, format_))
            print(f"  {key} written in {exported:.2f} s", flush=True)
            found = imported(parts, org, f"table.{format_.suffix}", file.data)
            found.show(f"{key} into {'the same' if org == A else 'an empty'} table", save, encoding)
        edited = [{**one, "answer": "Another one."} if place % CHANGED == 0 else one for place, one in enumerate(rows)]
        imported(parts, A, "table.json", as_json(edited)).show("one in 100 changed", save, encoding)
    with started() as parts:
        broken = [{**one, "answer": ""} if place % BROKEN == 0 else one for place, one in enumerate(rows)]
        imported(parts, A, "table.json", as_json(broken)).show("one in 10 without an answer", save, encoding)
        twice = [
            {**one, "alternates": [*one["alternates"], rows[place - 1]["question"]]} if place % BROKEN == 0 else one
            for place, one in enumerate(rows)
        ]
        imported(parts, B, "table.json", as_json(twice)).show("one in 10 asks another's", save, encoding)


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """Seconds of each step, and what the preview said."""

    read: float
    planned: float
    applied: float
    told: str

    def show(self, what: str, save: float, encoding: float) -> None:
        """A line, with the sum as a multiple of the bare save and of the bare encoding."""
        whole = self.read + self.planned + self.applied
        print(
            f"  {what:28} read {self.read:6.2f} s, preview {self.planned:6.2f} s, save {self.applied:6.2f} s: "
            f"{whole / save:5.1f} × the bare save, {whole / encoding:.2f} × the bare encoding; {self.told}",
            flush=True,
        )


def imported(parts: Frontline, org: str, name: str, data: bytes) -> Imported:
    """Read a file, look at what it would do, and do it."""
    me, transfer = owner(org), parts.transfer
    read, found = timed(lambda: transfer.read(me, org, [(name, data)]))
    planned, made = timed(lambda: transfer.plan(me, org, found, Options()))
    applied, _ = timed(lambda: transfer.apply(me, org, made))
    return Imported(read=read, planned=planned, applied=applied, told=counts_told(made))


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Seconds on the clock, and what came of it."""
    began = time.perf_counter()
    found = work()
    return time.perf_counter() - began, found


def as_json(rows: Sequence[Row]) -> bytes:
    """A file of these rows."""
    return json.dumps(rows).encode()


@contextmanager
def started() -> Iterator[Frontline]:
    """A Frontline with an engine that costs nothing."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        with installation(f"sqlite:///{folder / 'bench.db'}", folder, Roles(), LiteralEngine()) as parts:
            yield parts


if __name__ == "__main__":
    main()
