import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.engines.semantic.languages import Languages
from core.engines.semantic.vector_store import VectorStore
from core.engines.semantic.vectors import GENERAL_QUESTIONS, PARALLEL_QUESTIONS

SHOP = json.loads((Path(__file__).parents[3] / "data" / "shop_languages.json").read_text(encoding="utf-8"))
PARALLEL = [line.split("\t") for line in PARALLEL_QUESTIONS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def languages() -> Languages:
    return Languages()


def phrasings(language: str) -> list[str]:
    return [text for entry in SHOP["entries"][language] for text in (entry["question"], *entry["alternates"])]


def test_the_parallel_questions_are_as_many_in_each_language_and_all_different() -> None:
    assert {len(line) for line in PARALLEL} == {13}
    assert len({text for line in PARALLEL for text in line}) == len(PARALLEL) * 13
    assert set(PARALLEL[0][1:]) <= set(GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines())


def test_english_is_hardly_ever_taken_for_another_language(languages: Languages) -> None:
    texts = [*GENERAL_QUESTIONS.read_text(encoding="utf-8").splitlines(), *phrasings("en")]

    assert [text for text in texts if languages.is_other(text)] == []


@pytest.mark.parametrize("language", ["de", "es", "fr"])
def test_whole_questions_in_another_language_are_seen(languages: Languages, language: str) -> None:
    questions = [*phrasings(language), *(question[language] for question in SHOP["questions"])]

    assert sum(languages.is_other(text) for text in questions) >= 0.95 * len(questions)
    assert not any(languages.is_other(text, language) for text in questions)


@pytest.mark.parametrize("line", PARALLEL[1:], ids=lambda line: line[0])
def test_many_languages_and_scripts_are_seen(languages: Languages, line: Sequence[str]) -> None:
    assert sum(languages.is_other(text) for text in line[1:]) >= 11


@pytest.mark.parametrize("text", ["", "hi", "ok", "?", "👍", "12345", "\ud800", "wifi password", "gift card"])
def test_what_says_too_little_is_in_no_other_language(languages: Languages, text: str) -> None:
    assert not languages.is_other(text)


def test_the_language_of_a_table_is_that_of_most_phrasings(languages: Languages) -> None:
    english, german = phrasings("en"), phrasings("de")

    assert languages.of_table(()).is_english
    assert languages.of_table(english).is_english
    assert languages.of_table([*english, *german[:3]]).is_english
    assert not languages.of_table([*english, *german]).is_english
    assert languages.of_table(german).language == "de"
    assert languages.of_table(german * 100) == languages.of_table(german)


def test_the_language_of_a_table_is_known_after_a_restart_without_the_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tables = [phrasings("en"), phrasings("de"), [*phrasings("en"), *phrasings("es")], []]
    before = Languages(VectorStore(tmp_path / "vectors.db"))
    found = [before.of_table(table) for table in tables]
    after = Languages(VectorStore(tmp_path / "vectors.db"))
    monkeypatch.setattr(after, "_loaded", lambda: None)  # what asks it would fail

    assert found == [Languages().of_table(table) for table in tables]
    assert [after.of_table(table) for table in tables] == found
    with pytest.raises(AttributeError):
        after.of_table(phrasings("fr"))
