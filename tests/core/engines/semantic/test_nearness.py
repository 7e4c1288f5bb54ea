import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.semantic import engine as engine_module
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.index import Index
from core.engines.semantic.nearness import (
    LONG_QUESTION,
    MOST_PARTS,
    best_of,
    best_scores,
    nearest_places,
    parts,
    scored,
)
from core.engines.semantic.vectors import Vectors
from core.questions.entry import Entry, Published

SHOP = (
    Entry(id=2, question="When are you open?", alternates=("Opening hours", "Closing time?"), answer="9 to 5."),
    Entry(id=3, question="Are you hiring?", answer="We look for two cashiers."),
    Entry(id=5, question="Can I return shoes?", alternates=("Refund for a purchase",), answer="Within 30 days."),
    Entry(id=8, question="Do you deliver abroad?", answer="To Ireland and France."),
    Entry(id=13, question="Which cards do you take?", answer="All of them."),
    Entry(id=21, question="Is there parking?", answer="Behind the shop."),
)
TABLE = Published(org_id="nearness", revision=1, entries=SHOP)
ASKED = (
    "until what time can I come by?",
    "looking for a job",
    "the boots do not fit",
    "send it to Spain",
    "visa?",
    "???",
)
SMALL_TALK = (
    "Hello there, I hope that you all have a good day. My name is Anna and I live in Leeds with my two children. It is "
    "raining here and I am a bit tired, so please excuse any typing errors. My neighbour has a dog that barks each "
    "morning before seven. We went to the seaside last summer and stayed in a small hotel. The children start school "
    "again next week and there is much to do. My wife is from Portugal and her English is better than mine. "
)


def test_the_nearest_come_in_the_order_of_the_decision(engine: SemanticEngine) -> None:
    for question in ASKED:
        best = [candidate.entry_id for candidate in engine.decide(question, TABLE).candidates]

        assert engine.nearest(question, TABLE, 5)[: len(best)] == tuple(best)  # of "???" the decision names only one
        assert engine.nearest(question, TABLE, 2)[: len(best)] == tuple(best[:2])


def test_all_entries_come_when_there_are_fewer_than_asked_for(engine: SemanticEngine) -> None:
    assert sorted(engine.nearest("hello", TABLE, 50)) == [entry.id for entry in SHOP]
    assert engine.nearest("hello", Published(org_id="nearness", revision=2, entries=()), 50) == ()


def test_a_stored_phrasing_comes_first_however_it_is_written(engine: SemanticEngine) -> None:
    for entry in SHOP:
        for phrasing in entry.phrasings:
            assert engine.nearest(f"  {phrasing.upper()}!", TABLE, 1) == (entry.id,)


def test_the_place_of_a_stored_phrasing_goes_before_higher_scores() -> None:
    scores = np.array([0.1, 0.9, 0.5, 0.9])

    assert nearest_places(scores, None, 3) == [1, 3, 2]
    assert nearest_places(scores, 0, 3) == [0, 1, 3]
    assert nearest_places(scores, 3, 1) == [3]


def test_the_phrasings_of_an_entry_come_nearest_first_and_a_stored_one_before_all(engine: SemanticEngine) -> None:
    assert engine.nearest_phrasings("when do you shut", TABLE, [2, 8]) == {
        2: ("Closing time?", "When are you open?", "Opening hours"),
        8: ("Do you deliver abroad?",),
    }
    assert engine.nearest_phrasings("OPENING  hours?", TABLE, {2})[2][0] == "Opening hours"
    assert engine.nearest_phrasings("hello", Published(org_id="nearness", revision=2, entries=()), [2]) == {}


def test_what_a_long_message_asks_at_its_end_is_found(engine: SemanticEngine) -> None:
    message = SMALL_TALK * 4 + "Now, is there a place where I can leave my car?"

    assert engine.nearest(message, TABLE, 1) == (21,)
    found = engine.decide(message, TABLE).candidates[0]
    assert (found.entry_id, found.phrasing) == (21, "Is there parking?"), "the end is beyond what the model reads"


