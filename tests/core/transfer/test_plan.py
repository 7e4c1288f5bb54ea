from typing import Any

import pytest

from core.errors import Problem
from core.questions.changes import Changes, applied
from core.questions.checks import TableChecks
from core.questions.entry import Entry
from core.transfer.item import Item, Items, ItemSource, Rejected
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.plan import Outcome, Plan, plan

HOURS = Entry(id=1, question="What are your hours?", answer="9 to 5", alternates=("opening times",), tags=("times",))
JOBS = Entry(id=2, question="Are you hiring?", answer="Yes")
OFF = Entry(id=5, question="Old?", answer="Gone", enabled=False)
TABLE = (HOURS, JOBS, OFF)


def item(line: int, question: str, answer: str | None = None, *, number: int | None = None, **fields: Any) -> Item:
    said = {"question": question} | ({} if answer is None else {"answer": answer}) | fields
    return Item(
        fields=said,
        sources=(ItemSource(f"line {line}", (("question", question),)),),
        number=number,
        all_phrasings="alternates" in fields,
    )


def planned(*items: Item, joinable: bool = False, **options: Any) -> Plan:
    return plan(Items(items=items, joinable=joinable), TABLE, 7, Options(**options))


def outcomes(made: Plan) -> list[Outcome]:
    return [row.outcome for row in made.rows]


def test_each_row_is_new_changed_or_the_same_and_the_changes_are_those_of_one_save() -> None:
    made = planned(
        item(2, "what are your hours", "10 to 6"), item(3, "Are you hiring?", "Yes"), item(4, "Where are you?", "Here")
    )

    assert outcomes(made) == [Outcome.CHANGED, Outcome.SAME, Outcome.NEW]
    assert made.base_revision == 7
    assert made.changes == Changes(
        edited={1: {"answer": "10 to 6"}},
        added=({"question": "Where are you?", "answer": "Here", "alternates": (), "tags": (), "enabled": True},),
    )


def test_a_row_without_columns_for_them_leaves_phrasings_tags_and_the_main_question_as_they_are() -> None:
    made = planned(item(2, "Opening times?", "10 to 6"))

    assert applied(TABLE, made.changes, 9)[0] == Entry(
        id=1, question=HOURS.question, answer="10 to 6", alternates=HOURS.alternates, tags=HOURS.tags
    )


def test_a_row_that_lists_all_phrasings_replaces_them() -> None:
    made = planned(item(2, "Hours?", "9 to 5", alternates=("when",), tags=(), number=1), match_by=MatchBy.NUMBER)

    assert made.changes.edited == {1: {"question": "Hours?", "alternates": ("when",), "tags": ()}}


def test_a_phrasing_that_moved_from_an_entry_outside_of_the_file_is_refused_with_that_entrys_number() -> None:
    moved = item(2, "Are you hiring?", "Yes", alternates=("opening times",), tags=(), number=2)

    (row,) = planned(moved).rows
    assert row.outcome is Outcome.INVALID
    assert row.reason == "Other phrasings “opening times” is already in No. 1: keep it in one place."

    made = planned(moved, item(3, "What are your hours?", "9 to 5", alternates=(), tags=(), number=1))
    assert outcomes(made) == [Outcome.CHANGED, Outcome.CHANGED]


def test_entries_can_be_left_as_they_are() -> None:
    made = planned(item(2, "Are you hiring?", "No"), item(3, "New?", "Yes"), on_match=OnMatch.SKIP)

    assert outcomes(made) == [Outcome.KEPT, Outcome.NEW]
    assert made.rows[0].reason == "No. 2 is different, and is left as it is."
    assert not made.changes.edited


def test_only_phrasings_can_be_added() -> None:
    made = planned(
        item(2, "Are you hiring?", "No", alternates=("jobs", "are you HIRING")), on_match=OnMatch.ADD_PHRASINGS
    )

    assert made.changes.edited == {2: {"alternates": ("jobs",)}}


def test_phrases_without_an_answer_are_added_to_their_entry_and_refused_where_there_is_none() -> None:
    made = planned(item(2, "opening times", alternates=("when?",)), item(3, "Nobody knows this"))

    assert outcomes(made) == [Outcome.CHANGED, Outcome.INVALID]
    assert made.changes.edited == {1: {"alternates": ("opening times", "when?")}}
    assert "the file has no answer for it" in made.rows[1].reason


