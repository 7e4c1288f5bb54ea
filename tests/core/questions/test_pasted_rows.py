import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.questions.changes import Changes
from core.questions.pasted_rows import Spill, as_one_text, as_rows, cut_cells, rows_in, spills

TABLE = "Do you ship?\tYes\nDo you gift wrap?\tNo\n"


def quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in '\t\n"') else text


texts = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=8).map(lambda text: f"x{text}x")


@given(st.lists(st.lists(texts, min_size=2, max_size=3), min_size=1, max_size=4))
def test_rows_as_a_spreadsheet_copies_them_are_read_again(rows: list[list[str]]) -> None:
    copied = "\n".join("\t".join(map(quoted, cells)) for cells in rows)

    unwrapped = [tuple(cells) for cells in rows]
    if not any("\n" in text for cells in rows for text in cells):
        assert list(rows_in(copied)) == unwrapped
    assert len(rows_in(copied)) == len(rows)


def test_a_quote_that_is_not_closed_is_only_text() -> None:
    assert rows_in('"Hi" she said\t5" pipe\nNext?\tYes') == (('"Hi" she said', '5" pipe'), ("Next?", "Yes"))


def test_a_question_with_rows_in_it_becomes_rows_in_its_place() -> None:
    changes = Changes(added=({"question": TABLE, "enabled": True}, {"question": "Last?", "answer": "Yes"}))

    (spill,) = spills(changes)

    assert spill == Spill(key=-1, field="question", rows=(("Do you ship?", "Yes"), ("Do you gift wrap?", "No")))
    assert as_rows(changes, spill) == Changes(
        added=(
            {"question": "Do you ship?", "answer": "Yes", "enabled": True},
            {"question": "Do you gift wrap?", "answer": "No"},
            {"question": "Last?", "answer": "Yes"},
        )
    )


def test_rows_in_the_question_of_a_stored_entry_leave_the_others_at_the_end() -> None:
    changes = Changes(edited={3: {"question": 'a\tb\t"c\nd"\tt\tno\ne'}}, added=({"question": "f"},))

    (spill,) = spills(changes)

    assert as_rows(changes, spill) == Changes(
        edited={3: {"question": "a", "answer": "b", "alternates": ("c", "d"), "tags": ("t",), "enabled": False}},
        added=({"question": "f"}, {"question": "e"}),
    )


@pytest.mark.parametrize(
    "copied",
    [
        "id\tquestion\tanswer\n1\tHours?\t9 to 5\n2\tOpen?\tYes",
        "1\tHours?\t9 to 5\n2\tOpen?\tYes",
        "Question\tAnswer\nHours?\t9 to 5\nOpen?\tYes",
    ],
)
def test_headings_and_numbers_of_our_own_download_are_no_questions(copied: str) -> None:
    (spill,) = spills(Changes(added=({"question": copied},)))

    assert spill.rows == (("Hours?", "9 to 5"), ("Open?", "Yes"))


def test_a_question_that_is_a_number_stays_one_where_only_an_answer_follows() -> None:
    (spill,) = spills(Changes(added=({"question": "911\tCall us\n112\tCall us too"},)))

    assert spill.rows == (("911", "Call us"), ("112", "Call us too"))


def test_it_can_stay_one_text() -> None:
    changes = Changes(added=({"question": "Is it\ntrue?", "answer": "Yes"},))

    assert as_one_text(changes, spills(changes)[0]) == Changes(added=({"question": "Is it true?", "answer": "Yes"},))


def test_lines_and_tabs_belong_to_an_answer_unless_they_are_a_table() -> None:
    assert not spills(Changes(added=({"question": "a", "answer": "Hello\n\tthere\nyou"},)))
    assert spills(Changes(added=({"question": "a", "answer": "b\tc\nd\te"},)))


def test_a_line_break_that_only_the_clipboard_made_is_no_row() -> None:
    assert not spills(Changes(added=({"question": "Are you\n  open?\n"},)))


def test_texts_that_the_browser_cut_after_an_emoji_are_known_and_are_not_taken_for_rows() -> None:
    changes = Changes(
        added=(
            {"question": "Thanks 👍 a lo", "answer": "\tYou are welcom"},
            {"question": "\nBye no", "answer": "\tSee you 👋 so"},
            {"question": "n\nThird o", "answer": "e\tLast answer"},
            {"question": "Fourth?", "answer": "Prices:\n\tone"},
        )
    )

    assert cut_cells(changes) == [(-1, "answer"), (-2, "question"), (-2, "answer"), (-3, "answer")]
    assert spills(changes) == []
