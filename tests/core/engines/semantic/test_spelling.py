"""Typing errors are mended before a question is read, and nothing else is changed."""

import builtins
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.spelling import MOST_MENDED, Spelling, table_words
from core.errors import EngineUnavailable
from core.questions.entry import Entry, Published

OWN = table_words(["How do I return shoes?", "Do you deliver abroad?", "Can I log in with Trello?"])


@pytest.fixture(scope="module")
def spelling(encoder: Encoder) -> Spelling:
    return Spelling(encoder.vocabulary)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how do i retrun it", "how do i return it"),
        ("do you delvier to spain", "do you deliver to spain"),
        ("my paswsord is wrong", "my password is wrong"),
        ("can i log in with terllo", "can i log in with trello"),
        ("How do I RETRUN it?", "How do I return it?"),
        ("whta are yuor huors", "what are your hours"),  # a third of its words are not even English
        ("plase cnacel everyting", "please cancel everything"),
        ("terllo", "trello"),  # a single word is mended to one of the table
    ],
)
def test_wrong_keys_are_mended_to_words_of_the_table_or_of_english(typed: str, meant: str, spelling: Spelling) -> None:
    assert spelling.mended(typed, OWN) == meant


@pytest.mark.parametrize(
    "text",
    [
        "Where is my order?",
        "Delete my account, it was refunded",  # words that the model knows by their parts only
        "the pnc bank",  # too short to tell what was meant
        "Wie kann ich meine Bestellung zurückgeben?",
        "¿Dónde está mi pedido?",
        "write to anna.smiht@exmaple.com",
        "crème brûlée",
        "order AB12retrun",
        "返品できますか",
        "👍",
        "",
        "Danke",  # single words, and two, are never mended to English ones that the table does not have
        "prefiero",
        "votre adresse ?",
        "Himmel blau?",
    ],
)
def test_known_words_other_languages_names_and_addresses_stay_as_they_are(text: str, spelling: Spelling) -> None:
    assert spelling.mended(text, OWN) == text


def test_a_word_of_the_table_is_never_changed(spelling: Spelling) -> None:
    own = table_words(["What is a flibberty?", "Do you take Maestrocard?"])

    assert spelling.mended("is the flibberty on maestrocard", own) == "is the flibberty on maestrocard"
    assert spelling.mended("is the flibbetry here", own) == "is the flibberty here"


def test_a_word_of_the_table_comes_before_another_that_is_as_near(spelling: Spelling) -> None:
    assert spelling.mended("where is my cardd please", table_words(["Is there a yard?"])) == "where is my card please"
    assert spelling.mended("where is the yarx please", table_words(["Is there a yard?"])) == "where is the yard please"


def test_the_time_for_one_question_is_bounded(spelling: Spelling) -> None:
    words = [f"retru{letter}{other}n" for letter in "qxzvw" for other in "qxzvw"]
    text = " ".join(f"is the {word}" for word in words)

    changed = sum(one != other for one, other in zip(text.split(), spelling.mended(text, OWN).split(), strict=True))

    assert changed <= MOST_MENDED


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_mending_twice_is_mending_once_and_only_letters_change(spelling: Spelling, text: str) -> None:
    once = spelling.mended(text, OWN)

    assert spelling.mended(once, OWN) == once
    assert [c for c in once if not c.isalpha()] == [c for c in text if not c.isalpha()]


def test_a_mistyped_question_gets_the_answer_of_the_one_that_was_meant(engine: SemanticEngine) -> None:
    table = Published(
        org_id="typing",
        revision=1,
        entries=(
            Entry(
                id=1,
                question="Can I return shoes?",
                answer="Within 30 days.",
                alternates=("I want to return a purchase",),
            ),
            Entry(
                id=2,
                question="Do you deliver abroad?",
                answer="To Ireland.",
                alternates=("Is delivery to Spain possible?",),
            ),
            Entry(id=3, question="When are you open?", answer="9 to 5.", alternates=("Opening hours",)),
        ),
    )
    for typed, meant in (
        ("can i retrun my shose", "can i return my shoes"),
        ("do you delvier abroda", "do you deliver abroad"),
    ):
        one, other = engine.decide(typed, table), engine.decide(meant, table)

        assert one.entry_id == other.entry_id is not None
        assert one.candidates[0].score == pytest.approx(other.candidates[0].score)
        assert engine.nearest(typed, table, 1) == engine.nearest(meant, table, 1)


def test_a_message_of_which_hardly_a_word_is_right_gets_its_answer(engine: SemanticEngine) -> None:
    hours = Entry(id=1, question="What are your hours?", answer="9 to 5.", alternates=("When are you open?",))
    jobs = Entry(id=2, question="Are you hiring?", answer="Yes.", alternates=("Do you have any jobs?",))
    table = Published(org_id="hours", revision=1, entries=(hours, jobs))

    assert engine.decide("whta are yuor huors", table).entry_id == 1
    assert engine.decide("huors", table).candidates[0] == engine.decide("hours", table).candidates[0]


def test_without_its_libraries_the_engine_is_off_and_says_what_to_install(
    encoder: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: object, **more: object) -> object:
        if name.startswith("rapidfuzz"):
            raise ModuleNotFoundError(f"No module named {name!r}", name="rapidfuzz")
        return real(name, *arguments, **more)

    monkeypatch.delitem(sys.modules, "rapidfuzz", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)

    with pytest.raises(EngineUnavailable, match=r"rapidfuzz is not installed. Run: pip install -r requirements.txt"):
        Spelling(encoder.vocabulary)


def test_a_text_of_known_words_alone_needs_no_words_of_the_table(spelling: Spelling) -> None:
    assert spelling.knows_all("WHERE can I pick up my parcel, no. 17?")
    assert not spelling.knows_all("where is my pracel")
    assert not spelling.knows_all("is the flibberty here")