def test_numbers_are_trusted_only_where_they_stand_for_the_same_entries() -> None:
    foreign = planned(item(2, "How much?", "5", number=1), item(3, "How far?", "9", number=2))
    own = planned(item(2, "What are your hours?", "New", number=1), item(3, "Are you hiring now?", "Yes", number=2))

    assert (foreign.matched_by, outcomes(foreign)) == (MatchBy.QUESTION, [Outcome.NEW, Outcome.NEW])
    assert (own.matched_by, outcomes(own)) == (MatchBy.NUMBER, [Outcome.CHANGED, Outcome.CHANGED])


def test_equal_rows_count_once_and_of_those_that_contradict_each_other_none_is_taken() -> None:
    made = planned(
        item(2, "New?", "Yes"),
        item(3, "new", "Yes"),
        item(4, "Other?", "A"),
        item(5, "Other?", "B"),
        item(6, "Z?", "Z"),
    )

    assert outcomes(made) == [Outcome.NEW, Outcome.DUPLICATE, Outcome.INVALID, Outcome.INVALID, Outcome.NEW]
    assert made.rows[1].reason == "It says the same as line 2."
    assert made.rows[2].reason == "The question has another answer in line 5. Keep one of the two rows."


def test_two_rows_of_one_entry_that_differ_are_not_both_taken() -> None:
    made = planned(item(2, "What are your hours?", "A"), item(3, "opening times", "B"))

    assert outcomes(made) == [Outcome.CHANGED, Outcome.INVALID]
    assert made.rows[1].reason == "No. 1 is changed by line 2 already. Keep one of the two rows."


def test_a_row_that_breaks_a_rule_is_invalid_with_the_rules_words_and_the_others_can_be_saved() -> None:
    made = planned(
        item(2, "", "Yes"),
        item(3, "Fine?", "Yes", alternates=("opening times",)),
        item(4, "Long?", "x" * 5001),
        item(5, "Good?", "Yes", alternates=("a new way",)),
        item(6, "Late?", "Yes", alternates=("A new way?",)),
    )

    assert outcomes(made) == [Outcome.INVALID, Outcome.INVALID, Outcome.INVALID, Outcome.NEW, Outcome.INVALID]
    assert made.rows[0].reason == "Question is empty: write something, or delete the entry."
    assert "“opening times” is already in No. 1" in made.rows[1].reason
    assert "5,001 characters; 5,000 is the limit" in made.rows[2].reason
    assert "“A new way?” is already in line 5" in made.rows[4].reason


def test_rows_with_the_same_answer_are_one_entry_when_somebody_says_so() -> None:
    rows = (item(2, "Where?", "Here"), item(3, "Which place?", "Here"), item(4, "Jobs?", "Yes"))

    together, apart = planned(*rows, joinable=True, join_answers=True), planned(*rows, joinable=True)

    assert [fields["alternates"] for fields in together.changes.added] == [("Which place?",), ()]
    assert together.rows[0].place == "line 2 and 1 more"
    assert together.changes.edited == {}
    assert "3 rows become 2 entries: rows with the same answer are one." in together.notes
    assert [fields["question"] for fields in apart.changes.added] == ["Where?", "Which place?", "Jobs?"]
    assert "3 rows become 2 entries then" in apart.notes[0]


def test_rows_of_one_entry_with_the_same_answer_are_always_one() -> None:
    made = planned(item(2, "what are your hours", "8 to 4"), item(3, "Opening times?", "8 to 4"), joinable=True)

    assert outcomes(made) == [Outcome.CHANGED]
    assert made.changes.edited == {1: {"answer": "8 to 4"}}


def test_entries_that_have_the_same_answer_already_stay_apart() -> None:
    twins = (HOURS, Entry(id=2, question="Open on Sunday?", answer="9 to 5"))
    rows = (item(2, "What are your hours?", "8 to 4"), item(3, "Open on Sunday?", "8 to 4"), item(4, "Late?", "8 to 4"))

    made = plan(Items(items=rows, joinable=True), twins, 1, Options(join_answers=True))

    assert made.changes.edited == {
        1: {"answer": "8 to 4", "alternates": ("opening times", "Late?")},
        2: {"answer": "8 to 4"},
    }


def test_an_entry_that_is_off_is_found_by_a_row_that_is_off_and_may_be_asked_as_another() -> None:
    made = planned(item(2, "Old?", "Back", enabled=True), item(3, "old?", "Gone", enabled=False))

    assert outcomes(made) == [Outcome.CHANGED, Outcome.NEW]


