import pytest

from core.datasets.columns import ExpectedKind
from core.datasets.heading_names import EXPECTED, OTHERS, PERHAPS_EXPECTED, QUESTION, is_known_heading
from core.files.table import heading_key


@pytest.mark.parametrize(
    "heading",
    [
        *("Question", "  expected answer ", "expectedAnswer", "EXPECTED_QUESTION", "Questions", "reference_answer"),
        *("ground_truth", "Intent", "category", "Frage", "Antwort", "erwartete Antwort", "inputs.question", "tags"),
        *("outputs/answer", "Gruppe"),
    ],
)
def test_usual_headings_are_known_whatever_their_case_and_punctuation(heading: str) -> None:
    assert is_known_heading(heading)


@pytest.mark.parametrize("cell", ["", "?", "Where is my order?", "Test questions of spring 2026", "7", "where is it"])
def test_questions_titles_and_numbers_are_no_headings(cell: str) -> None:
    assert not is_known_heading(cell)


def test_every_name_is_written_as_it_is_looked_up_and_every_kind_exists() -> None:
    names = [*QUESTION, *EXPECTED, *PERHAPS_EXPECTED, *(name for names in OTHERS.values() for name in names)]

    assert [name for name in names if heading_key(name) != name] == []
    assert {*EXPECTED.values()} <= {kind.value for kind in ExpectedKind}
