import pytest

from core.datasets.columns import ROLES, ColumnMapping, ExpectedKind, recognise
from core.errors import InvalidInput
from core.files.table import Row, Table


def table_of(*columns: str) -> Table:
    return Table(name="x.csv", columns=columns, rows=(Row(2, ("x",) * len(columns)),))


@pytest.mark.parametrize(
    ("columns", "question", "expected", "kind"),
    [
        (("question", "expected_answer"), "question", "expected_answer", ExpectedKind.ANSWER),
        (("question", "expected_question"), "question", "expected_question", ExpectedKind.QUESTION),
        (("question", "expected_id"), "question", "expected_id", ExpectedKind.ID),
        (("User Question", "Expected Answer"), "User Question", "Expected Answer", ExpectedKind.ANSWER),
        (("QUESTIONS", "Expected-Id "), "QUESTIONS", "Expected-Id ", ExpectedKind.ID),
        (("question", "expectedResponse"), "question", "expectedResponse", ExpectedKind.ANSWER),
        (("input", "ideal"), "input", "ideal", ExpectedKind.AUTO),
        (("input", "target"), "input", "target", ExpectedKind.AUTO),
        (("split", "text", "label"), "text", "label", ExpectedKind.AUTO),
        (("question", "answer"), "question", "answer", ExpectedKind.AUTO),
        (("Frage", "Antwort"), "Frage", "Antwort", ExpectedKind.AUTO),
        (("Kundenfrage", "Erwartete Antwort"), "Kundenfrage", "Erwartete Antwort", ExpectedKind.ANSWER),
        (("id", "customer_message", "intent"), "customer_message", "intent", ExpectedKind.AUTO),
        (("question", "reference_answer", "answer"), "question", "reference_answer", ExpectedKind.AUTO),
        (("question", "ground_truth"), "question", "ground_truth", ExpectedKind.AUTO),
        (("inputs.question", "outputs.answer"), "inputs.question", "outputs.answer", ExpectedKind.AUTO),
        (("question", "category"), "question", None, ExpectedKind.AUTO),
        (("answer", "expected", "question"), "question", "expected", ExpectedKind.AUTO),
        (("org", "question", "expected_question"), "question", "expected_question", ExpectedKind.QUESTION),
        (("utterance",), "utterance", None, ExpectedKind.AUTO),
        (("What people asked",), "What people asked", None, ExpectedKind.AUTO),
        (("label",), "label", None, ExpectedKind.AUTO),
        (("a", "b"), None, None, ExpectedKind.AUTO),
    ],
)
def test_columns_are_known_by_their_headings(
    columns: tuple[str, ...], question: str | None, expected: str | None, kind: ExpectedKind
) -> None:
    mapping = recognise(table_of(*columns))

    assert (mapping.question, mapping.expected, mapping.expected_kind) == (question, expected, kind)


def test_tags_split_and_note_are_known_too() -> None:
    mapping = recognise(table_of("Note", "Question", "TAGS", "split", "expected"))

    assert mapping == ColumnMapping(question="Question", expected="expected", tags="TAGS", split="split", note="Note")


def test_the_surest_heading_wins_wherever_it_stands() -> None:
    mapping = recognise(table_of("text", "prompt", "question", "label", "expected_question"))

    assert (mapping.question, mapping.expected) == ("question", "expected_question")


def test_no_column_is_used_twice() -> None:
    chosen = recognise(table_of("question", "label", "tags", "labels", "comments")).columns()

    assert len(set(chosen.values())) == len(chosen)


@pytest.mark.parametrize(
    ("mapping", "field", "reason"),
    [
        (ColumnMapping(), "Question", "choose the column"),
        (ColumnMapping(question="nope"), "Question", "no column “nope”"),
        (ColumnMapping(question="a", expected="a"), "Expected", "holds the questions"),
        (ColumnMapping(question="a", note="gone"), "Note", "no column “gone”"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused_in_words(mapping: ColumnMapping, field: str, reason: str) -> None:
    with pytest.raises(InvalidInput, match=reason) as refused:
        mapping.check(("a", "b"))

    assert [problem.field for problem in refused.value.problems] == [field]


def test_a_mapping_that_fits_passes() -> None:
    ColumnMapping(question="a", expected="b", note="b").check(("a", "b", "c"))


def test_every_role_and_kind_has_words_for_people() -> None:
    assert [*ROLES] == ["question", "expected", "also_accept", "tags", "split", "note", "group"]
    assert all(kind.label for kind in ExpectedKind)
