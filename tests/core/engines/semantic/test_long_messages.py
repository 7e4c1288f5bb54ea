"""A stored question inside a long message is found, and what merely talks gets no answer."""

import itertools

import pytest

from core.engines.semantic.calibration import confidence, for_best_of
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.nearness import LONG_QUESTION
from core.questions.entry import Entry, Published
from core.questions.policy import Policy

SHOP = (
    Entry(id=2, question="When are you open?", alternates=("Opening hours", "Closing time?"), answer="9 to 5."),
    Entry(id=3, question="Are you hiring?", answer="We look for two cashiers."),
    Entry(id=5, question="Can I return shoes?", alternates=("Refund for a purchase",), answer="Within 30 days."),
    Entry(id=8, question="Do you deliver abroad?", answer="To Ireland and France."),
)
TALK = (
    "Good morning to all of you.",
    "I hope that this message finds you well after the storm of last week.",
    "We were in the mountains with my sister, and her dog did not like the thunder at all.",
    "My neighbour has known your company since he was a little boy.",
    "He talks about it whenever we meet at the bus stop.",
    "I am not somebody who writes such messages often, so please bear with me.",
    "It took me half of the evening to find my glasses.",
    "Many thanks in advance and greetings to the whole team.",
)
revisions = itertools.count(1)


def shop(strictness: float = 0.0) -> Published:
    return Published(org_id="long", revision=next(revisions), entries=SHOP, policy=Policy(strictness=strictness))


@pytest.mark.parametrize("place", [0, 4, 8])
@pytest.mark.parametrize(
    ("question", "entry_id"), [("When do you open in the morning?", 2), ("Do you also deliver things abroad?", 8)]
)
def test_a_question_among_small_talk_gets_its_answer(
    question: str, entry_id: int, place: int, engine: SemanticEngine
) -> None:
    message = " ".join((*TALK[:place], question, *TALK[place:]))

    decision = engine.decide(message, shop())

    assert len(message) > LONG_QUESTION
    assert decision.entry_id == entry_id
    assert decision.also_asked == ()


def test_small_talk_alone_goes_to_a_person(engine: SemanticEngine) -> None:
    decision = engine.decide(" ".join(TALK), shop())

    assert (decision.entry_id, decision.unread, decision.also_asked) == (None, None, ())
    assert decision.candidates[0].confidence < 0.5


def test_the_more_parts_a_message_has_the_surer_the_best_of_them_must_be(engine: SemanticEngine) -> None:
    table = shop()
    short = engine.decide("When do you open?", table).threshold
    some, many = (engine.decide(" ".join(talk), table) for talk in (TALK[:5], TALK))

    assert short < some.threshold < many.threshold
    assert for_best_of(1) == 0
    for decision in (some, many):
        assert decision.candidates[0].confidence == confidence(decision.candidates[0].score, decision.threshold)


def test_nothing_changes_for_short_messages(engine: SemanticEngine) -> None:
    message = "Good morning to all of you. When do you open?"

    decision = engine.decide(message, shop())

    assert decision.threshold == engine.decide("x", shop()).threshold
    assert decision.also_asked == ()


def test_of_several_questions_the_surest_is_answered_and_the_others_are_told(engine: SemanticEngine) -> None:
    table = shop()
    message = " ".join(
        (*TALK[:3], "When are you open on Sundays and holidays?", *TALK[3:6], "Can I return shoes?", *TALK[6:])
    )

    decision = engine.decide(message, table)

    assert decision.entry_id == 5
    assert [(one.part, one.entry_id) for one in decision.also_asked] == [
        ("When are you open on Sundays and holidays?", 2)
    ]
    assert 0.5 <= decision.also_asked[0].confidence <= decision.candidates[0].confidence
    strict = engine.decide(message, shop(decision.candidates[0].score - decision.threshold - 0.001))
    assert (strict.entry_id, strict.also_asked) == (5, ())


def test_a_stored_question_that_is_long_itself_still_gets_its_answer(engine: SemanticEngine) -> None:
    text = " ".join(TALK)
    table = Published(
        org_id="long", revision=next(revisions), entries=(*SHOP, Entry(id=9, question=text, answer="Thanks!"))
    )

    decision = engine.decide(text, table)

    assert (decision.entry_id, decision.exact) == (9, True)
