"""What preparing the model needs of onnxruntime beside its documentation is still there."""

import onnx
from onnxruntime.quantization import quant_utils


def test_a_graph_can_be_marked_as_processed_so_that_no_warning_asks_for_it() -> None:
    graph = onnx.helper.make_model(onnx.helper.make_graph([], "nothing", [], []))

    quant_utils.add_pre_process_metadata(graph)

    assert quant_utils.model_has_pre_process_metadata(graph), (
        "onnxruntime changed inside: core/engines/semantic/prepare.py can no longer say that its graph is ready."
    )
