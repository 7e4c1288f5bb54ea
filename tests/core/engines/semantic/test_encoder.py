from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnxruntime import InferenceSession

from core.engines.semantic.encoder import TOKENS, Encoder
from core.engines.semantic.graph import build_graph
from core.engines.semantic.vectors import GENERAL_QUESTIONS
from core.engines.semantic.weights import ModelFiles
from core.errors import EngineFailed

QUESTIONS = GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines()[:60]


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_text_has_a_vector_of_norm_1(encoder: Encoder, text: str) -> None:
    vector = encoder.encode(text)

    assert vector.shape == (384,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)


def test_a_lone_surrogate_is_read_as_a_question_mark(encoder: Encoder) -> None:
    assert np.array_equal(encoder.encode("open \ud800 today"), encoder.encode("open ? today"))


def test_a_text_has_the_same_bits_alone_and_among_others_and_from_any_thread(encoder: Encoder) -> None:
    alone = np.stack([encoder.encode(text) for text in QUESTIONS])
    with ThreadPoolExecutor(8) as pool:
        threads = np.stack(list(pool.map(encoder.encode, QUESTIONS * 3)))

    assert encoder.encode_all(QUESTIONS).tobytes() == alone.tobytes()
    assert encoder.encode_all(QUESTIONS[::-1])[::-1].tobytes() == alone.tobytes()
    assert threads.tobytes() == alone.tobytes() * 3


def test_the_small_model_is_close_to_the_published_one(files: ModelFiles, encoder: Encoder) -> None:
    session = InferenceSession(build_graph(files.weights).SerializeToString())
    ids = [np.array([encoder.token_ids(text)], dtype=np.int32) for text in QUESTIONS]
    published = np.stack([session.run(["vector"], {"input_ids": each})[0][0] for each in ids])
    small = encoder.encode_all(QUESTIONS)

    cosines = (published * small).sum(axis=1)
    errors = np.abs(published @ published.T - small @ small.T)

    assert cosines.min() > 0.97
    assert cosines.mean() > 0.99
    assert errors.mean() < 0.015


def test_a_text_is_read_up_to_its_256th_token(encoder: Encoder) -> None:
    words = ["parcel"] * (TOKENS - 2)  # a token each, beside the two that begin and end every text

    assert len(encoder.token_ids(" ".join([*words, "lost"]))) == TOKENS
    assert np.array_equal(encoder.encode(" ".join([*words, "lost"])), encoder.encode(" ".join(words)))
    assert not np.array_equal(encoder.encode(" ".join([*words[1:], "lost"])), encoder.encode(" ".join(words)))


def test_no_texts_have_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode_all([]).shape == (0, 384)


def test_a_call_that_fails_is_a_failure_and_its_session_is_used_again(encoder: Encoder, files: ModelFiles) -> None:
    with pytest.raises(EngineFailed):
        encoder.encode(None)  # type: ignore[arg-type]

    for _ in range(encoder.sessions + 1):  # would wait for ever, were a session lost
        assert encoder.encode("Are you open today?").shape == (384,)
