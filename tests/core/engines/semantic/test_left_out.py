from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from core.engines.semantic import left_out as module
from core.engines.semantic.encoder import Matrix
from core.engines.semantic.index import Index
from core.engines.semantic.left_out import NOBODY, NOT_STORED, Stage, left_out
from core.engines.semantic.vectors import Vectors, from_grid, on_grid, unit
from core.questions.entry import Entry

WIDTH = 384
TABLE = (
    Entry(
        id=1, question="When are you open?", alternates=("Opening hours", "What time do you close?"), answer="9 to 5."
    ),
    Entry(id=2, question="Can I return shoes?", alternates=("How do I send something back?",), answer="In 30 days."),
    Entry(id=3, question="Are you hiring?", answer="We look for two cashiers."),
    Entry(id=4, question="Where is my order?", alternates=("Track my parcel", "Order status"), answer="In the mail."),
    Entry(id=5, question="Do you ship abroad?", alternates=("Delivery to other countries",), answer="Yes."),
)


def clustered(table: Sequence[Entry]) -> dict[str, np.ndarray]:
    """Vectors for made-up texts: those of one entry lie near each other."""
    generator = np.random.default_rng(0)
    made = {}
    for entry in table:
        centre = generator.normal(size=WIDTH)
        for text in (*entry.phrasings, entry.answer):
            made[text] = from_grid(on_grid(unit(centre + generator.normal(size=WIDTH))))
    return made


def many(count: int, phrasings: int) -> tuple[Entry, ...]:
    return tuple(
        Entry(id=n, question=f"{n} a", alternates=tuple(f"{n} {i}" for i in range(1, phrasings)), answer=f"answer {n}")
        for n in range(1, count + 1)
    )


def without(entries: Sequence[Entry], place: int, phrasing: int) -> list[Entry]:
    left = [text for i, text in enumerate(entries[place].phrasings) if i != phrasing]
    table = list(entries)
    if left:
        table[place] = replace(entries[place], question=left[0], alternates=tuple(left[1:]))
    else:
        table.pop(place)
    return table


def test_it_is_what_the_engine_says_of_a_table_that_is_built_without_the_phrasing(vectors: Vectors) -> None:
    index = Index(TABLE, vectors.of_stored)

    found = left_out(index, vectors.of_stored)

    row = 0
    for place, entry in enumerate(TABLE):
        for number, phrasing in enumerate(entry.phrasings):
            smaller = Index(without(TABLE, place, number), vectors.of_stored)
            scores = smaller.score(vectors.of_question(phrasing)).scores
            if len(entry.phrasings) > 1:
                assert found.own[row] == pytest.approx(scores[place], abs=0.01)
                scores[place] = -np.inf
            else:
                assert found.own[row] == NOT_STORED
            best = int(scores.argmax())
            assert found.rival_score[row] == pytest.approx(scores[best], abs=0.01)
            assert index.entries[found.rival[row]] == smaller.entries[best]
            row += 1
    assert found.threshold == index.threshold


def test_a_table_that_is_worked_on_in_blocks_and_in_fewer_directions_says_much_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    table = many(150, 3)
    made = clustered(table)

    def of_stored(texts: Sequence[str]) -> Matrix:
        return np.stack([made[text] for text in texts])

    index = Index(table, of_stored)
    monkeypatch.setattr(module, "_GROUPS", 600)
    whole = left_out(index, of_stored)
    monkeypatch.setattr(module, "_GROUPS", 48)
    monkeypatch.setattr(module, "_CELLS_AT_ONCE", 150 * 40)
    monkeypatch.setattr(module, "_FULL_WORK", 1)

    blocks = left_out(index, of_stored)

    assert blocks.own == pytest.approx(whole.own, abs=0.02)
    assert blocks.rival_score == pytest.approx(whole.rival_score, abs=0.1)
    assert (blocks.rival == whole.rival).mean() > 0.8


def test_a_phrasing_that_the_model_cannot_read_has_no_score_and_no_rival(vectors: Vectors) -> None:
    table = (Entry(id=1, question="When are you open?", alternates=("👍",), answer="9."), *TABLE[1:])
    index = Index(table, vectors.of_stored, vectors.reads_each)

    found = left_out(index, vectors.of_stored)

    assert (found.own[1], found.rival[1]) == (NOT_STORED, NOBODY)


@pytest.mark.parametrize("table", [(), TABLE[2:3]])
def test_a_table_without_another_entry_has_no_rivals(vectors: Vectors, table: tuple[Entry, ...]) -> None:
    found = left_out(Index(table, vectors.of_stored), vectors.of_stored)

    assert found.rival.tolist() == [NOBODY] * len(table)


def test_it_tells_how_far_it_is(vectors: Vectors) -> None:
    told: list[tuple[int, int]] = []

    left_out(Index(TABLE, vectors.of_stored), vectors.of_stored, lambda done, of: told.append((done, of)))

    assert told[-1] == (11, 11)
    assert Stage.READING.value == "reading phrasings"
