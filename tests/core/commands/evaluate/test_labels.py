import pytest

from core.commands.evaluate.labels import label_said, nothing_labelled, open_labels
from core.datasets.columns import ColumnMapping
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.datasets.meanings import meaning_of
from core.datasets.preview import Preview, check
from core.files.table import Row, Table
from core.questions.entry import Entry

ENTRIES = [Entry(id=1, question="Hours?", answer="9 to 5"), Entry(id=2, question="Jobs?", answer="Yes")]


def preview(*labels: str, mapping: ColumnMapping = ColumnMapping(question="q", expected="intent")) -> Preview:  # noqa: B008 - frozen
    rows = tuple(Row(line, ("x", label)) for line, label in enumerate(labels, 2))
    return check(Table(name="t.csv", columns=("q", "intent"), rows=rows), mapping, ENTRIES, "A person")


@pytest.mark.parametrize(
    ("text", "key", "label"),
    [
        ("handoff=person", "handoff", TO_FALLBACK),
        ("Delivery Status = 12", "delivery status", Label(kind=LabelKind.ENTRY, entry_ids=(12,))),
        ("a=b=None", "a=b", UNLABELLED),
    ],
)
def test_a_label_and_its_meaning_are_read(text: str, key: str, label: Label) -> None:
    assert label_said(text) == (key, label)


@pytest.mark.parametrize("text", ["handoff", "=person", "x=", "x=maybe", "x=0", "x=-1", "x=²", "x=12345678901"])
def test_what_says_no_meaning_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValueError, match="write LABEL=MEANING"):
        label_said(text)


def test_a_meaning_is_a_number_a_person_or_none() -> None:
    assert [meaning_of(text) for text in (" PERSON ", "none", "7", "seven")] == [
        TO_FALLBACK,
        UNLABELLED,
        Label(kind=LabelKind.ENTRY, entry_ids=(7,)),
        None,
    ]


def test_open_labels_are_told_as_options_that_can_be_pasted() -> None:
    lines = open_labels(preview("Hours?", "hand off", "it's odd", "-jobs"))

    assert lines[1:] == [
        "  --label 'hand off=person'  (1 row; a guess: a word for a person)",
        "  --label 'it'\"'\"'s odd=…'  (1 row; nothing fits)",
        "  --label=-jobs=2  (1 row; “Jobs?”, a guess: a question of the same words)",
    ]
    assert open_labels(preview("Hours?", "", "__fallback__")) == []


def test_plain_numbers_come_with_the_option_that_says_they_are_of_entries() -> None:
    assert open_labels(preview("1", "2"))[-1].endswith("--expected-kind id.")


def test_a_file_without_any_label_says_so_and_names_columns_that_may_hold_them() -> None:
    unlabelled = preview("Hours?", "Jobs?", mapping=ColumnMapping(question="q"))

    assert nothing_labelled(unlabelled).endswith(
        "If one of these columns says what is expected, name it: --column expected=intent"
    )
    assert nothing_labelled(preview("Hours?")) == ""
