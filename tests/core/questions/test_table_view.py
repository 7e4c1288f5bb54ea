import pytest

from core.questions.entry import Entry
from core.questions.finding import FoldedTexts, found
from core.questions.table_view import SIMILAR_LIMIT, Filter, Row, SortOrder, TableView, viewed

ENTRIES = [
    Entry(id=2, question="What are your hours?", answer="9 to 5", alternates=("opening times",), tags=("shop",)),
    Entry(id=4, question="Can I return shoes?", answer="Within 30 days", tags=("returns", "shop"), enabled=False),
    Entry(id=7, question="A refund, please", answer="Write to us", tags=("returns",)),
    Entry(id=9, question="Do you deliver abroad?", answer="Yes", alternates=("international", "delivery")),
]
NEW = Entry(id=0, question="What is new?", answer="This")
TABLE: list[Row] = [*((entry.id, entry) for entry in ENTRIES), (-1, NEW)]


def keys(view: TableView, **facts: frozenset[int]) -> list[int]:
    return [key for key, _ in viewed(view, TABLE, **facts).rows]


def test_a_view_of_everything_is_the_table_as_it_is() -> None:
    assert viewed(TableView(), TABLE).rows == tuple(TABLE)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Filter.OFF, [4]),
        (Filter.NO_PHRASINGS, [4, 7]),
        (Filter.NO_TAG, [9]),
        (Filter.NO_TEST, [4, 9]),
        (Filter.UNSAVED, [7]),
    ],
)
def test_a_filter_keeps_to_its_entries_and_never_hides_a_new_row(wanted: Filter, expected: list[int]) -> None:
    view = TableView(filters=frozenset({wanted}))

    assert keys(view, changed=frozenset({7}), tested=frozenset({2, 7})) == [*expected, -1]


def test_filters_tags_and_words_all_hold_at_once() -> None:
    both = TableView(tags=frozenset({"shop", "returns"}))
    assert keys(both) == [4, -1]
    assert keys(TableView(tags=frozenset({"shop"}), filters=frozenset({Filter.OFF}), search="shoes")) == [4, -1]
    assert keys(TableView(tags=frozenset({"shop"}), filters=frozenset({Filter.OFF}), search="hours")) == [-1]
    assert keys(TableView(only=frozenset({9, 2}), only_words="collisions", search="to")) == [2, -1]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (SortOrder.NUMBER, [2, 4, 7, 9]),
        (SortOrder.NEWEST, [9, 7, 4, 2]),
        (SortOrder.QUESTION, [7, 4, 9, 2]),
        (SortOrder.ANSWER, [2, 4, 7, 9]),
        (SortOrder.TAGS, [7, 4, 2, 9]),
        (SortOrder.FEWEST_PHRASINGS, [4, 7, 2, 9]),
    ],
)
def test_rows_are_sorted_and_new_ones_stay_last(order: SortOrder, expected: list[int]) -> None:
    assert keys(TableView(order=order)) == [*expected, -1]


@pytest.mark.parametrize(
    ("search", "expected"), [("No. 4", [4]), ("no.4", [4]), ("New entry 1", [-1]), ("No. 99", []), ("New entry 2", [])]
)
def test_the_name_of_a_row_shows_it_alone_whatever_the_filter(search: str, expected: list[int]) -> None:
    assert keys(TableView(search=search, filters=frozenset({Filter.NO_TAG}))) == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("retrun", [4, 7]),  # two letters changed places; as a tag in the other
        ("refnd", [7]),
        ("delivver abraod", [9]),
        ("internatoinnal", [9]),  # two errors in a long word
        ("hors", [2]),  # one in a short one
        ("hrs", []),  # too short to be sure of
        ("30 dyas", [4]),
        ("31 days", []),  # figures are meant as they are
        ("shose 30", [4]),
    ],
)
def test_a_search_forgives_typing_errors(search: str, expected: list[int]) -> None:
    seen = viewed(TableView(search=search), TABLE)

    assert [key for key, _ in seen.rows] == [*expected, -1]
    assert seen.similar == len(expected)


def test_what_holds_the_words_comes_first_and_what_is_only_similar_after_it() -> None:
    table: list[Row] = [
        (1, Entry(id=1, question="Is it ours?", answer="x")),
        (2, Entry(id=2, question="Whose hour is it?", answer="x")),
        (3, Entry(id=3, question="Your hours?", answer="x")),
        (4, Entry(id=4, question="Hours of the shop", answer="x")),
    ]
    seen = viewed(TableView(search="hours", order=SortOrder.NEWEST), table)

    assert [key for key, _ in seen.rows] == [4, 3, 2, 1]
    assert seen.similar == 2


def test_only_the_nearest_of_very_many_similar_entries_are_shown() -> None:
    table: list[Row] = [(n, Entry(id=n, question=f"a house {n}", answer="x")) for n in range(1, 300)]

    seen = viewed(TableView(search="houze"), table)

    assert len(seen.rows) == seen.similar == SIMILAR_LIMIT


def test_an_entry_that_was_changed_is_searched_as_it_reads_now() -> None:
    texts = FoldedTexts()
    before, after = Entry(id=1, question="apples", answer="x"), Entry(id=1, question="pears", answer="x")

    assert found("apples", [before], texts) == {1: 0}
    assert found("apples", [after], texts) == {}
    assert found("pears", [after], texts) == {1: 0}


def test_a_search_without_a_word_finds_everything() -> None:
    assert keys(TableView(search="  ")) == [2, 4, 7, 9, -1]
