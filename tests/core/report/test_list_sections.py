"""The lists of a run say only what there is to say."""

from core.report.list_sections import confusions, slices
from tests.core.report.runs import ended, row


def test_tags_have_a_column_for_each_kind_of_mistake_that_there_is_right_after_what_is_right() -> None:
    tagged = {"tags": ["hours"]}
    section = slices(ended(row("a", 1, 1, extra=tagged), row("b", "person", 1, extra=tagged)))
    assert section is not None

    assert [column.name for column in section.tables[0].columns] == [
        "Tag",
        "Right",
        "Answered out of scope",
        "Questions",
    ]


def test_confusions_count_in_one_column_and_advise_by_their_kinds() -> None:
    for_a_person = confusions(ended(row("a", "person", 1), row("b", "person", None)))
    every_kind = confusions(ended(row("a", "person", 1), row("b", 1, 2), row("c", 2, None)))
    assert for_a_person is not None
    assert every_kind is not None

    assert for_a_person.tables[0].frame["Times"].tolist() == ["1 of 2"]
    assert for_a_person.sentences == ["Meant for a person, but answered: give the entry narrower phrasings."]
    assert every_kind.sentences[0].count(":") == 3
