"""Keeps the vectors of stored texts, so that an edit of a table encodes only what is new."""

import hashlib
import itertools
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.encoder import Encoder, Matrix, Vector
from core.engines.semantic.vector_store import VectorStore
from core.lru_cache import LruCache

GRID = 2.0**-11
"""Vectors are rounded to multiples of this (by 0.0001 on average). Their products are then multiples of 2**-22, and
a float32 holds every partial sum of a cosine exactly: it is the same bits in whatever order a processor adds."""

KEPT_VECTORS = 150_000
"""About 130 MB: two tables of 10,000 entries with 5 phrasings each, and all the small ones."""

GENERAL_QUESTIONS = Path(__file__).with_name("general_questions.txt")
PARALLEL_QUESTIONS = Path(__file__).with_name("parallel_questions.tsv")
"""A dozen of them in 16 languages, a language a line."""

MADE_AT_ONCE = 1_000
"""Texts that are encoded before they are kept: of a process that ends, so much work is lost."""

_Grid = NDArray[np.int16]
"""A vector on the grid."""

_Kept = bytes
"""A vector on the grid, and 1 or 0 behind it, each in two bytes: whether the text means something to the model."""
_UNREAD = np.int16(0).tobytes()


class Vectors:
    """Centred vectors of texts, float32, of norm 1 to within 0.001.

    Centred: the mean of the general questions is subtracted, then the length is made 1 again. That takes out what all
    questions share, so that a cosine near 0 means "nothing in common". Of an encoder for many ``languages`` also what
    sets one language apart from another is taken out: the directions in which the same questions differ by language.

    ``store`` keeps the vectors of stored texts over a restart, under a name of the model and of how it is prepared.
    """

    def __init__(
        self,
        encoder: Encoder,
        kept: int = KEPT_VECTORS,
        *,
        languages: bool = False,
        store: tuple[VectorStore, str] | None = None,
    ) -> None:
        self._encoder = encoder
        self._kept: LruCache[bytes, _Kept] = LruCache(kept)
        self._store = store[0] if store else None
        self._name = f"{store[1] if store else ''} {_digest_of_centre()}".encode()
        self._mean, self._directions = self._centre(languages)

    def _centre(self, languages: bool) -> tuple[NDArray[np.float64], NDArray[np.float64] | None]:
        """What is subtracted, and the directions of languages that are taken out; kept over a restart as well."""
        key, width = self._key("\0centre"), self._encoder.width
        kept = self._store.get([key]) if self._store else {}
        if key in kept:
            rows = np.frombuffer(kept[key], np.float64).reshape(-1, width)
        else:
            general = self._encoder.encode_all(GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines())
            rows = general.mean(axis=0, dtype=np.float64)[np.newaxis]
            if languages:
                rows = np.concatenate([rows, _directions_of_languages(self._encoder)])
            if self._store:
                self._store.put({key: rows.tobytes()})
        return rows[0], rows[1:] if languages else None

    def of_question(self, text: str) -> Vector:
        """The vector of a question, shape (384,). A visitor's is not kept; of a stored text the kept one is taken."""
        kept = self._kept.get(self._key(text))
        return from_grid(self._centred(self._encoder.encode(text)) if kept is None else _numbers(kept)[:-1])

    def reads(self, text: str) -> bool:
        """Whether the text means something to the model, so that its vector says what it is about."""
        kept = self._kept.get(self._key(text))
        return self._encoder.reads(text) if kept is None else bool(_numbers(kept)[-1])

    def reads_each(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """As ``reads``, of many texts."""
        keys = [self._key(text) for text in texts]
        kept = self._kept.get_all(keys)
        is_read = [
            not kept[key].endswith(_UNREAD) if key in kept else self._encoder.reads(text)
            for key, text in zip(keys, texts, strict=True)
        ]
        return np.array(is_read, dtype=np.bool_)

    def reads_whole(self, text: str) -> bool:
        """Whether the vector of a text is made of all of it: the model reads only the beginning of a long one."""
        return self._encoder.reads_whole(text)

    def of_stored(self, texts: Sequence[str]) -> Matrix:
        """The vectors of stored texts, shape (texts, 384); only those not yet kept are encoded."""
        keys = [self._key(text) for text in texts]
        found = self._of_keys(dict(zip(keys, texts, strict=True)))
        rows = _numbers(b"".join([found[key] for key in keys])).reshape(-1, len(self._mean) + 1)
        return from_grid(rows[:, :-1])

    def keep(self, texts: Iterable[str]) -> None:
        """Have the vectors of these texts at hand, and over a restart, as those of stored ones."""
        self._of_keys({self._key(text): text for text in texts})

    def _of_keys(self, texts: Mapping[bytes, str]) -> dict[bytes, _Kept]:
        """The vectors of texts by their keys."""
        found = self._found(list(texts))
        new = {key: text for key, text in texts.items() if key not in found}
        for begin in range(0, len(new), MADE_AT_ONCE):
            found.update(self._made(dict(itertools.islice(new.items(), begin, begin + MADE_AT_ONCE))))
        return found

    def _found(self, keys: Sequence[bytes]) -> dict[bytes, _Kept]:
        """What is kept of these, in memory or over a restart."""
        found = self._kept.get_all(keys)
        if self._store is not None and len(found) < len(keys):
            found.update(self._at_hand(self._store.get([key for key in keys if key not in found])))
        return found

    def _made(self, texts: Mapping[bytes, str]) -> dict[bytes, _Kept]:
        """The vectors of new texts by their keys, kept from now on."""
        vectors = self._encoder.encode_all(list(texts.values()))
        made = {
            key: np.append(self._centred(vector), np.int16(self.reads(text))).tobytes()
            for (key, text), vector in zip(texts.items(), vectors, strict=True)
        }
        if self._store is not None:
            self._store.put(made)
        return self._at_hand(made)

    def _at_hand(self, rows: dict[bytes, _Kept]) -> dict[bytes, _Kept]:
        """The same rows, which are in memory from now on."""
        for key, row in rows.items():
            self._kept.put(key, row)
        return rows

    def _key(self, text: str) -> bytes:
        content = text.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(self._name + b"\0" + content, digest_size=16).digest()

    def _centred(self, vector: Vector) -> _Grid:
        centred = unit(vector) - self._mean
        if self._directions is not None:
            centred -= self._directions.T @ (self._directions @ centred)
        return on_grid(unit(centred))


def _numbers(kept: _Kept) -> _Grid:
    return np.frombuffer(kept, np.int16)


def _digest_of_centre() -> str:
    """Names the questions that the centre is made of."""
    content = GENERAL_QUESTIONS.read_bytes() + PARALLEL_QUESTIONS.read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


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
    """A vector, or each row of many, divided by its length; one of zeros stays as it is."""
    exact = vector.astype(np.float64)
    length = np.sqrt(np.square(exact).sum(axis=-1, keepdims=True))
    result: NDArray[np.float64] = exact / np.where(length, length, 1)
    return result


def on_grid(vector: NDArray[np.float64]) -> _Grid:
    """One or many vectors of norm 1 as whole multiples of GRID."""
    return np.rint(vector / GRID).astype(np.int16)


def from_grid(stored: _Grid) -> Matrix:
    """One or many vectors from whole multiples of GRID, float32 of the same shape."""
    vectors = stored.astype(np.float32)
    vectors *= np.float32(GRID)  # in place: of a large table another array takes longer than the product
    return vectors
