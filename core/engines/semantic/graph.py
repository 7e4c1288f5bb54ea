"""Writes the model as an ONNX graph straight from its weights, so that no torch is needed to convert it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.engines.semantic.e5_file import BLOCK, Blocks, E5File

if TYPE_CHECKING:
    import onnx

WIDTH = 384
"""Numbers of a vector, of both published models."""

_OPSET = 17
_IR_VERSION = 8
_OPSET_WITH_4_BITS = 21
_IR_VERSION_WITH_4_BITS = 10
_FUSED = "com.microsoft"

Tensors = Mapping[str, NDArray[np.float32]]


class Pooling(Enum):
    """What of the last layer a text's vector is made of."""

    MEAN = "the mean over all tokens"
    FIRST = "the first token"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shape:
    """A model of BERT's kind, as its config.json tells it. ``first_place`` is the place of the first token."""

    name: str
    layers: int
    heads: int = 12
    width: int = WIDTH
    epsilon: float = 1e-12
    pooling: Pooling = Pooling.MEAN
    first_place: int = 0


MINILM = Shape(name="all-MiniLM-L6-v2", layers=6)
E5 = Shape(name="multilingual-e5-small", layers=12)


def build_graph(weights: Path, shape: Shape = MINILM) -> "onnx.ModelProto":
    """The whole model with float32 weights: token ids to the text's vector.

    Its input ``input_ids`` is int32 of shape (1, tokens), its output ``vector`` float32 of shape (1, width) and norm 1:
    the mean of the last layer over all tokens, or the first of these, as the model pools. There is no attention mask:
    one text at a time has no padding. The fused operators are those of onnxruntime, which compute BERT's exact
    formulas. Raises KeyError when a tensor is missing, ValueError when they cannot be read.
    """
    from safetensors import SafetensorError  # noqa: PLC0415 - heavy; only needed to prepare the model
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        found = load_file(weights)
    except (SafetensorError, TypeError) as error:  # bfloat16 is no type of numpy
        raise ValueError(f"{weights.name} cannot be read: {error}") from error
    begins = ("", "bert.", "roberta.")
    begin = next((one for one in begins if f"{one}embeddings.word_embeddings.weight" in found), "")
    tensors = {name.removeprefix(begin): values.astype(np.float32, copy=False) for name, values in found.items()}
    return _Writer(tensors, shape).model()


def build_e5_graph(file: E5File) -> "onnx.ModelProto":
    """As ``build_graph``, of multilingual-e5-small. The vocabulary, four fifths of the model, stays in its 4 bits."""
    return _Writer(file.tensors, E5, words=file.words).model()


