"""Makes the small, fast form of the model once per installation and keeps it, whole or not at all."""

import hashlib
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.engines.semantic.graph import build_graph
from core.engines.semantic.weights import WEIGHTS_SHA256, ModelFiles
from core.errors import EngineUnavailable

if TYPE_CHECKING:
    import onnx

Build = Callable[[], "onnx.ModelProto"]
"""Writes a model's graph with float32 weights."""

RECIPE = "1"
"""To be raised with each change of the graph or the quantisation: a model made by another recipe is not used."""

FILE_NAME = f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:12]}-{RECIPE}.onnx"
_DIGEST_LENGTH = 32


def prepared_model(files: ModelFiles, data_dir: Path) -> bytes:
    """The int8 model as serialised ONNX (22 MB), from ``data_dir`` or made there now; see ``prepared``."""
    return prepared(FILE_NAME, lambda: build_graph(files.weights), data_dir)


def prepared(name: str, build: Build, data_dir: Path) -> bytes:
    """The int8 form of what ``build`` writes, kept in ``data_dir`` under this name or made there now (a few seconds).

    Several processes may call this at once: one makes it, the others wait. A damaged file is made again.
    Raises EngineUnavailable when ``data_dir`` cannot be written or a library is missing, and as ``build``.
    """
    path = data_dir / name
    model = _read(path)
    if model is not None:
        return model
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        with _only_process(data_dir / f"{name}.lock"):
            model = _read(path)
            if model is None:
                model = _quantised(build, data_dir)
                _write(path, model)
    except OSError as error:
        raise EngineUnavailable(
            f"The built-in engine is off: its model cannot be stored in {data_dir} ({error.strerror or error}). "
            "Free some space there, or set FRONTLINE_DATA_DIR to a folder that Frontline may write to."
        ) from error
    except ImportError as error:
        raise EngineUnavailable(
            f"The built-in engine is off: {error.name} is not installed. Run: pip install -r requirements.txt"
        ) from error
    return model


def _quantised(build: Build, data_dir: Path) -> bytes:
    """Weights as int8 per channel, activations as uint8 scaled for each text.

    ``reduce_range`` keeps weights to 7 bits: processors without VNNI instructions would otherwise overflow silently
    and give other vectors. It costs 0.0015 of the mean cosine to float32 (0.9928 instead of 0.9943).
    """
    # heavy, so imported only to prepare the model; onnxruntime ships no types
    import onnx  # noqa: PLC0415
    from onnxruntime.quantization import QuantType, quant_utils, quantize_dynamic  # type: ignore[import-untyped]  # noqa: PLC0415

    graph = build()
    quant_utils.add_pre_process_metadata(
        graph
    )  # the graph is written optimised: nothing is left for the pre-processing to do
    with tempfile.TemporaryDirectory(dir=data_dir, prefix="preparing-") as folder:
        output = Path(folder) / "model.onnx"
        quantize_dynamic(
            graph,
            output,
            weight_type=QuantType.QInt8,
            per_channel=True,
            reduce_range=True,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
        )
        return output.read_bytes()


def _read(path: Path) -> bytes | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, model = content[:_DIGEST_LENGTH], content[_DIGEST_LENGTH:]
    return model if model and hashlib.sha256(model).digest() == digest else None


def _write(path: Path, model: bytes) -> None:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(model).digest() + model)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextmanager
def _only_process(lock: Path) -> Iterator[None]:
    """Hold an advisory lock, which the system lets go of when the process dies.

    Windows has none of this kind: there two processes may both do the work, which the rename makes harmless.
    """
    with lock.open("a") as file:
        if sys.platform != "win32":
            import fcntl  # noqa: PLC0415 - not on every system

            fcntl.flock(file, fcntl.LOCK_EX)
        yield
