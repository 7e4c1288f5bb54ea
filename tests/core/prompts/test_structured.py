import json
import re

import jsonschema
import pytest
from hypothesis import given

from core.errors import InvalidInput
from core.prompts.prompt import ChatPrompt
from core.prompts.structured import answer_schema, gbnf, structured_prompts
from core.questions.entry import Published
from tests.core.prompts.conftest import TEXTS, golden, tables
from tests.core.prompts.one_prompt import chat_prompt, from_one_line, structured_prompt
from tests.core.prompts.reading import read_system, shown


def prompt_with(*choices: str) -> ChatPrompt:
    return ChatPrompt(messages=(), choices={choice: i or None for i, choice in enumerate(choices)}, stable=0)


def test_the_tutorials_company_gets_this_prompt_schema_and_grammar(clothing: Published) -> None:
    prompt = structured_prompt(
        clothing, "Are you open monday?", company="Northwind Clothing", negatives=["what's the deal here"]
    )

    schema = json.dumps(answer_schema(prompt), indent=2)
    assert f"{shown(prompt)}\n[schema]\n{schema}\n\n[grammar]\n{gbnf(prompt)}" == golden("structured")


@given(tables(), TEXTS)
def test_any_table_and_question_read_back_from_the_prompt(table: Published, question: str) -> None:
    prompt = structured_prompt(table, question)

    system, user = (message.content for message in prompt.messages)
    block, _ = read_system(system, instructions=7)
    assert [(prompt.choices[i], asked, answer) for i, asked, answer in block.rows] == [
        (entry.id, entry.question, entry.answer) for entry in table.entries
    ]
    assert "\n" not in user
    assert from_one_line(user.removeprefix("Question: ")) == question
    assert prompt == structured_prompts(table)(question)
    assert prompt.choices == chat_prompt(table, question).choices


@given(tables())
def test_the_schema_allows_each_choice_and_nothing_else(table: Published) -> None:
    prompt = structured_prompt(table, "hi")

    schema = answer_schema(prompt)["schema"]

    jsonschema.Draft202012Validator.check_schema(schema)
    valid = jsonschema.Draft202012Validator(schema).is_valid
    assert all(valid({"id": choice}) for choice in prompt.choices)
    for wrong in ("", "00", "０", "2000000", " 0", 0, None, ["0"]):
        assert not valid({"id": wrong})
    assert not valid({})
    assert not valid({"id": "0", "text": "hello"})
    assert not valid("0")


def test_a_thousand_ids_are_taken_and_one_more_is_refused() -> None:
    ids = [str(i) for i in range(1_001)]

    assert answer_schema(prompt_with(*ids[:1_000]))["strict"] is True
    with pytest.raises(InvalidInput, match=r"would offer the model 1,001 ids .* Offer fewer entries at once"):
        answer_schema(prompt_with(*ids))


@pytest.mark.parametrize(("count", "length", "taken"), [(250, 61, True), (300, 50, True), (300, 51, False)])
def test_many_ids_may_have_only_so_many_characters_together(count: int, length: int, taken: bool) -> None:
    prompt = prompt_with(*(str(i).zfill(length) for i in range(count)))

    if taken:
        assert answer_schema(prompt)["strict"] is True
    else:
        with pytest.raises(InvalidInput, match="15,300 characters"):
            answer_schema(prompt)


@given(tables())
def test_the_grammar_allows_each_choice_and_nothing_else(table: Published) -> None:
    prompt = chat_prompt(table, "hi")

    grammar = gbnf(prompt)

    assert re.fullmatch(r'root ::= "\d+"( \| "\d+")*\n', grammar)
    assert re.findall(r'"(\d+)"', grammar) == list(prompt.choices)
