"""How long the health of a table takes once its vectors are kept, and what that is beside the bare matrix product.

The unit is one product of all phrasings with all entries in 384 directions, in float32, on the same machine at the same
time. The vectors are drawn at random around their entries: their arithmetic is that of real ones.

    python -m tests.benchmarks.table_health [--entries 1000 10000] [--phrasings 5]
"""

import argparse
import time
from collections.abc import Sequence

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.engines.semantic.encoder import Matrix
from core.engines.semantic.index import Index
from core.engines.semantic.left_out import left_out
from core.engines.semantic.vectors import from_grid, on_grid
from core.health.collisions import collisions, pairs
from core.health.cross_validation import cross_validation
from core.questions.entry import Entry

WIDTH = 384
_ROWS_AT_ONCE = 500


def table(entries: int, phrasings: int) -> tuple[tuple[Entry, ...], Matrix]:
    """Entries whose phrasings are named by the row of their vector, and the vectors."""
    generator = np.random.default_rng(0)
    weights = np.exp(-np.arange(WIDTH) / 120)
    centres = generator.normal(size=(entries, 1, WIDTH)) * weights
    rows = (centres + generator.normal(size=(entries, phrasings, WIDTH)) * weights).reshape(-1, WIDTH)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    made = tuple(
        Entry(
            id=place + 1,
            question=f"text {place * phrasings}",
            alternates=tuple(f"text {place * phrasings + other}" for other in range(1, phrasings)),
            answer="",
        )
        for place in range(entries)
    )
    return made, from_grid(on_grid(rows))


def product(vectors: Matrix, entries: int) -> float:
    """The unit, in seconds."""
    columns = vectors[:entries].T.copy()
    began = time.perf_counter()
    for begin in range(0, len(vectors), _ROWS_AT_ONCE):
        vectors[begin : begin + _ROWS_AT_ONCE] @ columns
    return time.perf_counter() - began


def measure(entries: int, phrasings: int) -> None:
    """Print a line for a table of so many entries."""
    made, vectors = table(entries, phrasings)

    def vectors_of(texts: Sequence[str]) -> Matrix:
        rows: Matrix = vectors[[int(text.split()[1]) for text in texts]]
        return rows

    began = time.perf_counter()
    index = Index(made, vectors_of)
    indexed, processor = time.perf_counter(), time.process_time()
    found = left_out(index, vectors_of)
    pairs(found)
    collisions(found, frozenset())
    cross_validation(found, 0.0)
    ended, used = time.perf_counter(), time.process_time() - processor
    unit = product(vectors, entries)
    print(
        f"{entries:>7,} × {phrasings}: the table laid out {indexed - began:5.1f} s, health {ended - indexed:5.1f} s "
        f"({used:.1f} s of processor time), {(ended - indexed) / unit:.1f} × the bare product of {unit:.2f} s",
        flush=True,
    )


def main() -> None:
    """Print a line for each size."""
    threadpool_limits(limits=1, user_api="blas")  # as the engine does, so that questions are answered beside it
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--entries", type=int, nargs="+", default=[1_000, 10_000], help="default: 1000 10000")
    parser.add_argument("--phrasings", type=int, default=5, help="of each; default: %(default)s")
    asked = parser.parse_args()
    for entries in asked.entries:
        measure(entries, asked.phrasings)


if __name__ == "__main__":
    main()
