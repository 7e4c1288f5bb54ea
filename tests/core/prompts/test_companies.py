import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.prompts.companies import SHIPPED, ExampleCompany, companies_prompts
from core.prompts.single_line import escaped_line
from core.questions.changes import Changes
from core.questions.checks import TableChecks
from core.questions.entry import Published
from core.questions.text import same_question_key
from core.samples import demo_entries
from tests.core.prompts.conftest import TEXTS, golden, tables
from tests.core.prompts.one_prompt import companies_prompt, completion_prompt
from tests.core.prompts.reading import Block, expected_turns, read_completion

INSTRUCTIONS = (
    "The following are conversations with the support bots of several companies.",
    "Each bot gives fixed responses to common questions.",
    "Each response is one of the company's own table, copied character for character, on one line.",
    'If a question does not mean the same as one in the company\'s own table, the bot responds with "…".',
)


def test_the_tutorials_company_gets_the_long_prompt_of_the_tutorial(clothing: Published) -> None:
    prompt = companies_prompt(
        clothing,
        "Are you open monday?",
        company="Northwind Clothing",
        examples=SHIPPED,
        negatives=["what's the deal here"],
        description="A shop for clothes",
    )

    assert prompt.text == golden("companies")
    assert prompt.text[prompt.stable :] == "Are you open monday?\nAI:"


Others = list[tuple[str, Published, list[str]]]
PROMPTS = given(tables(), st.lists(st.tuples(TEXTS, tables(), st.lists(TEXTS, max_size=2)), max_size=2), TEXTS, TEXTS)


@settings(max_examples=30)
@PROMPTS
def test_any_companies_read_back_from_the_prompt(table: Published, others: Others, company: str, question: str) -> None:
    read_back(table, others, company, question)


@pytest.mark.slow
@settings(max_examples=300)
@PROMPTS
def test_very_many_companies_read_back_from_the_prompt(
    table: Published, others: Others, company: str, question: str
) -> None:
    read_back(table, others, company, question)


def read_back(table: Published, others: Others, company: str, question: str) -> None:
    examples = [
        ExampleCompany(name=name, entries=other.entries, negatives=tuple(negatives))
        for name, other, negatives in others
    ]

    prompt = companies_prompt(table, question, company=company, examples=examples, negatives=["own"])

    fallback = table.policy.fallback
    blocks, read_fallback, read_question = read_completion(prompt.text, INSTRUCTIONS)
    own = ExampleCompany(name=company, entries=table.entries, negatives=("own",))
    assert (read_fallback, read_question) == (fallback, question)
    assert blocks == [
        Block(
            company=each.name if each.name.strip() else "",
            rows=[(entry.question, entry.answer) for entry in each.entries],
            turns=expected_turns(each.entries, each.negatives, fallback),
        )
        for each in (*examples, own)
    ]


def test_the_model_may_write_only_the_orgs_own_answers(clothing: Published) -> None:
    prompt = companies_prompt(clothing, "hi", company="Shop", examples=SHIPPED)

    assert prompt.answers == completion_prompt(clothing, "hi", company="Shop").answers
    assert not {escaped_line(entry.answer) for each in SHIPPED for entry in each.entries} & set(prompt.answers)


def test_all_before_the_question_is_the_same_for_each_question(clothing: Published) -> None:
    ask = companies_prompts(clothing, company="Shop", examples=SHIPPED)

    first, second = ask("one"), ask("another one")

    assert first.text[: first.stable] == second.text[: second.stable]
    assert first == companies_prompt(clothing, "one", company="Shop", examples=SHIPPED)


def test_without_examples_there_is_one_company(clothing: Published) -> None:
    blocks, _, _ = read_completion(companies_prompt(clothing, "hi", company="Shop", examples=()).text, INSTRUCTIONS)

    assert [block.company for block in blocks] == ["Shop"]


@pytest.mark.parametrize("company", SHIPPED, ids=lambda company: company.name)
def test_a_company_that_ships_keeps_the_rules_of_a_table(company: ExampleCompany) -> None:
    added = [
        {"question": entry.question, "answer": entry.answer, "alternates": entry.alternates}
        for entry in company.entries
    ]

    assert TableChecks([]).problems(Changes(added=added)) == []
    keys = {same_question_key(phrasing) for entry in company.entries for phrasing in entry.phrasings}
    assert not keys & {same_question_key(text) for text in company.negatives}


def test_the_companies_that_ship_share_nothing_with_the_demo_orgs() -> None:
    demo = {fields["answer"] for org in ("clothing", "phone") for fields in demo_entries(org)}

    answers = [entry.answer for company in SHIPPED for entry in company.entries]
    assert not demo & set(answers)
    assert all(one != other for one, other in itertools.combinations(answers, 2))
