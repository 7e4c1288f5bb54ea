import json

from core.datasets.columns import ColumnMapping, ExpectedKind
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.files.table import Row, Table

SAID = Understanding(
    mapping=ColumnMapping(
        question="text", expected="intent", expected_kind=ExpectedKind.QUESTION, ignored=("x", "gone")
    ),
    known={"where is my order?": 4},
    labels={"delivery": Label(kind=LabelKind.ENTRY, entry_ids=(4,)), "none": TO_FALLBACK, "?": UNLABELLED},
)


def table(*columns: str) -> Table:
    return Table(name="t.csv", columns=columns, rows=(Row(2, ("",) * len(columns)),))


def test_what_is_kept_reads_back() -> None:
    assert Understanding.from_json(json.loads(json.dumps(SAID.as_json()))) == SAID
    assert Understanding.from_json(NOTHING_SAID.as_json()) == NOTHING_SAID
    assert Understanding.from_json(None) == NOTHING_SAID


def test_kept_columns_count_for_a_file_that_has_them_all() -> None:
    seen = ColumnMapping(question="intent")

    assert SAID.mapping_of(table("text", "intent", "x"), seen) == ColumnMapping(
        question="text", expected="intent", expected_kind=ExpectedKind.QUESTION, ignored=("x",)
    )
    assert SAID.mapping_of(table("intent", "x"), seen) == seen
    assert NOTHING_SAID.mapping_of(table("intent"), seen) == seen


def test_of_two_the_later_one_counts_and_nothing_else_is_forgotten() -> None:
    later = Understanding(labels={"none": UNLABELLED, "new": TO_FALLBACK})

    both = SAID.then(later)

    assert both.mapping == SAID.mapping
    assert both.labels == {**SAID.labels, "none": UNLABELLED, "new": TO_FALLBACK}
