"""Keeps the vectors of stored texts, so that an edit of a table encodes only what is new."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.encoder import Encoder, Matrix, Vector
from core.lru_cache import LruCache

GRID = 2.0**-11
"""Vectors are rounded to multiples of this (by 0.0001 on average). Their products are then multiples of 2**-22, and
a float32 holds every partial sum of a cosine exactly: it is the same bits in whatever order a processor adds."""

KEPT_VECTORS = 150_000
"""About 130 MB: two tables of 10,000 entries with 5 phrasings each, and all the small ones."""

GENERAL_QUESTIONS = Path(__file__).with_name("general_questions.txt")
PARALLEL_QUESTIONS = Path(__file__).with_name("parallel_questions.tsv")
"""A dozen of them in 16 languages, a language a line."""

_Stored = NDArray[np.int16]


class Vectors:
    """Centred vectors of texts, float32, of norm 1 to within 0.001.

    Centred: the mean of the general questions is subtracted, then the length is made 1 again. That takes out what all
    questions share, so that a cosine near 0 means "nothing in common". Of an encoder for many ``languages`` also what
    sets one language apart from another is taken out: the directions in which the same questions differ by language.
    """

    def __init__(self, encoder: Encoder, kept: int = KEPT_VECTORS, *, languages: bool = False) -> None:
        self._encoder = encoder
        self._kept: LruCache[bytes, _Stored] = LruCache(kept)
        general = encoder.encode_all(GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines())
        self._mean = general.mean(axis=0, dtype=np.float64)
        self._directions = _directions_of_languages(encoder) if languages else None

    def of_question(self, text: str) -> Vector:
        """The vector of a visitor's question, shape (384,). It is not kept: few are asked twice."""
        return from_grid(self._centred(self._encoder.encode(text)))

    def reads(self, text: str) -> bool:
        """Whether the text means something to the model, so that its vector says what it is about."""
        return self._encoder.reads(text)

    def reads_whole(self, text: str) -> bool:
        """Whether the vector of a text is made of all of it: the model reads only the beginning of a long one."""
        return self._encoder.reads_whole(text)

    def of_stored(self, texts: Sequence[str]) -> Matrix:
        """The vectors of stored texts, shape (texts, 384); only those not yet kept are encoded."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        found = {key: vector for key in keys if (vector := self._kept.get(key)) is not None}
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in found}
        made = [self._centred(vector) for vector in self._encoder.encode_all(list(new.values()))]
        for key, vector in zip(new, made, strict=True):
            found[key] = vector
            self._kept.put(key, vector)
        rows = np.empty((len(keys), len(self._mean)), dtype=np.int16)
        for place, key in enumerate(keys):
            rows[place] = found[key]
        return from_grid(rows)

    def _centred(self, vector: Vector) -> _Stored:
        centred = unit(vector) - self._mean
        if self._directions is not None:
            centred -= self._directions.T @ (self._directions @ centred)
        return on_grid(unit(centred))


def _directions_of_languages(encoder: Encoder) -> NDArray[np.float64]:
    """An orthonormal basis, float64 of shape (languages - 1, width), of what differs between languages.

    Of questions in languages that are not among these, it takes out most as well (.docs/measurements.md).
    """
    lines = PARALLEL_QUESTIONS.read_text(encoding="utf-8").splitlines()
    means = [encoder.encode_all(line.split("\t")[1:]).mean(axis=0, dtype=np.float64) for line in lines]
    _, _, directions = np.linalg.svd(np.stack(means) - np.mean(means, axis=0), full_matrices=False)
    basis: NDArray[np.float64] = directions[: len(means) - 1]
    return basis


def unit(vector: Vector | NDArray[np.float64]) -> NDArray[np.float64]:
    """A vector divided by its length; one of zeros stays as it is."""
    exact = vector.astype(np.float64)
    length = float(np.sqrt(np.square(exact).sum()))
    return exact / length if length else exact


def on_grid(vector: NDArray[np.float64]) -> _Stored:
    """A vector of norm 1 as whole multiples of GRID."""
    return np.rint(vector / GRID).astype(np.int16)


def from_grid(stored: _Stored) -> Matrix:
    """One or many vectors from whole multiples of GRID, float32 of the same shape."""
    return stored.astype(np.float32) * np.float32(GRID)
