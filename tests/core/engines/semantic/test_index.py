import zlib
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.semantic import index as index_module
from core.engines.semantic.calibration import ANSWER_SENTENCE_LIMIT, SHARE_WEIGHT, WITHIN_UNKNOWN
from core.engines.semantic.encoder import Matrix
from core.engines.semantic.index import Index, first_sentence, sums_of_entries
from core.engines.semantic.vectors import Vectors, from_grid, on_grid, unit
from core.questions.entry import Entry

HOURS = Entry(id=4, question="When are you open?", alternates=("Opening hours", "Closing time?"), answer="9 to 5.")
HIRING = Entry(id=7, question="Are you hiring?", answer="We look for two cashiers. Write to jobs@example.com")
RETURNS = Entry(id=9, question="Can I return shoes?", alternates=("Refund for a purchase",), answer="Within 30 days.")
TABLE = (HOURS, HIRING, RETURNS)


def random_vectors(texts: Sequence[str]) -> Matrix:
    """A stand-in where only the arithmetic matters: each text has its own direction."""
    rows = [np.random.default_rng(zlib.crc32(text.encode())).normal(size=384) for text in texts]
    return from_grid(np.stack([on_grid(unit(row)) for row in rows]))


def test_a_stored_phrasing_scores_its_own_entry_highest(vectors: Vectors) -> None:
    index = Index(TABLE, vectors.of_stored)

    for place, entry in enumerate(TABLE):
        for phrasing in entry.phrasings:
            scored = index.score(vectors.of_question(phrasing))

            assert scored.scores.argmax() == place
            assert index.nearest_phrasing(place, scored.cosines) == phrasing


def test_a_score_is_the_weighted_sum_of_nearest_centroid_and_share(vectors: Vectors) -> None:
    question = vectors.of_question("What time do you close?")
    index = Index(TABLE, vectors.of_stored)

    scored = index.score(question)

    stored = [vectors.of_stored([*entry.phrasings]) for entry in TABLE]
    sentence = vectors.of_stored(["We look for two cashiers."])
    nearest = [(rows @ question).max() for rows in (stored[0], np.vstack([stored[1], sentence]), stored[2])]
    centres = [rows.sum(axis=0) / np.linalg.norm(rows.sum(axis=0)) for rows in stored]
    close = 0.5 * np.array(nearest) + 0.5 * np.array([centre @ question for centre in centres])
    shares = index._shares.of(question)
    assert scored.scores == pytest.approx(close + SHARE_WEIGHT * (shares - 1 / 3), abs=1e-3)
    assert scored.cosines == pytest.approx(np.concatenate([rows @ question for rows in stored]))


def test_a_table_says_how_near_its_entries_and_the_phrasings_of_each_are(vectors: Vectors) -> None:
    index = Index(TABLE, vectors.of_stored)
    stored = vectors.of_stored([text for entry in TABLE for text in entry.phrasings])
    owners = np.array([0, 0, 0, 1, 2, 2])
    cosines = stored @ stored.T
    np.fill_diagonal(cosines, -1)
    same = owners[:, np.newaxis] == owners
    own = np.where(same, cosines, -1).max(axis=1)
    own[3] = WITHIN_UNKNOWN  # it has one phrasing alone

    assert index.cross == pytest.approx(np.where(same, -1, cosines).max(axis=1).mean())
    assert index.within == pytest.approx(own.mean())
    assert Index((HIRING,), vectors.of_stored).within == WITHIN_UNKNOWN


def test_the_first_sentence_of_an_answer_helps_an_entry_with_a_single_phrasing(vectors: Vectors) -> None:
    question = vectors.of_question("Do you look for cashiers?")
    without = Entry(id=7, question=HIRING.question, answer="-")

    told, untold = (
        Index((HOURS, entry, RETURNS), vectors.of_stored).score(question).scores[1] for entry in (HIRING, without)
    )

    assert told > untold + 0.05


