from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets.dataset import TestQuestion
from core.datasets.labels import UNLABELLED
from core.datasets.leakage import NEAR, Leak, _Near, _trigrams, leaks
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="How do I order a new card?", answer="a", alternates=("My card was stolen",)),
    Entry(id=2, question="Where is my parcel?", answer="b"),
    Entry(id=3, question="When are you open?", answer="c", enabled=False),
]


def rows(questions: Iterable[str]) -> list[TestQuestion]:
    numbered = enumerate(questions, 2)
    return [TestQuestion(line=i, question=q, expected_as_given="", label=UNLABELLED) for i, q in numbered]


def found(*questions: str) -> list[Leak]:
    return leaks(rows(questions), ENTRIES)


@pytest.mark.parametrize(
    "question", ["how do I order a new card", " HOW do I order  a new card?! ", "my card was stolen."]
)
def test_a_question_that_is_stored_but_for_case_and_punctuation_is_an_exact_leak(question: str) -> None:
    (leak,) = found(question)

    assert leak.exact
    assert (leak.line, leak.question, leak.entry_id) == (2, question, 1)


@pytest.mark.parametrize(
    ("question", "phrasing"),
    [
        ("How do I order a new cards?", "How do I order a new card?"),
        ("how do i order a new-card", "How do I order a new card?"),
        ("Where is my parcell?", "Where is my parcel?"),
    ],
)
def test_a_typo_or_another_form_of_a_word_is_a_near_leak(question: str, phrasing: str) -> None:
    (leak,) = found(question)

    assert leak.phrasing == phrasing
    assert NEAR <= leak.nearness < 1
    assert not leak.exact


@pytest.mark.parametrize("question", ["I need another card", "parcel", "When are you open?", "?", "x", ""])
def test_another_way_to_ask_is_no_leak_and_neither_is_what_is_switched_off(question: str) -> None:
    assert found(question) == []


def test_every_row_of_a_repeated_question_is_listed() -> None:
    assert [leak.line for leak in found("where is my parcel", "new?", "Where is my parcel?!")] == [2, 4]


WORDS = st.lists(st.sampled_from(["card", "cards", "my", "new", "a", "order", "pin", "?"]), max_size=6).map(" ".join)


@given(st.lists(WORDS, max_size=20), WORDS)
def test_the_look_up_misses_no_text_that_is_near(stored: list[str], text: str) -> None:
    wanted = _trigrams(text)
    near = [len(wanted & other) / len(wanted | other) for other in map(_trigrams, stored)]

    nearest = _Near(stored).find(text)

    if max(near, default=0) < NEAR:
        assert nearest is None
    else:
        assert nearest is not None
        assert near[nearest[0]] == max(near)


def test_of_many_rows_only_what_is_stored_word_for_word_is_looked_for() -> None:
    asked = rows(["how do I order a new card", "how do I order a new cards?"])

    assert [leak.line for leak in leaks(asked, ENTRIES)] == [2, 3]
    assert [leak.line for leak in leaks(asked, ENTRIES, nearly=False)] == [2]
