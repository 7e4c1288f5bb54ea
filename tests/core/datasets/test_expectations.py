import pytest

from core.datasets.columns import ExpectedKind
from core.datasets.expectations import Expectations, Meaning
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.questions.entry import Entry

FALLBACK = "A human will be in touch shortly"
ENTRIES = [
    Entry(id=1, question="What are your hours?", answer="9 to 5,\nMonday to Friday", alternates=("when are you open",)),
    Entry(id=2, question="Are you hiring?", answer="We're hiring for cashiers"),
    Entry(id=3, question="Old question", answer="Old answer", enabled=False),
    Entry(id=4, question="Opening times", answer="9 to 5, Monday to  Friday"),
    Entry(id=5, question="Jobs, then?", answer="We're hiring for cashiers", enabled=False),
    Entry(id=6, question="How many shops?", answer="2"),
]
KINDS = list(ExpectedKind)


def read(cell: str, kind: ExpectedKind) -> Label | str:
    found = Expectations(ENTRIES, FALLBACK, kind).read(cell)
    return found if isinstance(found, str) else found.label


def entry(*ids: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=ids)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ["", "  ", "\n\t"])
def test_an_empty_cell_is_not_labelled_and_never_the_fallback(cell: str, kind: ExpectedKind) -> None:
    assert read(cell, kind) == UNLABELLED


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("cell", ["__fallback__", " __FALLBACK__ ", FALLBACK, "A human will be  in touch\nshortly "])
def test_the_mark_and_the_text_of_the_fallback_mean_the_fallback(cell: str, kind: ExpectedKind) -> None:
    assert read(cell, kind) == TO_FALLBACK


def test_a_person_in_the_words_of_the_app_is_understood_unless_an_entry_is_called_so() -> None:
    called_so = [*ENTRIES, Entry(id=7, question="A person", answer="I am a bot.")]

    assert read("A person", ExpectedKind.AUTO) == TO_FALLBACK
    assert Expectations(called_so, FALLBACK, ExpectedKind.AUTO).read("a person") == Meaning(entry(7), (7,))


@pytest.mark.parametrize(
    ("kind", "cell", "label"),
    [
        (ExpectedKind.ANSWER, "We're hiring for cashiers", entry(2)),
        (ExpectedKind.ANSWER, " 9 to 5, Monday\r\nto Friday ", entry(1, 4)),
        (ExpectedKind.QUESTION, "are you HIRING", entry(2)),
        (ExpectedKind.QUESTION, "When are you open?", entry(1, 4)),
        (ExpectedKind.ID, "2", entry(2)),
        (ExpectedKind.ID, "2.0", entry(2)),
        (ExpectedKind.ID, "No. 2", entry(2)),
        (ExpectedKind.ID, "#002", entry(2)),
        (ExpectedKind.AUTO, "We're hiring for cashiers", entry(2)),
        (ExpectedKind.AUTO, "opening times?", entry(1, 4)),
        (ExpectedKind.AUTO, "1", entry(1, 4)),
        (ExpectedKind.AUTO, "How many shops?", entry(6)),
    ],
)
def test_an_expectation_finds_every_entry_that_would_be_right(kind: ExpectedKind, cell: str, label: Label) -> None:
    assert read(cell, kind) == label


@pytest.mark.parametrize(
    ("kind", "cell", "reason"),
    [
        (ExpectedKind.ANSWER, "we're hiring for cashiers", "No stored answer reads “we're hiring for cashiers”. The"),
        (ExpectedKind.ANSWER, "Are you hiring?", "The nearest is the question “Are you hiring?” (No. 2)."),
        (
            ExpectedKind.QUESTION,
            "Are you hirin",
            "No stored question reads “Are you hirin”. The nearest is the question",
        ),
        (ExpectedKind.QUESTION, "Do you sell cars?", "No stored question reads “Do you sell cars?”."),
        (ExpectedKind.ID, "99", "There is no entry No. 99."),
        (ExpectedKind.ID, "hiring", "“hiring” is no number of an entry."),
        (ExpectedKind.ID, "-1", "“-1” is no number of an entry."),
        (ExpectedKind.AUTO, "99", "“99” is no stored question, answer or number."),
    ],
)
def test_an_expectation_of_nothing_stored_is_refused_with_the_nearest(
    kind: ExpectedKind, cell: str, reason: str
) -> None:
    found = read(cell, kind)

    assert isinstance(found, str)
    assert reason in found


@pytest.mark.parametrize(
    ("kind", "cell", "number"),
    [
        (ExpectedKind.ANSWER, "Old answer", 3),
        (ExpectedKind.QUESTION, "old question", 3),
        (ExpectedKind.ID, "3", 3),
        (ExpectedKind.AUTO, "Old answer", 3),
        (ExpectedKind.QUESTION, "jobs, then", 5),
    ],
)
def test_an_entry_that_is_switched_off_has_a_reason_of_its_own(kind: ExpectedKind, cell: str, number: int) -> None:
    found = Expectations(ENTRIES, FALLBACK, kind).read(cell)

    assert isinstance(found, Meaning)
    assert found.meant == (number,)
    assert f"No. {number} " in found.unavailable
    assert "switched off" in found.unavailable


@pytest.mark.parametrize("kind", [ExpectedKind.ID, ExpectedKind.AUTO])
def test_a_number_that_was_an_entrys_once_says_that_it_is_gone_and_still_names_it(kind: ExpectedKind) -> None:
    once = Expectations(ENTRIES, FALLBACK, kind, last_id=8)

    found = once.read("No. 7")

    assert isinstance(found, Meaning)
    assert found.meant == (7,)
    assert found.unavailable == "Entry No. 7, which was expected, is no longer in the table."
    assert isinstance(once.read("9"), str)


def test_what_somebody_says_that_a_text_means_counts_whatever_its_case_and_spaces() -> None:
    chosen = {"delivery_status": entry(2), "hand off": TO_FALLBACK, "?": UNLABELLED, "gone": entry(9), "off": entry(3)}
    said = Expectations(ENTRIES, FALLBACK, ExpectedKind.ANSWER, chosen=chosen)

    assert said.read(" Delivery_Status") == Meaning(entry(2), (2,))
    assert said.read("Hand  off", "") == Meaning(TO_FALLBACK)
    assert said.read("?") == Meaning(UNLABELLED)
    assert [getattr(said.read(text), "unavailable", "")[:14] for text in ("gone", "off")] == [
        "Entry No. 9, w",
        "Entry No. 3 (“",
    ]


def test_what_fits_two_entries_that_are_both_switched_off_is_refused_too() -> None:
    entries = [
        Entry(id=2, question="a", answer="b", enabled=False),
        Entry(id=3, question="c", answer="2", enabled=False),
    ]

    assert isinstance(Expectations(entries, FALLBACK, ExpectedKind.AUTO).read("2"), str)


def test_what_fits_two_entries_in_two_ways_is_refused() -> None:
    assert read("2", ExpectedKind.AUTO) == (
        "“2” fits entry No. 2 by its number and entry No. 6 by its answer. Say what the column holds."
    )
    assert read("2", ExpectedKind.ANSWER) == entry(6)
    assert read("2", ExpectedKind.ID) == entry(2)


def test_an_answer_that_reads_like_the_fallback_means_the_fallback() -> None:
    entries = [Entry(id=1, question="Person please", answer=FALLBACK)]

    found = Expectations(entries, FALLBACK, ExpectedKind.ANSWER).read(FALLBACK)

    assert found == Meaning(TO_FALLBACK)