def test_an_answer_counts_for_nothing_beside_other_phrasings_or_when_it_is_long(vectors: Vectors) -> None:
    question = vectors.of_question("Where do you look for cashiers?")
    with_others = Entry(id=7, question=HIRING.question, alternates=("Is there a job?",), answer=HIRING.answer)
    plain = Entry(id=7, question=HIRING.question, alternates=("Is there a job?",), answer="-")
    long = Entry(
        id=7, question=HIRING.question, answer="We look for cashiers" + " and cashiers" * ANSWER_SENTENCE_LIMIT
    )
    short = Entry(id=7, question=HIRING.question, answer="")

    def score(entry: Entry) -> float:
        return float(Index((HOURS, entry), vectors.of_stored).score(question).scores[1])

    assert score(with_others) == score(plain)
    assert score(long) == score(short)


def test_an_answer_sentence_is_never_shown_as_a_phrasing(vectors: Vectors) -> None:
    index = Index(TABLE, vectors.of_stored)

    scored = index.score(vectors.of_question("We look for two cashiers."))

    assert index.nearest_phrasing(1, scored.cosines) == "Are you hiring?"


@pytest.mark.parametrize("asked", ["opening hours", "  OPENING   Hours?! ", "Opening hours…"])
def test_a_question_that_differs_only_in_case_spacing_or_closing_marks_is_the_stored_one(asked: str) -> None:
    assert Index(TABLE, random_vectors).exact(asked) == (0, "Opening hours")


def test_an_entry_that_is_switched_off_is_not_there() -> None:
    off = Entry(id=5, question="Do you deliver?", answer="Yes.", enabled=False)

    index = Index((HOURS, off, HIRING), random_vectors)

    assert [entry.id for entry in index.entries] == [4, 7]
    assert index.exact("Do you deliver?") is None


def test_cross_similarity_is_the_mean_cosine_to_the_nearest_phrasing_of_another_entry(vectors: Vectors) -> None:
    stored = [vectors.of_stored(entry.phrasings) for entry in TABLE]
    nearest = [
        max(float((other @ phrasing).max()) for number, other in enumerate(stored) if number != own)
        for own, rows in enumerate(stored)
        for phrasing in rows
    ]

    assert Index(TABLE, vectors.of_stored).cross == pytest.approx(np.mean(nearest))
    assert Index((HOURS,), vectors.of_stored).cross is None


def test_of_a_large_table_a_fixed_sample_stands_for_the_cross_similarity(monkeypatch: pytest.MonkeyPatch) -> None:
    table = [Entry(id=number, question=f"Question {number}", answer="") for number in range(700)]
    whole = Index(table, random_vectors).cross
    monkeypatch.setattr(index_module, "CROSS_SAMPLE", 300)

    first, second = (Index(table, random_vectors).cross for _ in range(2))

    assert first == second != whole
    assert first == pytest.approx(whole, abs=0.01)


def test_a_table_made_again_gives_the_same_bits(vectors: Vectors) -> None:
    question = vectors.of_question("What time do you close?")

    first, second = (Index(TABLE, vectors.of_stored).score(question) for _ in range(2))

    assert first.scores.tobytes() == second.scores.tobytes()
    assert first.cosines.tobytes() == second.cosines.tobytes()


def test_an_empty_table_can_be_made(vectors: Vectors) -> None:
    index = Index((), vectors.of_stored)

    assert index.entries == ()
    assert index.exact("Anything?") is None


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("We open at 9.30 a.m. on weekdays. Closed on Sunday.", "We open at 9.30 a.m."),
        ("Really? Yes!", "Really?"),
        ("No full stop\nand a second line", "No full stop"),
        ("  See https://www.example.com/a.b for more  ", "See https://www.example.com/a.b for more"),
        ("", ""),
    ],
)
def test_the_first_sentence_ends_at_the_first_stop_before_a_space_or_at_the_line(text: str, first: str) -> None:
    assert first_sentence(text) == first


@given(st.text())
def test_the_first_sentence_begins_the_text(text: str) -> None:
    assert text.strip().startswith(first_sentence(text))


def test_the_sums_of_entries_of_many_sizes_are_exact() -> None:
    starts = np.array([0, 1, 4, 5, 12])
    rows = from_grid(np.random.default_rng(0).integers(-2048, 2048, size=(14, 384), dtype=np.int16))

    assert sums_of_entries(rows, starts).tobytes() == np.add.reduceat(rows, starts, axis=0).tobytes()
