"""Writes the model as an ONNX graph straight from its weights, so that no torch is needed to convert it."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import onnx

LAYERS = 6
HEADS = 12
WIDTH = 384
LAYER_NORM_EPSILON = 1e-12
"""The model's shape, as its published config.json says."""

_OPSET = 17
_IR_VERSION = 8
_FUSED = "com.microsoft"

Tensors = Mapping[str, NDArray[np.float32]]


def build_graph(weights: Path) -> "onnx.ModelProto":
    """The whole model with float32 weights: token ids to the text's vector.

    Its input ``input_ids`` is int32 of shape (1, tokens), its output ``vector`` float32 of shape (1, 384) and norm 1:
    the mean of the last layer over all tokens, as the published model pools. There is no attention mask: one text at
    a time has no padding. The fused operators are those of onnxruntime, which compute BERT's exact formulas.
    """
    from safetensors.numpy import load_file  # noqa: PLC0415 - heavy; only needed to prepare the model

    return _Writer(load_file(weights)).model()


class _Writer:
    """Collects nodes and initialisers while the layers are written from bottom to top."""

    def __init__(self, tensors: Tensors) -> None:
        import onnx  # noqa: PLC0415 - heavy; only needed to prepare the model

        self._onnx = onnx
        self._tensors = tensors
        self._nodes: list[Any] = []
        self._constants: list[Any] = []

    def model(self) -> "onnx.ModelProto":
        helper, kinds = self._onnx.helper, self._onnx.TensorProto
        state = self._embeddings()
        for number in range(LAYERS):
            state = self._layer(f"encoder.layer.{number}", state)
        self._node("ReduceMean", [state], "mean", axes=[1], keepdims=0)
        self._node("LpNormalization", ["mean"], "vector", axis=1, p=2)
        graph = helper.make_graph(
            self._nodes,
            "all-MiniLM-L6-v2",
            [helper.make_tensor_value_info("input_ids", kinds.INT32, [1, "tokens"])],
            [helper.make_tensor_value_info("vector", kinds.FLOAT, [1, WIDTH])],
            self._constants,
        )
        opsets = [helper.make_opsetid("", _OPSET), helper.make_opsetid(_FUSED, 1)]
        model: onnx.ModelProto = helper.make_model(
            graph, opset_imports=opsets, ir_version=_IR_VERSION, producer_name="frontline"
        )
        return model

    def _embeddings(self) -> str:
        place = "embeddings"
        tables = [self._weight(f"{place}.{kind}_embeddings.weight") for kind in ("word", "position", "token_type")]
        self._node("Sub", ["input_ids", "input_ids"], "segment_ids")
        self._node(
            "EmbedLayerNormalization",
            ["input_ids", "segment_ids", *tables, *self._layer_norm(f"{place}.LayerNorm")],
            place,
            fused=True,
            outputs=[place, "unused_mask_index"],
            epsilon=LAYER_NORM_EPSILON,
        )
        return place

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
        self._node("Attention", inputs, f"{place}.heads", fused=True, num_heads=HEADS)
        dense = f"{place}.output.dense"
        self._node("MatMul", [f"{place}.heads", self._transposed(dense)], f"{dense}.product")
        return self._add_and_norm(f"{place}.output", f"{dense}.product", state)

    def _add_and_norm(self, place: str, product: str, skip: str) -> str:
        inputs = [product, skip, *self._layer_norm(f"{place}.LayerNorm"), self._weight(f"{place}.dense.bias")]
        self._node("SkipLayerNormalization", inputs, f"{place}.state", fused=True, epsilon=LAYER_NORM_EPSILON)
        return f"{place}.state"

    def _layer_norm(self, place: str) -> list[str]:
        return [self._weight(f"{place}.weight"), self._weight(f"{place}.bias")]

    def _weight(self, name: str) -> str:
        return self._constant(name, self._tensors[name])

    def _transposed(self, dense: str) -> str:
        return self._constant(f"{dense}.weight", self._tensors[f"{dense}.weight"].T)

    def _constant(self, name: str, values: NDArray[np.float32]) -> str:
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
