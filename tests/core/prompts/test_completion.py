import dataclasses
import re

from hypothesis import given
from hypothesis import strategies as st

from core.prompts.completion import completion_prompts, lines_to_write
from core.prompts.single_line import escaped_line
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from tests.core.prompts.conftest import TEXTS, golden, tables
from tests.core.prompts.one_prompt import completion_prompt, from_one_line
from tests.core.prompts.reading import Block, expected_turns, read_completion

INSTRUCTIONS = (
    "The following are conversations with a support bot that gives fixed responses to common questions.",
    "Each response is one of the table's, copied character for character, on one line.",
    'If a question does not mean the same as one in the table, the bot responds with "…".',
)


def published(*answers: str, fallback: str = "Wait") -> Published:
    entries = tuple(Entry(id=i, question=f"Question {i}", answer=answer) for i, answer in enumerate(answers, 1))
    return Published(org_id="org", revision=1, entries=entries, policy=Policy(fallback=fallback))


def test_the_tutorials_company_gets_the_tutorials_prompt(clothing: Published) -> None:
    prompt = completion_prompt(
        clothing, "Are you open monday?", company="Northwind Clothing", negatives=["what's the deal here"]
    )

    assert prompt.text == golden("completion")
    assert prompt.answers == {
        "A human will be in touch shortly": None,
        "Our hours are Monday-Friday, 9am-5pm.": 1,
        "We're hiring for cashiers": 2,
        "We sell clothing and accessories at affordable prices. "
        "You can see all our products at https://www.example.com": 3,
    }
    assert (prompt.stop, prompt.max_tokens) == (("\n",), 60)
    assert prompt.text[prompt.stable :] == "Are you open monday?\nAI:"


@given(tables(), TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=3))
def test_any_table_and_question_read_back_from_the_prompt(
    table: Published, question: str, company: str, description: str, negatives: list[str]
) -> None:
    prompt = completion_prompt(table, question, company=company, negatives=negatives, description=description)

    fallback = table.policy.fallback
    blocks, read_fallback, read_question = read_completion(prompt.text, INSTRUCTIONS)
    assert (read_fallback, read_question) == (fallback, question)
    assert blocks == [
        Block(
            company=company if company.strip() else "",
            about=description if description.strip() else "",
            rows=[(entry.question, entry.answer) for entry in table.entries],
            turns=expected_turns(table.entries, negatives, fallback),
        )
    ]


@given(tables(), TEXTS)
def test_no_data_holds_a_mark_of_the_prompt(table: Published, question: str) -> None:
    text = completion_prompt(table, question, company="Shop").text

    turns = len(expected_turns(table.entries, [], table.policy.fallback)) + 1
    assert text.count("###") == len(re.findall(r"^Human: ", text, re.MULTILINE)) == turns
    assert len(re.findall(r"human *:", text, re.IGNORECASE)) == turns
    assert len(re.findall(r"(?<!\\)AI *:", text, re.IGNORECASE)) == turns
    assert text.splitlines() == text.split("\n")


@given(tables(), TEXTS, TEXTS)
def test_all_before_the_question_is_the_same_for_each_question(table: Published, one: str, other: str) -> None:
    ask = completion_prompts(table, company="Shop")

    first, second = ask(one), ask(other)

    assert first.text[: first.stable] == second.text[: second.stable]
    assert first.text[first.stable :] == f"{escaped_line(one)}\nAI:"
    assert first == completion_prompt(table, one, company="Shop")


@given(tables())
def test_each_answer_has_its_own_line_that_reads_back_to_it(table: Published) -> None:
    lines = lines_to_write(table)

    assert {from_one_line(line) for line in lines} == {
        table.policy.fallback,
        *(entry.answer for entry in table.entries),
    }
    for line, entry_id in lines.items():
        stored = table.policy.fallback if entry_id is None else table.by_id[entry_id].answer
        assert from_one_line(line) == stored


def test_answers_that_differ_only_in_white_space_keep_their_own_lines() -> None:
    lines = lines_to_write(published("a b", "a\nb", " a b", r"a\nb"))

    assert lines == {"Wait": None, "a b": 1, r"a\nb": 2, r"\sa b": 3, r"a\\nb": 4}


def test_entries_with_the_same_answer_share_the_line_of_the_first() -> None:
    assert lines_to_write(published("Yes", "No", "Yes")) == {"Wait": None, "Yes": 1, "No": 2}


def test_an_answer_that_reads_as_the_fallback_stands_for_the_fallback() -> None:
    assert lines_to_write(published("Wait", "No")) == {"Wait": None, "No": 2}


def test_a_long_answer_gets_room_to_be_written_in_full() -> None:
    prompt = completion_prompt(published("word " * 400), "hi", company="Shop")

    assert prompt.max_tokens >= 2 * 400 * 5 / 4


def test_the_prompt_of_a_changed_table_differs() -> None:
    table = published("Yes")
    changed = dataclasses.replace(table, entries=(dataclasses.replace(table.entries[0], answer="No"),))

    before, after = (completion_prompt(each, "hi", company="Shop") for each in (table, changed))

    assert before.text[: before.stable] != after.text[: after.stable]


def test_a_model_that_writes_a_word_with_the_space_before_it_goes_on_as_the_examples_do(clothing: Published) -> None:
    """Vocabularies hold the space and the word as one token: a prompt that ended in the space left no room for it."""
    entry = clothing.entries[0]
    prompt = completion_prompt(clothing, entry.question, company="Shop")

    assert prompt.text.endswith("AI:")
    turn = f"Human: {entry.question}\nAI: {entry.answer}\n"
    assert (prompt.text + f" {entry.answer}\n").endswith(turn)
    assert turn in prompt.text
