"""The graph against the published similarities, and against BERT's formulas written down once more in numpy."""

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray
from onnxruntime import InferenceSession, SessionOptions
from safetensors.numpy import load_file
from scipy.special import erf, softmax
from tokenizers import Tokenizer

from core.engines.semantic.graph import build_graph
from core.engines.semantic.weights import ModelFiles

Floats = NDArray[np.float32]
Encode = Callable[[str], Floats]

TEXTS = (
    "What are your hours?",
    "",
    "Ich hätte gern eine Rechnung für Straße 5 😀",
    "My parcel says delivered, but it is not here, and nobody at the depot picks up the phone. " * 9,
)


@pytest.fixture(scope="module")
def token_ids(files: ModelFiles) -> Callable[[str], list[int]]:
    tokenizer = Tokenizer.from_file(str(files.tokenizer))
    tokenizer.no_padding()
    tokenizer.enable_truncation(256)
    return lambda text: tokenizer.encode(text).ids


@pytest.fixture(scope="module")
def encode(files: ModelFiles, token_ids: Callable[[str], list[int]]) -> Encode:
    options = SessionOptions()
    options.intra_op_num_threads = 1
    session = InferenceSession(build_graph(files.weights).SerializeToString(), options)
    return lambda text: session.run(["vector"], {"input_ids": np.array([token_ids(text)], dtype=np.int32)})[0][0]


def test_the_published_similarities_come_out(encode: Encode) -> None:
    """Two examples that the model's authors and its host give with their results."""
    happy, dog, very, day = map(
        encode, ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    lovely, sunny, stadium = map(
        encode, ["The weather is lovely today.", "It's so sunny outside!", "He drove to the stadium."]
    )

    assert [happy @ dog, happy @ very, happy @ day] == pytest.approx([0.6946, 0.9429, 0.2569], abs=1e-4)
    assert [lovely @ sunny, lovely @ stadium, sunny @ stadium] == pytest.approx([0.6660, 0.1046, 0.1411], abs=1e-4)


@pytest.mark.parametrize("text", TEXTS, ids=["a question", "nothing", "not English", "longer than the model reads"])
def test_the_graph_computes_what_the_formulas_say(
    files: ModelFiles, token_ids: Callable[[str], list[int]], encode: Encode, text: str
) -> None:
    expected = forward(load_file(files.weights), token_ids(text))

    assert np.linalg.norm(encode(text)) == pytest.approx(1, abs=1e-5)
    assert encode(text) == pytest.approx(expected, abs=1e-5)


def forward(weights: Mapping[str, Floats], ids: list[int], layers: int = 6) -> Floats:
    def linear(values: Floats, name: str) -> Floats:
        return values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]

    def norm(values: Floats, name: str) -> Floats:
        centred = values - values.mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(np.square(centred).mean(axis=-1, keepdims=True) + 1e-12)
        return scaled * weights[f"{name}.weight"] + weights[f"{name}.bias"]

    def heads(values: Floats) -> Floats:
        return values.reshape(len(ids), 12, 32).transpose(1, 0, 2)

    tables = {kind: weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")}
    summed = tables["word"][ids] + tables["position"][: len(ids)] + tables["token_type"][0]
    state = norm(summed, "embeddings.LayerNorm")
    for number in range(layers):
        layer = f"encoder.layer.{number}"
        query, key, value = (
            heads(linear(state, f"{layer}.attention.self.{part}")) for part in ("query", "key", "value")
        )
        attention = softmax(query @ key.transpose(0, 2, 1) / np.sqrt(32), axis=-1) @ value
        joined = linear(attention.transpose(1, 0, 2).reshape(len(ids), 384), f"{layer}.attention.output.dense")
        state = norm(state + joined, f"{layer}.attention.output.LayerNorm")
        inner = linear(state, f"{layer}.intermediate.dense")
        inner = inner * (1 + erf(inner / np.sqrt(2))) / 2
        state = norm(state + linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
    mean = state.mean(axis=0)
    return mean / np.linalg.norm(mean)
