import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.examples.copying import ENTRIES_LIMIT, NAME_LIMIT, SIZE_LIMIT, copied
from core.prompts.companies import ExampleCompany
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy

TABLE = Published(
    org_id="org",
    revision=3,
    entries=(
        Entry(id=4, question="Where?", answer="Here\n| there", alternates=("whereto",), tags=("secret project",)),
        Entry(id=9, question="When?", answer="Now"),
        Entry(id=12, question="Why?", answer="Because"),
    ),
    policy=Policy(fallback="Wait", model=ModelSettings(company="Acme plc", negatives=("my parcel is broken",))),
)


def copy_of(
    *entry_ids: int, name: str = "Acme", with_negatives: bool = False, table: Published = TABLE, taken: tuple = ()
) -> ExampleCompany:
    return copied(table, name=name, entry_ids=entry_ids, with_negatives=with_negatives, taken_names=taken)


def large_table(entries: int, answer: str = "A") -> Published:
    made = tuple(Entry(id=i, question=f"Question {i}", answer=answer) for i in range(1, entries + 1))
    return Published(org_id="org", revision=1, entries=made)


def test_what_is_chosen_is_copied_without_numbers_and_tags() -> None:
    assert copy_of(12, 4) == ExampleCompany(
        name="Acme",
        entries=(
            Entry(id=1, question="Where?", answer="Here\n| there", alternates=("whereto",)),
            Entry(id=2, question="Why?", answer="Because"),
        ),
    )


def test_the_orgs_negative_examples_are_copied_only_when_asked_for() -> None:
    assert copy_of(4).negatives == ()
    assert copy_of(4, with_negatives=True).negatives == ("my parcel is broken",)


@given(st.sets(st.integers(0, 14), min_size=1))
def test_nothing_is_copied_but_the_entries_that_were_chosen(entry_ids: set[int]) -> None:
    stored = {entry.id for entry in TABLE.entries}
    if entry_ids <= stored:
        questions = [entry.question for entry in copy_of(*entry_ids).entries]

        assert questions == [entry.question for entry in TABLE.entries if entry.id in entry_ids]
    else:
        with pytest.raises(InvalidInput) as refused:
            copy_of(*entry_ids)

        assert [problem.row for problem in refused.value.problems] == [f"No. {i}" for i in sorted(entry_ids - stored)]


def test_without_an_entry_nothing_can_be_shared() -> None:
    with pytest.raises(InvalidInput, match="tick at least one"):
        copy_of()


def test_more_entries_than_the_limit_are_refused_with_both_numbers() -> None:
    table = large_table(ENTRIES_LIMIT + 1)

    assert len(copy_of(*range(1, ENTRIES_LIMIT + 1), table=table).entries) == ENTRIES_LIMIT
    with pytest.raises(InvalidInput, match=r"are 21; 20 is the limit"):
        copy_of(*range(1, ENTRIES_LIMIT + 2), table=table)


def test_an_example_that_would_fill_everybodys_prompts_is_refused() -> None:
    table = large_table(4, answer="x" * (SIZE_LIMIT // 4))

    assert len(copy_of(1, table=table).entries) == 1  # the answer stands in the table and in a turn
    with pytest.raises(InvalidInput, match=r"characters in a prompt; 20,000 is the limit"):
        copy_of(1, 2, table=table)


@pytest.mark.parametrize("name", ["", "  \n ", "\u200b\x07"])
def test_a_name_is_needed(name: str) -> None:
    with pytest.raises(InvalidInput, match="write the name that others see"):
        copy_of(4, name=name)


def test_a_name_is_one_line_of_what_can_be_seen() -> None:
    assert copy_of(4, name="  Acme\n\u202ecmea \x07 plc ").name == "Acme cmea plc"
    assert copy_of(4, name="x" * NAME_LIMIT).name == "x" * NAME_LIMIT
    with pytest.raises(InvalidInput, match="has 101 characters; 100 is the limit"):
        copy_of(4, name="x" * (NAME_LIMIT + 1))


def test_a_name_that_another_example_has_is_refused() -> None:
    with pytest.raises(InvalidInput, match="is the name of another example"):
        copy_of(4, name="ACME ", taken=("Bakery", "acme"))


def test_every_problem_is_said_at_once() -> None:
    with pytest.raises(InvalidInput) as refused:
        copy_of(4, 77, name="")

    assert [(problem.row, problem.field) for problem in refused.value.problems] == [
        ("The example", "Name"),
        ("No. 77", "Share"),
    ]


def test_the_fallback_and_what_prompts_say_about_the_company_are_not_copied() -> None:
    texts = str(dataclasses.asdict(copy_of(4, 9, 12, with_negatives=True)))

    assert "Wait" not in texts
    assert "Acme plc" not in texts
    assert "secret project" not in texts