def test_rejected_rows_stand_where_they_are_in_the_file() -> None:
    found = Items(
        items=(item(2, "A?", "a"), item(4, "B?", "b")), rejected=(Rejected(ItemSource("line 3"), "There are 3 cells."),)
    )

    made = plan(found, TABLE, 1, Options())

    assert [(row.place, row.outcome) for row in made.rows] == [
        ("line 2", Outcome.NEW),
        ("line 3", Outcome.INVALID),
        ("line 4", Outcome.NEW),
    ]


def test_a_table_that_would_be_too_large_is_a_problem_of_the_whole() -> None:
    many = tuple(item(line, f"Question {line}?", "Yes") for line in range(2, 20_005))

    made = plan(Items(items=many), TABLE, 1, Options())

    assert [problem.row for problem in made.problems] == ["The table"]


def test_rows_that_are_one_entry_are_told_in_the_singular() -> None:
    made = planned(item(2, "Where?", "Here"), item(3, "Which place?", "Here"), joinable=True, join_answers=True)

    assert "2 rows become 1 entry: rows with the same answer are one." in made.notes


def test_what_visitors_would_read_raw_is_told_with_its_rows() -> None:
    made = planned(
        item(2, "A?", "<p>Yes</p>"),
        item(3, "B &amp; C?", "Yes<br/>no"),
        item(4, "D?", "Hi {{customer.name}}"),
        item(5, "E?", "**Yes** GrÃ¶ÃŸe"),
        item(6, "F?", "Plain"),
    )

    assert made.warnings == (
        "2 answers hold HTML, such as “<p>”: visitors would read it as it stands (line 2, line 3).",
        "1 answer holds Markdown, such as “**Yes**”: visitors would read it as it stands (line 5).",
        "1 answer holds a placeholder, such as “{{customer.name}}”: nothing fills it in, and visitors would read it as "
        "it stands (line 4).",
        "1 answer holds broken letters, such as “Ã¶”: save the file as UTF-8 and upload it again (line 5).",
        "1 question holds HTML, such as “&amp;”: nobody asks like that (line 3).",
    )
    assert made.has_html
    assert made.changes.added[0]["answer"] == "<p>Yes</p>"


def test_html_becomes_plain_text_when_somebody_wants_it_and_the_preview_shows_that() -> None:
    made = planned(
        item(
            2, "are you hiring &#63;", '<p>Yes, <a href="https://shop.com">here</a></p>', alternates=("jobs &amp; pay",)
        ),
        plain_text=True,
    )

    assert made.has_html
    assert made.warnings[0] == "1 answer holds HTML, such as “<p>”, which becomes plain text (line 2)."
    assert made.rows[0].before == JOBS
    assert made.changes.edited == {
        2: {"question": "are you hiring ?", "answer": "Yes, here (https://shop.com)", "alternates": ("jobs & pay",)}
    }


def test_plain_texts_are_told_of_nothing() -> None:
    made = planned(item(2, "R&D?", "1 < 2"))

    assert (made.warnings, made.has_html) == ((), False)


def test_numbers_of_new_entries_that_are_not_kept_are_told() -> None:
    known = item(2, "Are you hiring?", "Yes", number=2)
    one = planned(known, item(3, "Gift cards?", "Yes", number=9999))
    several = planned(known, *(item(line, f"Thing {line}?", "Yes", number=9000 + line) for line in range(3, 10)))

    assert one.notes == ("The number 9999 of the file is not kept: the new entry gets the next free number.",)
    assert several.notes == (
        "7 numbers of the file are not kept (9003, 9004, 9005, 9006, 9007 …): new entries get the next free numbers.",
    )
    assert planned(known).notes == ()


def test_rows_that_are_refused_one_because_of_the_other_are_found_in_one_go(monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[Changes] = []
    whole = TableChecks.problems

    def counted(self: TableChecks, changes: Changes) -> list[Problem]:
        looks.append(changes)
        return whole(self, changes)

    monkeypatch.setattr(TableChecks, "problems", counted)
    table = [Entry(id=n, question=f"Question {n}", answer=f"Answer {n}") for n in range(1, 31)]
    free = Entry(id=40, question="Something else", answer="Yes")
    slipped = [item(n, f"Question {n + 1}", f"Answer {n}" if n < 30 else "", number=n) for n in range(1, 31)]
    other = item(40, "Something new", "Yes", number=40, alternates=())

    made = plan(Items(items=(*slipped, other)), [*table, free], 7, Options(match_by=MatchBy.NUMBER))

    assert outcomes(made) == [Outcome.INVALID] * 30 + [Outcome.CHANGED]
    assert made.rows[28].reason == "Question “Question 30” is already in No. 30: keep it in one place."
    assert made.rows[29].reason.startswith("Answer is empty")
    assert len(looks) == 2