class _Writer:
    """Collects nodes and initialisers while the layers are written from bottom to top.

    ``words`` are the embeddings of the vocabulary where they are in 4-bit blocks, rather than among the ``tensors``.
    """

    def __init__(self, tensors: Tensors, shape: Shape, words: Blocks | None = None) -> None:
        import onnx  # noqa: PLC0415 - heavy; only needed to prepare the model

        self._onnx = onnx
        self._tensors = tensors
        self._shape = shape
        self._words = words
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> "onnx.ModelProto":
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        state = self._embeddings() if self._words is None else self._embeddings_of_blocks(self._words)
        for number in range(self._shape.layers):
            state = self._layer(f"encoder.layer.{number}", state)
        self._pool(state)
        self._node("LpNormalization", ["mean"], "vector", axis=1, p=2)
        graph = helper.make_graph(
            self._nodes,
            self._shape.name,
            [helper.make_tensor_value_info("input_ids", kinds.INT32, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", kinds.FLOAT, [1, self._shape.width])],
            self._constants,
        )
        opset, version = (_OPSET, _IR_VERSION) if self._words is None else (_OPSET_WITH_4_BITS, _IR_VERSION_WITH_4_BITS)
        opsets = [helper.make_opsetid("", opset), helper.make_opsetid(_FUSED, 1)]
        model: onnx.ModelProto = helper.make_model(
            graph, opset_imports=opsets, ir_version=version, producer_name="frontline"
        )
        return model

    def _pool(self, state: str) -> None:
        if self._shape.pooling is Pooling.FIRST:
            self._node("Gather", [state, self._constant("first", np.array([0]))], "first_token", axis=1)
            state = "first_token"
        if self._words is None:
            self._node("ReduceMean", [state], "mean", axes=[1], keepdims=0)
        else:  # the axes moved from an attribute to an input
            self._node("ReduceMean", [state, self._constant("over_tokens", np.array([1]))], "mean", keepdims=0)

    def _embeddings(self) -> str:
        place = "embeddings"
        places = self._tensors[f"{place}.position_embeddings.weight"][self._shape.first_place :]
        tables = [
            self._weight(f"{place}.word_embeddings.weight"),
            self._constant(f"{place}.position_embeddings.weight", places),
            self._weight(f"{place}.token_type_embeddings.weight"),
        ]
        self._node("Sub", ["input_ids", "input_ids"], "segment_ids")
        self._node(
            "EmbedLayerNormalization",
            ["input_ids", "segment_ids", *tables, *self._layer_norm(f"{place}.LayerNorm")],
            place,
            fused=True,
            outputs=[place, "unused_mask_index"],
            epsilon=self._shape.epsilon,
        )
        return place

    def _embeddings_of_blocks(self, words: Blocks) -> str:
        """The same sum, in single steps: the fused operator reads no 4-bit blocks."""
        place = "embeddings"
        scales = self._constant(f"{place}.word_scales", words.scales)
        inputs = [self._four_bits(f"{place}.word_numbers", words), "input_ids", scales]
        self._node(
            "GatherBlockQuantized",
            inputs,
            f"{place}.words",
            fused=True,
            gather_axis=0,
            quantize_axis=1,
            block_size=BLOCK,
        )
        begin, step, axis = (self._constant(name, np.array([value])) for name, value in (("0", 0), ("1", 1), ("2", 2)))
        self._node("Shape", ["input_ids"], "shape")
        self._node("Slice", ["shape", step, axis], "count")
        segment = self._tensors[f"{place}.token_type_embeddings.weight"][0]
        table = self._constant(f"{place}.table", self._tensors[f"{place}.position_embeddings.weight"] + segment)
        self._node("Slice", [table, begin, "count", begin], f"{place}.positions")
        self._node("Unsqueeze", [f"{place}.positions", begin], f"{place}.places")
        inputs = [f"{place}.words", f"{place}.places", *self._layer_norm(f"{place}.LayerNorm")]
        self._node("SkipLayerNormalization", inputs, place, fused=True, epsilon=self._shape.epsilon)
        return place

    def _four_bits(self, name: str, blocks: Blocks) -> str:
        """A constant of two numbers a byte, the first in the lower half."""
        halves = blocks.numbers.astype(np.uint8) & 15
        tensor = self._onnx.TensorProto(name=name, data_type=self._onnx.TensorProto.INT4, dims=blocks.numbers.shape)
        tensor.raw_data = (halves[:, ::2] | (halves[:, 1::2] << 4)).tobytes()
        self._constants.append(tensor)
        return name

    def _layer(self, layer: str, state: str) -> str:
        attended = self._attention(f"{layer}.attention", state)
        inner, outer = f"{layer}.intermediate.dense", f"{layer}.output.dense"
        self._node("MatMul", [attended, self._transposed(inner)], f"{inner}.product")
        self._node("BiasGelu", [f"{inner}.product", self._weight(f"{inner}.bias")], f"{inner}.gelu", fused=True)
        self._node("MatMul", [f"{inner}.gelu", self._transposed(outer)], f"{outer}.product")
        return self._add_and_norm(f"{layer}.output", f"{outer}.product", attended)

    def _attention(self, place: str, state: str) -> str:
        parts = [f"{place}.self.{part}" for part in ("query", "key", "value")]
        weight = np.concatenate([self._tensors[f"{part}.weight"].T for part in parts], axis=1)
        bias = np.concatenate([self._tensors[f"{part}.bias"] for part in parts])
        inputs = [
            state,
            self._constant(f"{place}.self.weight", weight),
            self._constant(f"{place}.self.bias", bias),
        ]
        self._node("Attention", inputs, f"{place}.heads", fused=True, num_heads=self._shape.heads)
        dense = f"{place}.output.dense"
        self._node("MatMul", [f"{place}.heads", self._transposed(dense)], f"{dense}.product")
        return self._add_and_norm(f"{place}.output", f"{dense}.product", state)

    def _add_and_norm(self, place: str, product: str, skip: str) -> str:
        inputs = [product, skip, *self._layer_norm(f"{place}.LayerNorm"), self._weight(f"{place}.dense.bias")]
        self._node("SkipLayerNormalization", inputs, f"{place}.state", fused=True, epsilon=self._shape.epsilon)
        return f"{place}.state"

    def _layer_norm(self, place: str) -> list[str]:
        return [self._weight(f"{place}.weight"), self._weight(f"{place}.bias")]

    def _weight(self, name: str) -> str:
        return self._constant(name, self._tensors[name])

    def _transposed(self, dense: str) -> str:
        return self._constant(f"{dense}.weight", self._tensors[f"{dense}.weight"].T)

    def _constant(self, name: str, values: NDArray[np.float32] | NDArray[np.int64]) -> str:
        self._constants.append(self._onnx.numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def _node(
        self,
        kind: str,
        inputs: list[str],
        output: str,
        *,
        fused: bool = False,
        outputs: list[str] | None = None,
        **attributes: Any,  # noqa: ANN401 - an ONNX attribute is a number, a text or a list of them
    ) -> None:
        domain = _FUSED if fused else ""
        node = self._onnx.helper.make_node(kind, inputs, outputs or [output], name=output, domain=domain, **attributes)
        self._nodes.append(node)
