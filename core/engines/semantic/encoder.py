"""Turns texts into vectors, each by itself, so that a vector never depends on what else is asked."""

import os
import queue
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.graph import WIDTH, Pooling
from core.engines.semantic.known_words import Encoded, Words, words_of
from core.errors import EngineFailed, EngineUnavailable

if TYPE_CHECKING:
    from tokenizers import Tokenizer

TOKENS = 256
"""Longer texts are cut here: the published model was made for at most 256 tokens (sentence_bert_config.json)."""

_FRAME = 8
"""More tokens than any model puts around a text. Beside these, a text of ASCII has no more tokens than letters."""

MOST_SESSIONS = 16
"""Each takes about 25 MB of memory."""

Vector = NDArray[np.float32]
Matrix = NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a model reads texts.

    ``prefix`` comes before each, as the model was trained; ``most_tokens`` are read at most; ``words_of`` tells which
    tokens mean something to it. ``is_shared``: all threads use one session of a large model. ``pooling`` is for a graph
    that gives the last layer, with the inputs and outputs that sentence-transformers exports, rather than a vector.
    """

    prefix: str = ""
    most_tokens: int = TOKENS
    width: int = WIDTH
    words_of: Callable[[str, Encoded], Words] = words_of
    is_shared: bool = False
    pooling: Pooling | None = None


ENGLISH = Reading()
"""How all-MiniLM-L6-v2 does."""


class _Session(Protocol):
    def run(self, output_names: list[str], input_feed: dict[str, NDArray[np.int32]]) -> list[Any]: ...


class _Pooled:
    """Runs an exported model, which takes a mask and gives the last layer, as one that gives the vector."""

    def __init__(self, session: Any, pooling: Pooling) -> None:  # noqa: ANN401 - onnxruntime ships no types
        self._session = session
        self._pooling = pooling
        self._inputs = [each.name for each in session.get_inputs()]
        self._output = next(each.name for each in session.get_outputs() if len(each.shape) == 3)

    def run(self, output_names: list[str], input_feed: dict[str, NDArray[np.int32]]) -> list[Any]:  # noqa: ARG002 - one name
        """The vector of one text, in a list as onnxruntime gives it."""
        ids = input_feed["input_ids"].astype(np.int64)
        known = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        layer = self._session.run([self._output], {name: known.get(name, np.zeros_like(ids)) for name in self._inputs})
        state = layer[0][0].astype(np.float64)
        vector = state.mean(axis=0) if self._pooling is Pooling.MEAN else state[0]
        return [(vector / np.linalg.norm(vector)).astype(np.float32)[np.newaxis]]


def usable_sessions() -> int:
    """One for each processor core that this process may use, at least 1 and at most MOST_SESSIONS."""
    affinity = getattr(os, "sched_getaffinity", None)  # not on every system; a container may allow fewer than there are
    cores = len(affinity(0)) if affinity else (os.cpu_count() or 1)
    return max(1, min(cores, MOST_SESSIONS))


class Encoder:
    """One-thread sessions of a prepared model, one for each core; each text runs alone on one of them.

    ``tokenizer`` is the model's, or the file that holds it; ``reading`` says how the model reads texts.

    The int8 model scales its activations by all it is given at once: in a batch, a text's vector would change with
    its neighbours. Two threads inside one session would also wait for each other under load.
    """

    def __init__(
        self,
        model: bytes | Path,
        tokenizer: "Path | Tokenizer",
        sessions: int | None = None,
        *,
        reading: Reading = ENGLISH,
    ) -> None:
        try:
            # heavy, so not wanted at import; onnxruntime ships no types
            from onnxruntime import SessionOptions  # type: ignore[import-untyped]  # noqa: PLC0415
            from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415
            from tokenizers import Tokenizer  # noqa: PLC0415
        except ImportError as error:
            raise EngineUnavailable(
                f"The built-in engine is off: {error.name} is not installed. Run: pip install -r requirements.txt"
            ) from error

        # Questions run side by side, so each matrix product keeps to one thread as well: several would wait for each
        # other (fitting 60 entries took 3 s instead of 0.2 s on a busy machine), and add in another order elsewhere.
        threadpool_limits(limits=1, user_api="blas")
        self._reading = reading
        self._tokenizer = Tokenizer.from_file(str(tokenizer)) if isinstance(tokenizer, Path) else tokenizer
        self._tokenizer.no_padding()  # the file pads all texts to 128 tokens, ten times the work
        self._prefix = self._tokenizer.encode(reading.prefix.rstrip(), add_special_tokens=False).ids
        self._most = reading.most_tokens - len(self._prefix)
        self._tokenizer.enable_truncation(self._most)
        options = SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.enable_mem_pattern = False  # it would keep one plan for each length of text
        self.sessions = sessions or usable_sessions()
        self._free: queue.SimpleQueue[_Session] = queue.SimpleQueue()
        for number in range(self.sessions):
            if number == 0 or not reading.is_shared:
                session = _session(model, options, reading)
            self._free.put(session)

    @property
    def vocabulary(self) -> list[str]:
        """The words that the model knows as one, most of them in small letters."""
        return [token for token in self._tokenizer.get_vocab() if token.isalpha()]

    def encode(self, text: str) -> Vector:
        """The text's vector, float32 of norm 1 and shape (width,), which is 384 in both published models.

        Raises EngineFailed when the model cannot be run on it.
        """
        session = self._free.get()
        try:
            ids = np.array([self.token_ids(text)], dtype=np.int32)
            vector: Vector = session.run(["vector"], {"input_ids": ids})[0][0]
        except Exception as error:
            raise EngineFailed("The built-in model could not read this text.") from error
        finally:
            self._free.put(session)
        return vector

    @property
    def width(self) -> int:
        """Numbers of a vector."""
        return self._reading.width

    def token_ids(self, text: str) -> list[int]:
        """The model's numbers for the parts of a text, no more than it reads; beside known words, no unknown ones."""
        ids = self._words(text).ids
        return [*ids[:1], *self._prefix, *ids[1:]] if self._prefix else ids

    def reads(self, text: str) -> bool:
        """Whether the text means something to the model: not emoji, another script, or one letter again and again."""
        return self._words(text).readable

    def _words(self, text: str) -> Words:
        clean = _encodable(text)
        return self._reading.words_of(clean, self._tokenizer.encode(clean))

    def reads_whole(self, text: str) -> bool:
        """Whether nothing of a text is cut off."""
        if text.isascii() and len(text) + _FRAME <= self._most:
            return True
        return not self._tokenizer.encode(_encodable(text)).overflowing

    def encode_all(self, texts: Sequence[str]) -> Matrix:
        """The texts' vectors, float32 of shape (texts, width): the same bits as from ``encode``."""
        vectors = np.empty((len(texts), self.width), dtype=np.float32)

        def encode_every(first: int) -> None:
            for place in range(first, len(texts), self.sessions):
                vectors[place] = self.encode(texts[place])

        if len(texts) < 2 * self.sessions:  # not worth a thread
            for first in range(self.sessions):
                encode_every(first)
            return vectors
        with ThreadPoolExecutor(self.sessions, thread_name_prefix="encode") as pool:
            list(pool.map(encode_every, range(self.sessions)))  # the list raises what a thread raised
        return vectors


def _session(model: bytes | Path, options: Any, reading: Reading) -> _Session:  # noqa: ANN401 - onnxruntime ships no types
    from onnxruntime import InferenceSession  # noqa: PLC0415 - heavy, so not wanted at import

    try:
        made: Any = InferenceSession(
            model if isinstance(model, bytes) else str(model), options, providers=["CPUExecutionProvider"]
        )
        session: _Session = made if reading.pooling is None else _Pooled(made, reading.pooling)
    except Exception as error:  # whatever onnxruntime finds wrong, it says with a class of its own for each
        raise EngineUnavailable(f"The built-in engine is off: its model cannot be run ({error}).") from error
    return session


def _encodable(text: str) -> str:
    """The text for the tokenizer, to which a lone surrogate is none."""
    return text.encode("utf-8", "replace").decode("utf-8")
