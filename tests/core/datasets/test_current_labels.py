from core.datasets.current_labels import NOT_HELD_OUT, resolved
from core.datasets.dataset import DatasetRow, TestQuestion
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="Hours?", answer="9 to 5"),
    Entry(id=2, question="Opening times?", answer="9  to 5"),
    Entry(id=3, question="Off?", answer="9 to 5", enabled=False),
]


def row(
    number: int, question: str, kind: LabelKind = LabelKind.ENTRY, *meant: int, held_out: bool = True
) -> DatasetRow:
    content = TestQuestion(
        line=number + 2,
        question=question,
        expected_as_given="x",
        label=Label(kind=kind, entry_ids=meant),
        meant=meant,
        tags=("t",),
        split="s",
        note="n",
        group="g",
    )
    return DatasetRow(row=number, content=content, held_out=held_out)


def test_what_is_right_follows_from_the_entries_of_the_revision() -> None:
    rows = [
        row(0, "a", LabelKind.ENTRY, 1),
        row(1, "b", LabelKind.FALLBACK),
        row(2, "c", LabelKind.NONE),
        row(3, "d", LabelKind.ENTRY, 3),
        row(4, "e", LabelKind.ENTRY, 1, 9),
    ]

    preview = resolved(rows, ENTRIES)

    both = Label(kind=LabelKind.ENTRY, entry_ids=(1, 2))
    assert [(good.line, good.label) for good in preview.good] == [(2, both), (3, TO_FALLBACK), (4, UNLABELLED)]
    assert preview.good[0].tags == ("t",)
    assert (preview.good[0].split, preview.good[0].note, preview.good[0].group) == ("s", "n", "g")
    assert [(bad.line, bad.question, bad.reason) for bad in preview.bad] == [
        (5, "d", "Entry No. 3 (“Off?”) is switched off, so nobody can get its answer."),
        (6, "e", "Entry No. 9, which was expected, is no longer in the table."),
    ]


def test_an_answer_that_was_changed_no_longer_makes_its_twin_right() -> None:
    changed = [ENTRIES[0], Entry(id=2, question="Opening times?", answer="10 to 4")]

    (good,) = resolved([row(0, "a", LabelKind.ENTRY, 1)], changed).good

    assert good.label.entry_ids == (1,)


def test_rows_that_are_no_longer_held_out_are_left_out_unless_they_are_wanted_and_then_marked() -> None:
    rows = [row(0, "a", LabelKind.ENTRY, 1, held_out=False), row(1, "b", LabelKind.ENTRY, 1)]

    assert [good.question for good in resolved(rows, ENTRIES).good] == ["b"]
    assert [good.tags for good in resolved(rows, ENTRIES, with_known=True).good] == [("t", NOT_HELD_OUT), ("t",)]


def test_contradictions_and_repeated_rows_are_found_as_in_a_file() -> None:
    changed = [ENTRIES[0], Entry(id=2, question="Opening times?", answer="10 to 4")]
    rows = [row(i, "a", LabelKind.ENTRY, 1 + i // 2) for i in range(3)]

    preview = resolved(rows, changed)

    assert [found.lines for found in preview.contradictions] == [(2, 4)]
    assert preview.repeated == 1
