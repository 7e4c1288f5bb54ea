import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nst

from core.engines.semantic.encoder import Encoder, Matrix
from core.engines.semantic.graph import WIDTH
from core.engines.semantic.vector_store import VectorStore
from core.engines.semantic.vectors import GENERAL_QUESTIONS, GRID, Vectors, from_grid, on_grid, unit


class CountingEncoder:
    """The real encoder, which says what it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self.width = encoder.width
        self.asked: list[str] = []

    def encode(self, text: str):
        self.asked.append(text)
        return self._encoder.encode(text)

    def encode_all(self, texts) -> Matrix:
        self.asked += texts
        return self._encoder.encode_all(texts)

    def reads(self, text: str) -> bool:
        return self._encoder.reads(text)


def test_the_general_questions_are_many_and_all_different() -> None:
    questions = GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines()

    assert len(set(questions)) == len(questions) > 150
    assert all(question == question.strip() != "" for question in questions)


def test_a_question_and_a_stored_text_have_the_same_vector(vectors: Vectors) -> None:
    text = "Do you deliver to Ireland?"

    assert vectors.of_question(text).tobytes() == vectors.of_stored([text])[0].tobytes()
    assert np.linalg.norm(vectors.of_question(text)) == pytest.approx(1, abs=1e-3)


def test_only_new_texts_are_encoded(encoder: Encoder) -> None:
    counting = CountingEncoder(encoder)
    vectors = Vectors(counting)
    counting.asked.clear()

    before = vectors.of_stored(["Do you deliver?", "Are you open?", "Do you deliver?"])
    after = vectors.of_stored(["Are you open?", "Can I pay by card?"])

    assert counting.asked == ["Do you deliver?", "Are you open?", "Can I pay by card?"]
    assert before[0].tobytes() == before[2].tobytes()
    assert before[1].tobytes() == after[0].tobytes()


def test_the_texts_that_were_used_longest_ago_are_forgotten_first(encoder: Encoder) -> None:
    counting = CountingEncoder(encoder)
    vectors = Vectors(counting, kept=2)
    vectors.of_stored(["one", "two"])
    vectors.of_stored(["one"])
    vectors.of_stored(["three"])
    counting.asked.clear()

    vectors.of_stored(["one", "three"])
    vectors.of_stored(["two"])

    assert counting.asked == ["two"]


def test_a_table_larger_than_what_is_kept_is_still_encoded_whole(encoder: Encoder) -> None:
    texts = [f"Question number {number}" for number in range(5)]

    assert Vectors(encoder, kept=2).of_stored(texts).tobytes() == Vectors(encoder).of_stored(texts).tobytes()


def test_kept_vectors_have_the_same_bits_after_a_restart_and_nothing_is_encoded(
    encoder: Encoder, tmp_path: Path
) -> None:
    texts = ["Are you open?", "👍", "Can I pay by card?"]
    before = Vectors(encoder, store=(VectorStore(tmp_path / "vectors.db"), "a model"))
    first = before.of_stored(texts)
    counting = CountingEncoder(encoder)
    after = Vectors(counting, store=(VectorStore(tmp_path / "vectors.db"), "a model"))
    counting.asked.clear()

    assert after.of_stored(texts[::-1]).tobytes() == first[::-1].tobytes()
    assert [after.reads(text) for text in texts] == [True, False, True]
    assert after.reads_each([*texts, "😀", "hello"]).tolist() == [True, False, True, False, True]
    assert counting.asked == []


def test_of_questions_only_those_that_are_to_be_kept_are(encoder: Encoder, tmp_path: Path) -> None:
    counting = CountingEncoder(encoder)
    vectors = Vectors(counting, store=(VectorStore(tmp_path / "vectors.db"), "a model"))
    counting.asked.clear()

    plain = vectors.of_question("Are you open?").tobytes()
    vectors.of_question("Are you open?")
    vectors.keep(["Are you open?", "Are you open?"])
    kept = vectors.of_question("Are you open?").tobytes()
    restarted = Vectors(counting, store=(VectorStore(tmp_path / "vectors.db"), "a model"))
    restarted.keep(["Are you open?"])

    assert (kept, restarted.of_question("Are you open?").tobytes()) == (plain, plain)
    assert counting.asked == ["Are you open?"] * 3


def test_another_model_finds_none_of_the_kept_vectors(encoder: Encoder, tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "vectors.db")
    Vectors(encoder, store=(store, "a model")).of_stored(["Are you open?"])
    counting = CountingEncoder(encoder)
    other = Vectors(counting, store=(store, "another model"))
    counting.asked.clear()

    other.of_stored(["Are you open?"])

    assert counting.asked == ["Are you open?"]


floats = st.floats(-1, 1, width=32)


@settings(deadline=None, max_examples=50)
@given(nst.arrays(np.float64, (7, WIDTH), elements=floats), nst.arrays(np.float64, WIDTH, elements=floats))
def test_cosines_are_exact_so_no_order_of_adding_changes_them(rows, question) -> None:
    rows, question = np.stack([on_grid(unit(row)) for row in rows]), on_grid(unit(question))

    exact = (rows.astype(np.int64) @ question.astype(np.int64)) * GRID**2
    in_floats = from_grid(rows) @ from_grid(question)

    assert in_floats.astype(np.float64).tobytes() == (exact + 0.0).tobytes()
    assert (from_grid(rows[:, ::-1]) @ from_grid(question[::-1])).tobytes() == in_floats.tobytes()
    for count in range(1, 8):
        assert (from_grid(rows[:count]) @ from_grid(question)).tobytes() == in_floats[:count].tobytes()


def test_a_vector_of_zeros_stays_one() -> None:
    assert not unit(np.zeros(WIDTH)).any()


def test_questions_with_nothing_in_common_have_a_cosine_near_0(vectors: Vectors) -> None:
    texts = ["How do I sharpen a chisel?", "Which bank holiday is next?", "My rabbit has fleas.", "Is the pool heated?"]

    cosines = [one @ other for one, other in itertools.combinations(vectors.of_stored(texts), 2)]

    assert np.mean(cosines) == pytest.approx(0, abs=0.1)


def test_many_vectors_get_the_bits_that_each_gets_alone() -> None:
    rows = np.random.default_rng(0).normal(size=(50, WIDTH)).astype(np.float32)
    rows[7] = 0

    assert unit(rows).tobytes() == np.stack([unit(row) for row in rows]).tobytes()
