from dataclasses import replace

import pytest

from core.engines.semantic.engine import SemanticEngine
from core.health.collisions import collisions, pairs
from core.health.cross_validation import cross_validation, lost_phrasings
from core.health.findings import Outcomes
from core.health.same_answers import same_text
from core.questions.entry import Entry, Published
from core.questions.policy import Policy

HOURS = Entry(
    id=1,
    question="When are you open?",
    alternates=("Opening hours", "What time do you close?", "Are you open on Sunday?"),
    answer="9 to 5.",
)
RETURNS = Entry(
    id=2,
    question="Can I return shoes?",
    alternates=("How do I send something back?", "Return policy", "I want my money back for these trousers"),
    answer="Within 30 days.",
)
ORDER = Entry(
    id=3,
    question="Where is my order?",
    alternates=("Track my parcel", "Order status", "When will my package arrive?"),
    answer="See your e-mail.",
)
TABLE = (HOURS, RETURNS, ORDER)


def table(*entries: Entry, strictness: float = 0.0) -> Published:
    return Published.of_table("health-test", 1, entries, Policy(strictness=strictness))


@pytest.fixture
def misplaced() -> Entry:
    """ORDER, with a phrasing that belongs to HOURS."""
    return replace(ORDER, alternates=(*ORDER.alternates, "At what time do you open?"))


def test_a_phrasing_in_the_wrong_entry_collides_with_the_entry_it_belongs_to(
    engine: SemanticEngine, misplaced: Entry
) -> None:
    found = collisions(engine.left_out(table(HOURS, RETURNS, misplaced)), frozenset())

    assert [(one.entry_id, one.phrasing, one.rival_id) for one in found] == [(3, "At what time do you open?", 1)]
    assert found[0].rival_phrasing == "When are you open?"
    assert found[0].rival_question == HOURS.question


def test_a_table_whose_entries_are_apart_has_no_collisions(engine: SemanticEngine) -> None:
    found = engine.left_out(table(*TABLE))

    assert (pairs(found), collisions(found, frozenset())) == ([], [])


def test_two_entries_for_the_same_question_are_taken_for_each_other(engine: SemanticEngine) -> None:
    again = Entry(
        id=4, question="What are your opening times?", alternates=("When do you close today?",), answer=" 9 to 5."
    )

    found = pairs(engine.left_out(table(*TABLE, again)))

    assert [(pair.entry_ids, pair.same_answer) for pair in found] == [((1, 4), True)]


def test_entries_with_a_single_phrasing_are_alike_where_the_other_one_would_be_given(engine: SemanticEngine) -> None:
    single = [replace(entry, alternates=()) for entry in TABLE]
    again = Entry(id=4, question="What hours are you open?", answer="24/7")

    assert [pair.entry_ids for pair in pairs(engine.left_out(table(*single, again)))] == [(1, 4)]
    assert pairs(engine.left_out(table(*single))) == []


def test_collisions_between_two_entries_that_are_alike_are_told_once(engine: SemanticEngine, misplaced: Entry) -> None:
    found = engine.left_out(table(HOURS, RETURNS, misplaced))

    assert collisions(found, frozenset({frozenset({1, 3})})) == []


def test_each_phrasing_ends_right_wrong_or_with_a_person_as_the_engine_would_have_it(
    engine: SemanticEngine, misplaced: Entry
) -> None:
    lone = Entry(id=4, question="Are you hiring?", answer="Yes.")
    published = table(HOURS, RETURNS, misplaced, lone)

    total, by_entry = cross_validation(engine.left_out(published), 0.0)

    asked = {"right": 0, "wrong": 0, "to_a_person": 0}
    for place, entry in enumerate(published.entries[:3]):
        for phrasing in entry.phrasings:
            left = [text for text in entry.phrasings if text != phrasing]
            entries = list(published.entries)
            entries[place] = replace(entry, question=left[0], alternates=tuple(left[1:]))
            given = engine.decide(phrasing, table(*entries)).entry_id
            asked["to_a_person" if given is None else "right" if given == entry.id else "wrong"] += 1
    assert (total.right, total.wrong, total.to_a_person) == pytest.approx(tuple(asked.values()), abs=1)
    assert total.wrong >= 1
    assert (total.asked, total.untested) == (13, 1)
    assert by_entry[4] == Outcomes(untested=1)
    assert sum(one.asked for one in by_entry.values()) == 13


def test_lost_phrasings_are_named_with_who_would_be_given(engine: SemanticEngine, misplaced: Entry) -> None:
    found = engine.left_out(table(HOURS, RETURNS, misplaced))

    lost = lost_phrasings(found, 0.0)

    total, _ = cross_validation(found, 0.0)
    assert (lost[0].entry_id, lost[0].phrasing, lost[0].given_id) == (3, "At what time do you open?", 1)
    assert [one.given_id is None for one in lost] == [False] * total.wrong + [True] * total.to_a_person


def test_a_stricter_org_hands_more_to_a_person(engine: SemanticEngine) -> None:
    found = engine.left_out(table(*TABLE))

    usual, strict = cross_validation(found, 0.0)[0], cross_validation(found, 0.5)[0]

    assert strict.to_a_person > usual.to_a_person
    assert strict.asked == usual.asked == 12


def test_a_phrasing_that_its_entry_stores_twice_is_right_without_one_of_them(engine: SemanticEngine) -> None:
    twice = replace(HOURS, alternates=("when are you OPEN",))

    total, _ = cross_validation(engine.left_out(table(twice, RETURNS)), 9.0)

    assert total == Outcomes(right=2, to_a_person=4)


def test_words_say_what_was_asked() -> None:
    assert Outcomes(right=88, wrong=4, to_a_person=8).words == (
        "12 of 100 phrasings are not recognised when a visitor uses slightly different words: "
        "8 would go to a person, 4 would get a wrong answer."
    )
    assert "none can be left out" in Outcomes(untested=3).words


GOODS = ("Hemd", "Hose", "Jacke", "Mantel", "Kleid", "Schal", "Socken", "Bluse")
PATTERNS = (
    "Wird {} fair produziert?",
    "Wie lange dauert der Versand von {}?",
    "Kann ich {} im Laden abholen?",
    "Kann ich {} umtauschen?",
)
SHOP = tuple(
    Entry(id=len(PATTERNS) * place + number + 1, question=pattern.format(goods), answer=f"{number} {goods}")
    for place, goods in enumerate(GOODS)
    for number, pattern in enumerate(PATTERNS)
)
"""A table by a pattern: all its entries are near each other."""


def test_entries_by_a_pattern_are_not_taken_for_each_other_for_being_near(engine: SemanticEngine) -> None:
    assert pairs(engine.left_out(table(*SHOP))) == []


def test_a_pair_names_the_phrasing_that_one_would_lose_to_the_other(engine: SemanticEngine) -> None:
    wrong = "Kann man ein Hemd umtauschen?"
    shop = (replace(SHOP[5], alternates=(wrong,)), *SHOP[:5], *SHOP[6:])

    found = pairs(engine.left_out(table(*shop)))

    assert set(found[0].entry_ids) == {4, 6}
    assert [(one.phrasing, one.entry_id, one.rival_id, one.is_given) for one in found[0].lost] == [(wrong, 6, 4, True)]


def test_answers_are_the_same_text_whatever_their_case_spaces_and_punctuation() -> None:
    assert same_text("9 to 5.", " 9 To\n5")
    assert not same_text("It costs 4.90 €", "It costs 3.90 €")
