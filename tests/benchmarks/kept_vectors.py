"""Keeps the vectors of a benchmark's texts in memory between runs, so that only the first one has to encode them."""

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.encoder import Encoder, Matrix, Vector
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.graph import WIDTH
from core.engines.semantic.index import Index
from core.engines.semantic.prepare import prepared_model
from core.engines.semantic.readers import Readers
from core.engines.semantic.spelling import Spelling
from core.engines.semantic.vectors import GRID, Vectors, from_grid
from core.engines.semantic.weights import model_files
from core.questions.entry import Published

SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a cache of public texts' vectors, made again when it is missing
PROBES = ("How do I return shoes?", "crème brûlée 👍 返品", "Größe 42?!", "transfered iban topup " * 70)
"""Texts by whose vectors an engine that makes other ones is told: it begins another file."""


class KeptVectors(Vectors):
    """Vectors by text, as the engine makes them. ``save`` writes the new ones beside those of earlier runs."""

    def __init__(self) -> None:
        folder = SHARED_MEMORY if SHARED_MEMORY.is_dir() else Path(tempfile.gettempdir())
        self.folder = folder / f"frontline-benchmarks-{os.getuid()}"
        self.folder.mkdir(exist_ok=True)
        files = model_files()
        encoder = Encoder(prepared_model(files, self.folder), files.tokenizer)
        self.spelling = Spelling(encoder.vocabulary)
        self.reader = made = Vectors(encoder)
        digest = hashlib.sha256(made.of_stored(PROBES).tobytes())
        self._path = self.folder / f"vectors-{digest.hexdigest()[:12]}.npz"
        self._rows: dict[bytes, NDArray[np.int16]] = {}
        if self._path.exists():
            with np.load(self._path) as kept:
                keys, rows = kept["keys"], kept["rows"]
            self._rows = {key.tobytes(): row for key, row in zip(keys, rows, strict=True)}

    def reads(self, text: str) -> bool:
        """As the engine's own."""
        return self.reader.reads(text)

    def reads_each(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """As the engine's own."""
        return self.reader.reads_each(texts)

    def reads_whole(self, text: str) -> bool:
        """As the engine's own."""
        return self.reader.reads_whole(text)

    def of_stored(self, texts: Sequence[str]) -> Matrix:
        """The texts' vectors, float32 of shape (texts, 384)."""
        keys = [hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._rows}
        if new:
            made = np.rint(self.reader.of_stored(list(new.values())) / GRID).astype(np.int16)
            self._rows.update(zip(new, made, strict=True))
        rows = np.empty((len(keys), WIDTH), dtype=np.int16)
        for place, key in enumerate(keys):
            rows[place] = self._rows[key]
        return from_grid(rows)

    def of_question(self, text: str) -> Vector:
        """The vector of one text, shape (384,)."""
        vector: Vector = self.of_stored([text])[0]
        return vector

    def save(self) -> None:
        """Keep what was made for the next run."""
        keys = np.frombuffer(b"".join(self._rows), dtype="V16")
        temporary = self._path.with_suffix(f".{os.getpid()}.npz")
        np.savez(temporary, keys=keys, rows=np.stack(list(self._rows.values())))
        temporary.replace(self._path)


class KeptReaders(Readers):
    """The engine's own, with vectors of English texts that are kept between runs."""

    def __init__(self) -> None:
        self.kept = KeptVectors()
        super().__init__(self.kept.folder, None)

    def _load_english(self) -> Vectors:
        self._spelling = self.kept.spelling
        return self.kept


class KeptEngine(SemanticEngine):
    """The engine itself, with those."""

    def __init__(self) -> None:
        readers = KeptReaders()
        super().__init__(readers.kept.folder)
        self._readers = readers
        self.vectors: Vectors = readers.kept
        self.save = readers.kept.save

    def table(self, published: Published) -> Index:
        """What the engine makes of an English table."""
        index, _ = self._readers.for_question("How can I do this?", published)
        return index
