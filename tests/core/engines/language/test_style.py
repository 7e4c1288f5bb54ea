from dataclasses import replace

import pytest

from core.engines.language.memory import Way
from core.engines.language.style import KEPT_TABLES, Prompts, PromptStyle, shown
from core.prompts.chat import chat_prompt
from core.prompts.completion import completion_prompt
from core.prompts.structured import structured_prompt
from core.questions.policy import Policy
from tests.core.engines.language.conftest import TABLE

STYLE = PromptStyle(company="Northwind", description="Sells clothes.", negatives=("what's the deal",))


@pytest.mark.parametrize("way", list(Way))
def test_each_way_has_its_prompt_with_what_the_owner_wrote(way: Way) -> None:
    build = {Way.SCHEMA: structured_prompt, Way.COMPLETION: completion_prompt}.get(way, chat_prompt)
    expected = build(TABLE, "open?", company="Northwind", negatives=STYLE.negatives, description="Sells clothes.")

    assert Prompts(STYLE).of_table(way, TABLE).prompt("open?") == expected


def test_the_shared_part_is_built_once_for_a_table() -> None:
    prompts = Prompts(STYLE)

    first, second = (prompts.of_table(Way.SCHEMA, TABLE).prompt(question) for question in ("a", "b"))

    assert first.messages[0] is second.messages[0]
    assert first.messages[-1] != second.messages[-1]


def test_a_table_that_differs_within_its_revision_gets_a_prompt_of_its_own() -> None:
    prompts = Prompts(STYLE)
    shortlist = replace(TABLE, entries=TABLE.entries[1:])
    strict = replace(TABLE, policy=Policy(fallback="Wait, please"))

    for table in (TABLE, shortlist, TABLE):
        ids = set(prompts.of_table(Way.SCHEMA, table).prompt("open?").choices.values())
        assert ids == {None, *(entry.id for entry in table.entries)}
    assert "Wait, please" in shown(prompts.of_table(Way.COMPLETION, strict).prompt("open?"))
    assert "Wait, please" not in shown(prompts.of_table(Way.COMPLETION, TABLE).prompt("open?"))


def test_only_so_many_tables_are_kept() -> None:
    prompts = Prompts(STYLE)

    for revision in range(3 * KEPT_TABLES):
        prompts.of_table(Way.SCHEMA, replace(TABLE, revision=revision))

    assert len(prompts._built) == KEPT_TABLES


def test_the_digest_changes_with_the_style_and_with_nothing_else() -> None:
    digests = {Prompts(style).digest for style in (STYLE, replace(STYLE, company="N"), replace(STYLE, negatives=()))}

    assert len(digests) == 3
    assert Prompts(STYLE).digest == Prompts(replace(STYLE)).digest


def test_a_prompt_is_shown_with_who_speaks() -> None:
    found = shown(Prompts(STYLE).of_table(Way.SCHEMA, TABLE).prompt("open?"))

    assert found.startswith("[system]\n")
    assert found.endswith("[user]\nQuestion: open?")
