"""What each distinct label of a file means, and what may be guessed."""

import random

import pytest

from core.datasets.columns import ColumnMapping, recognise
from core.datasets.guesses import Guesses
from core.datasets.label_values import How, confirmed, known_texts
from core.datasets.labels import TO_FALLBACK, Label, LabelKind
from core.datasets.preview import Preview, check
from core.datasets.understanding import Understanding
from core.files.table import Row, Table
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="Where is my order?", answer="On its way.", alternates=("order status",), tags=("delivery",)),
    Entry(id=2, question="How can I pay?", answer="By card.", alternates=("payment methods",), tags=("payment",)),
    Entry(id=3, question="Do you take PayPal?", answer="Yes.", tags=("payment",)),
    Entry(id=4, question="Old?", answer="Old.", tags=("archive",), enabled=False),
]
FALLBACK = "A person will call"


def entry(entry_id: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=(entry_id,))


def preview(
    *labels: str, heading: str = "label", chosen: dict[str, Label] | None = None, known: dict[str, int] | None = None
) -> Preview:
    rows = tuple(Row(line, (f"question {line}", label)) for line, label in enumerate(labels, 2))
    table = Table(name="t.csv", columns=("question", heading), rows=rows)
    said = Understanding(labels=chosen or {}, known=known or {})
    return check(table, recognise(table), ENTRIES, FALLBACK, said=said, last_id=9)


@pytest.mark.parametrize(
    ("text", "label"),
    [
        *((word, TO_FALLBACK) for word in ("handoff", "Human", "NONE", "n/a", "N.A.", "hand-off", "out_of_scope", "-")),
        *((word, TO_FALLBACK) for word in ("OOS", "Escalate", "Fallback", "an einen Menschen", "-1", "OutOfScope")),
        ("order_status", entry(1)),
        ("OrderStatus", entry(1)),
        ("payment-methods", entry(2)),
        ("Delivery", entry(1)),
        ("By card.", entry(2)),
        ("3", entry(3)),
        ("3.0", entry(3)),
    ],
)
def test_a_label_is_guessed_by_its_words_its_number_or_its_tag(text: str, label: Label) -> None:
    guess = Guesses(ENTRIES).of(text)

    assert guess is not None
    assert guess.label == label
    assert guess.reason


@pytest.mark.parametrize("text", ["payment", "archive", "complaint", "4", "0", "12", "", "!!", "Old?"])
def test_what_fits_several_entries_one_that_is_off_or_none_is_not_guessed(text: str) -> None:
    guess = Guesses(ENTRIES).of(text)

    assert guess is None


def test_each_distinct_label_is_listed_once_with_its_rows_and_how_it_is_known() -> None:
    found = preview(
        "Where is my order?", "handoff", "Handoff ", "", "complaint", "where is my order", "x", chosen={"x": entry(2)}
    )

    assert [(value.text, value.rows, value.how) for value in found.values] == [
        ("Where is my order?", 1, How.STORED),
        ("handoff", 2, How.GUESSED),
        ("complaint", 1, How.UNKNOWN),
        ("where is my order", 1, How.STORED),
        ("x", 1, How.CHOSEN),
    ]
    assert found.values[1].question == "question 3"


def test_a_guess_is_not_taken_before_somebody_says_that_it_is_right() -> None:
    before = preview("handoff", "order_status", "Where is my order?")
    assert [row.line for row in before.good] == [4]

    after = preview("handoff", "order_status", "Where is my order?", chosen=confirmed(before.values))

    assert [row.label for row in after.good] == [TO_FALLBACK, entry(1), entry(1)]
    assert [value.how for value in after.values] == [How.CHOSEN, How.CHOSEN, How.STORED]


def test_a_row_whose_label_is_guessed_waits_and_is_not_called_faulty() -> None:
    before = preview("order_status", "complaint", "Where is my order?", "handoff")

    assert [(row.line, row.reason) for row in before.faulty] == [
        (3, "“complaint” is no stored question, answer or number.")
    ]
    assert before.waiting_frame()[["Line", "Reason"]].to_numpy().tolist() == [
        [2, "Waits for you to confirm what “order_status” means."],
        [5, "Waits for you to confirm what “handoff” means."],
    ]
    assert [row.reason for row in before.left_out] == [
        "Waits for you to confirm what “order_status” means.",
        "“complaint” is no stored question, answer or number.",
        "Waits for you to confirm what “handoff” means.",
    ]
    assert before.perhaps_a_person

    after = preview("order_status", "complaint", "handoff", chosen=confirmed(before.values))
    assert (after.waiting, len(after.faulty), after.perhaps_a_person) == ((), 1, False)


