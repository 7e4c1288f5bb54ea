"""Text that the vocabulary of the model for English lacks never counts as meaning, where there is no other model."""

from pathlib import Path

import pytest

from core.engines.protocol import Unread
from core.engines.semantic import multilingual
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published

THANKS = Entry(id=1, question="Thank you", answer="You are welcome!", alternates=("👍",))
HOURS = Entry(id=2, question="What are your hours?", answer="9 to 5", alternates=("When do you open?",))
ONLY_EMOJI = Entry(id=3, question="🎉🎉", answer="Congratulations!")
JAPANESE = Entry(id=4, question="返品できますか", answer="はい", alternates=("返品したい",))

MEANINGLESS = ("👎", "😡😡", "💩", "返品", "x" * 100, "x" * 300, "xxx xxxx", "Как вернуть товар", "مرحبا", "€ ™", "?!")
READ = ("Thank you", "Where is my order? 🎉🎉🎉", "crème brûlée", "order 4711", "Größe ändern", "Is π a number?", "404")


@pytest.fixture(autouse=True)
def without_other_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")


@pytest.fixture(scope="module")
def engine(data_dir: Path) -> SemanticEngine:
    """Has not read a table yet."""
    return SemanticEngine(data_dir)


def published(*entries: Entry) -> Published:
    return Published(org_id="o", revision=hash(entries), entries=entries)


@pytest.mark.parametrize("text", MEANINGLESS)
def test_what_the_vocabulary_lacks_is_not_read_and_goes_to_a_person(
    text: str, encoder: Encoder, engine: SemanticEngine
) -> None:
    for table in (published(THANKS), published(THANKS, HOURS), published(THANKS, HOURS, ONLY_EMOJI, JAPANESE)):
        decision = engine.decide(text, table)

        assert decision.entry_id is None
        assert decision.unread is Unread.QUESTION
        assert decision.candidates[0].confidence < 0.001
    assert not encoder.reads(text)


@pytest.mark.parametrize("text", READ)
def test_words_are_read_whatever_stands_beside_them(text: str, encoder: Encoder) -> None:
    assert encoder.reads(text)


@pytest.mark.parametrize(("text", "entry_id"), [("👍", 1), (" 👍! ", 1), ("🎉🎉", 3), ("返品したい", 4)])
def test_the_very_same_text_still_gets_its_answer(text: str, entry_id: int, engine: SemanticEngine) -> None:
    decision = engine.decide(text, published(THANKS, HOURS, ONLY_EMOJI, JAPANESE))

    assert (decision.entry_id, decision.exact, decision.unread) == (entry_id, True, None)
    assert [candidate.entry_id for candidate in decision.candidates] == [entry_id]


def test_a_table_decides_as_if_what_it_cannot_read_were_not_there(engine: SemanticEngine) -> None:
    plain = Entry(id=1, question="Thank you", answer="You are welcome!")
    for question in ("thanks a lot", "when do you open", "do you sell submarines"):
        with_them = engine.decide(question, published(THANKS, HOURS, ONLY_EMOJI, JAPANESE))
        without = engine.decide(question, published(plain, HOURS))

        assert with_them.threshold == without.threshold
        assert with_them.candidates == without.candidates


def test_emoji_beside_words_change_nothing(encoder: Encoder) -> None:
    alone = encoder.encode("where is my order?")

    assert encoder.encode("😡 where is my order? 😡😡").tobytes() == alone.tobytes()


def test_a_table_that_cannot_be_read_says_so(engine: SemanticEngine) -> None:
    decision = engine.decide("Can I return this?", published(JAPANESE, ONLY_EMOJI))

    assert (decision.entry_id, decision.unread) == (None, Unread.TABLE)


def test_a_shortlist_still_holds_what_cannot_be_read_after_all_else(engine: SemanticEngine) -> None:
    table = published(ONLY_EMOJI, JAPANESE, THANKS, HOURS)

    assert engine.nearest("when do you open", table, 4)[:2] == (2, 1)
    assert set(engine.nearest("when do you open", table, 4)) == {1, 2, 3, 4}
    assert engine.nearest("返品できますか?", table, 1) == (4,)
    assert engine.nearest("こんにちは、返品", table, 4)