def test_an_entry_has_the_best_score_of_all_parts(vectors: Vectors) -> None:
    index, message = Index(SHOP, vectors.of_stored), SMALL_TALK + "Is there parking?"

    best = best_scores(index, vectors, message)
    each = [index.score(vectors.of_question(part)).scores for part in parts(message, vectors.reads_whole)]

    assert len(each) > 5
    assert [*best] == [max(scores) for scores in zip(*each, strict=True)]


def always(_text: str) -> bool:
    return True


BITS = st.sampled_from(["word ", "verylongword" * 9, "Why? ", "長", "\n"])


@given(st.lists(BITS, min_size=1, max_size=400).map("".join))
def test_every_part_is_short_enough_to_be_read_and_nothing_is_lost(text: str) -> None:
    message = (text * 60)[:4_000]

    first, *found = parts(message, lambda part: len(part) <= 120)

    assert first == message
    assert all(len(part) <= 120 for part in found)
    assert "".join("".join(found or [first]).split()) == "".join(message.split())


def test_a_message_of_400_words_is_read_whole(vectors: Vectors) -> None:
    index = Index(SHOP, vectors.of_stored)
    filler = "the weather was grey and we walked along the river for a long while without meeting anybody at all "
    words = [
        *(filler * 11).split()[:200],
        *["is", "there", "a", "place", "where", "I", "can", "leave", "my", "car"],
        *(filler * 11).split(),
    ]
    message = " ".join(words[:400])

    found = scored(index, vectors, parts(message, vectors.reads_whole))

    assert len(found) > 2, "no full stop is in it, and yet it is read to its end"
    assert int(best_of(found).argmax()) == 5


def test_only_a_long_message_is_read_in_parts() -> None:
    short = "One. Two. Three. " * 14
    long = SMALL_TALK + "Is there parking?"

    assert parts(short, always) == [short]
    assert parts(long, always)[0] == long
    assert parts(long, always)[1:3] == [
        "Hello there, I hope that you all have a good day.",
        "My name is Anna and I live in Leeds with my two children.",
    ]
    assert parts("x" * 2_000, always) == ["x" * 2_000]
    assert len(parts("长长长长长长长长长长长长长长长长长长长长？" * 40, always)) > 2


FRAGMENTS = st.sampled_from(["Yes.", "a", "???", " ", "\n\n", "。", "word " * 20, "x" * 90, "Why? "])


@given(st.lists(FRAGMENTS, min_size=1, max_size=60).map("".join), st.integers(LONG_QUESTION, 2_000))
def test_the_parts_of_a_message_are_few_and_hold_all_of_it(text: str, length: int) -> None:
    message = (text * length)[:length]

    found = parts(message, always)

    assert found[0] == message
    assert len(found) <= MOST_PARTS + 1
    assert all(part in message for part in found)
    assert len(found) == 1 or "".join("".join(found[1:]).split()) == "".join(message.split())


def test_asking_again_with_the_whole_table_builds_no_other_index_and_no_candidates(
    engine: SemanticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.prepare(TABLE)
    monkeypatch.setattr(engine_module, "Index", None)  # building another would fail
    monkeypatch.setattr(engine_module, "Candidate", None)
    same = Published(org_id="nearness", revision=1, entries=(*SHOP,))

    for question in ASKED:
        assert engine.nearest(question, TABLE, 3) == engine.nearest(question, same, 3)


def test_threads_get_what_one_thread_gets(engine: SemanticEngine) -> None:
    start = threading.Barrier(8)
    alone = [engine.nearest(question, TABLE, 4) for question in ASKED]

    def all_of_them(_number: int) -> list[tuple[int, ...]]:
        start.wait()
        return [engine.nearest(question, TABLE, 4) for question in ASKED]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(all_of_them, range(8))) == [alone] * 8