@pytest.mark.parametrize("labels", [("1", "2"), ("1", ""), ("2.0", "__fallback__", "3"), ("0", "-1")])
def test_labels_that_are_all_plain_numbers_are_no_entries_before_somebody_says_so(labels: tuple[str, ...]) -> None:
    found = preview(*labels)

    assert all(row.label.kind is not LabelKind.ENTRY for row in found.good)
    assert any(value.open for value in found.values)
    assert all(value.how is not How.UNKNOWN for value in found.values if value.text in ("1", "2", "2.0", "3"))


@pytest.mark.parametrize(
    ("heading", "labels"), [("expected_id", ("1", "2")), ("label", ("1", "How can I pay?")), ("label", ("No. 1", "#2"))]
)
def test_numbers_are_entries_where_the_heading_or_the_other_labels_say_so(
    heading: str, labels: tuple[str, ...]
) -> None:
    found = preview(*labels, heading=heading)

    assert [row.label for row in found.good] == [entry(1), entry(2)]
    assert not any(value.open for value in found.values)


def test_a_text_of_another_kind_than_the_column_holds_is_a_guess() -> None:
    found = preview("How can I pay?", heading="expected_answer")

    assert found.good == ()
    assert [(value.how, value.meant) for value in found.values] == [(How.GUESSED, entry(2))]


def test_other_right_answers_are_labels_too() -> None:
    columns = ("question", "expected", "also_accept")
    table = Table(name="t.csv", columns=columns, rows=(Row(2, ("q", "Where is my order?", "payment_methods")),))

    before = check(table, recognise(table), ENTRIES, FALLBACK)
    after = check(table, recognise(table), ENTRIES, FALLBACK, said=Understanding(labels=confirmed(before.values)))

    assert before.good == ()
    assert [row.meant for row in after.good] == [(1, 2)]


def test_columns_that_may_say_what_is_expected_are_offered_where_none_does() -> None:
    headings = ("question", "category", "was dann", "id")
    rows = (Row(2, ("q", "x", "Where is my order?", "1")), Row(3, ("r", "y", "By card.", "2")))
    table = Table(name="t.csv", columns=headings, rows=rows)

    assert check(table, ColumnMapping(question="question"), ENTRIES, FALLBACK).offered == ("category", "was dann")
    assert check(table, ColumnMapping(question="question", expected="id"), ENTRIES, FALLBACK).offered == ()


def test_many_distinct_labels_are_listed_in_one_pass() -> None:
    chance = random.Random(3)
    labels = [f"class_{chance.randrange(2_000)}" for _ in range(20_000)]

    found = preview(*labels)

    assert sum(value.rows for value in found.values) == 20_000
    assert len(found.values) == len(set(labels))


def test_words_of_a_file_of_cases_are_all_asked_about() -> None:
    words = ("handoff", "none", "N/A", "human", "Fallback")

    found = preview("Where is my order?", *words)

    assert [(value.text, value.meant) for value in found.values if value.open] == [
        (word, TO_FALLBACK) for word in words
    ]


def test_a_text_of_an_earlier_file_still_names_its_entry_when_that_is_gone_or_off_and_is_a_guess_when_reworded() -> (
    None
):
    known = known_texts(preview("Where is my order?", "2", "handoff", "How can I pay?").values)
    assert known == {"where is my order?": 1, "how can i pay?": 2}

    labels = ("gone?", "off?", "reworded?", "Where is my order?")
    found = preview(*labels, heading="expected_question", known={"gone?": 8, "off?": 4, "reworded?": 3})

    assert [(row.reason, row.kept.meant if row.kept else None) for row in found.bad[:2]] == [
        ("Entry No. 8, which was expected, is no longer in the table.", (8,)),
        ("Entry No. 4 (“Old?”) is switched off, so nobody can get its answer.", (4,)),
    ]
    assert found.bad[2].kept is None
    assert [(value.text, value.meant) for value in found.values if value.how is How.GUESSED] == [
        ("reworded?", entry(3))
    ]
    assert [row.meant for row in found.kept] == [(8,), (4,), (1,)]
