import pytest

from core.prompts.chat_parts import choosing_prompts, ids_to_offer
from core.prompts.prompt import ChatPrompt, Role
from core.questions.entry import Entry, Published


def entries(*ids: int) -> tuple[Entry, ...]:
    return tuple(Entry(id=i, question=f"Question {i}", answer="Yes") for i in ids)


def prompt_for(*ids: int) -> ChatPrompt:
    published = Published(org_id="org", revision=1, entries=entries(*ids))
    return choosing_prompts(published, company="", negatives=(), description="", reply="Reply so.", cue="!")("hi")


@pytest.mark.parametrize(
    ("ids", "offered"),
    [
        ((), []),
        ((17, 3, 999), ["17", "3", "999"]),
        ((17, 1000, 3), ["1", "2", "3"]),
        ((0, 5), ["1", "2"]),
    ],
)
def test_ids_are_the_entries_own_as_long_as_they_are_short(ids: tuple[int, ...], offered: list[str]) -> None:
    assert ids_to_offer(entries(*ids)) == offered


def test_every_choice_stands_for_its_entry_whatever_id_was_written() -> None:
    assert prompt_for(17, 3).choices == {"0": None, "17": 17, "3": 3}
    assert prompt_for(1017, 3).choices == {"0": None, "1": 1017, "2": 3}


def test_the_table_is_one_message_and_the_question_another() -> None:
    system, user = prompt_for(17).messages

    assert (system.role, user.role) == (Role.SYSTEM, Role.USER)
    assert "\nReply so.\n" in system.content
    assert "| 17 | Question 17 | Yes |\n" in system.content
    assert user.content == "Question: hi!"


def test_rows_keep_the_order_of_the_table() -> None:
    rows = [line for line in prompt_for(9, 2, 5).messages[0].content.splitlines() if line.endswith("| Yes |")]

    assert rows == ["| 9 | Question 9 | Yes |", "| 2 | Question 2 | Yes |", "| 5 | Question 5 | Yes |"]
