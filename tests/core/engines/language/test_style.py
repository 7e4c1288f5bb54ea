from dataclasses import replace

import pytest

from core.engines.language.server_memory import RequestMode
from core.engines.language.style import KEPT_TABLES, Built, Prompts, PromptStyle, shown
from core.prompts.companies import SHIPPED
from core.questions.entry import Entry
from core.questions.policy import Policy
from tests.core.engines.language.conftest import TABLE
from tests.core.prompts.one_prompt import chat_prompt, companies_prompt, completion_prompt, structured_prompt

STYLE = PromptStyle(company="Northwind", description="Sells clothes.", negatives=("what's the deal",))


@pytest.mark.parametrize("mode", list(RequestMode))
def test_each_way_has_its_prompt_with_what_the_owner_wrote(mode: RequestMode) -> None:
    build = {RequestMode.SCHEMA: structured_prompt, RequestMode.COMPLETION: completion_prompt}.get(mode, chat_prompt)
    expected = build(TABLE, "open?", company="Northwind", negatives=STYLE.negatives, description="Sells clothes.")

    assert Prompts(STYLE).of_table(mode, TABLE).prompt("open?") == expected


def test_the_shared_part_is_built_once_for_a_table() -> None:
    prompts = Prompts(STYLE)

    first, second = (prompts.of_table(RequestMode.SCHEMA, TABLE).prompt(question) for question in ("a", "b"))

    assert first.messages[0] is second.messages[0]
    assert first.messages[-1] != second.messages[-1]


def test_a_table_that_differs_within_its_revision_gets_a_prompt_of_its_own() -> None:
    prompts = Prompts(STYLE)
    shortlist = replace(TABLE, entries=TABLE.entries[1:])
    strict = replace(TABLE, policy=Policy(fallback="Wait, please"))

    for table in (TABLE, shortlist, TABLE):
        ids = set(prompts.of_table(RequestMode.SCHEMA, table).prompt("open?").choices.values())
        assert ids == {None, *(entry.id for entry in table.entries)}
    assert "Wait, please" in shown(prompts.of_table(RequestMode.COMPLETION, strict).prompt("open?"))
    assert "Wait, please" not in shown(prompts.of_table(RequestMode.COMPLETION, TABLE).prompt("open?"))


class CountedEntries(tuple[Entry, ...]):
    """Entries that count how often others are compared with them."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        self.compared += 1
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = tuple.__hash__


def test_a_table_that_was_read_anew_is_compared_once_for_all_questions_of_a_batch() -> None:
    prompts = Prompts(STYLE)
    built = prompts.of_table(RequestMode.SCHEMA, TABLE)
    entries = CountedEntries(replace(entry) for entry in TABLE.entries)
    read_anew = replace(TABLE, entries=entries)

    for _ in range(10):
        assert prompts.of_table(RequestMode.SCHEMA, read_anew) is built

    assert entries.compared == 1


def test_only_so_many_tables_are_kept() -> None:
    prompts = Prompts(STYLE)

    tables = [replace(TABLE, revision=revision) for revision in range(KEPT_TABLES + 1)]
    first, *others = [prompts.of_table(RequestMode.SCHEMA, table) for table in tables]

    assert all(
        prompts.of_table(RequestMode.SCHEMA, table) is built for table, built in zip(tables[1:], others, strict=True)
    )
    assert prompts.of_table(RequestMode.SCHEMA, tables[0]) is not first


def test_the_digest_changes_with_the_style_and_with_nothing_else() -> None:
    digests = {Prompts(style).digest for style in (STYLE, replace(STYLE, company="N"), replace(STYLE, negatives=()))}

    assert len(digests) == 3
    assert Prompts(STYLE).digest == Prompts(replace(STYLE)).digest


def test_a_prompt_is_shown_with_who_speaks() -> None:
    found = shown(Prompts(STYLE).of_table(RequestMode.SCHEMA, TABLE).prompt("open?"))

    assert found.startswith("[system]\n")
    assert found.endswith("[user]\nQuestion: open?")


@pytest.mark.parametrize("mode", list(RequestMode))
def test_the_digest_of_a_tables_prompts_says_what_they_share_and_not_what_is_asked(mode: RequestMode) -> None:
    built = Built(mode, TABLE, STYLE)
    before = built.digest
    built.prompt("open?")

    assert built.digest == before == Built(mode, replace(TABLE, revision=9), replace(STYLE)).digest
    assert before != Built(mode, TABLE, PromptStyle()).digest
    assert before != Built(mode, replace(TABLE, entries=TABLE.entries[1:]), STYLE).digest


def test_the_digests_of_ways_and_of_ids_that_no_prompt_shows_differ() -> None:
    long_ids = [replace(TABLE, entries=(replace(TABLE.entries[0], id=number),)) for number in (5_001, 5_002)]

    assert len({Built(mode, table, STYLE).digest for mode in RequestMode for table in long_ids}) == 2 * len(RequestMode)


def test_a_table_that_says_the_same_takes_the_prompts_that_are_kept() -> None:
    prompts = Prompts(STYLE)
    copy = replace(TABLE, entries=tuple(replace(entry) for entry in TABLE.entries))

    first = prompts.of_table(RequestMode.SCHEMA, TABLE)

    assert prompts.of_table(RequestMode.SCHEMA, TABLE) is first
    assert prompts.of_table(RequestMode.SCHEMA, copy) is first
    assert prompts.of_table(RequestMode.CHOICE, TABLE) is not first
    assert prompts.of_table(RequestMode.SCHEMA, replace(TABLE, org_id="other")) is not first


def test_a_table_that_is_asked_about_stays_while_others_come_and_go() -> None:
    prompts = Prompts(STYLE)
    first = prompts.of_table(RequestMode.SCHEMA, TABLE)

    for revision in range(100, 100 + 3 * KEPT_TABLES):
        prompts.of_table(RequestMode.SCHEMA, replace(TABLE, revision=revision))
        assert prompts.of_table(RequestMode.SCHEMA, TABLE) is first


def test_shortlists_are_not_kept_and_push_no_table_out() -> None:
    prompts = Prompts(STYLE)
    table = prompts.of_table(RequestMode.SCHEMA, TABLE)

    cut = [
        prompts.of_shortlist(RequestMode.SCHEMA, replace(TABLE, entries=TABLE.entries[:1]))
        for _ in range(2 * KEPT_TABLES)
    ]

    assert len(set(map(id, cut))) == 2 * KEPT_TABLES
    assert len({built.digest for built in cut}) == 1
    assert set(cut[0].prompt("open?").choices.values()) == {None, 1}
    assert prompts.of_table(RequestMode.SCHEMA, TABLE) is table


def test_example_companies_stand_before_the_table_of_a_completion() -> None:
    style = replace(STYLE, examples=SHIPPED[:2])
    expected = companies_prompt(
        TABLE,
        "open?",
        company="Northwind",
        examples=SHIPPED[:2],
        negatives=STYLE.negatives,
        description="Sells clothes.",
    )

    prompts = Prompts(style)

    assert prompts.of_table(RequestMode.COMPLETION, TABLE).prompt("open?") == expected
    assert SHIPPED[1].name in expected.text
    assert prompts.of_shortlist(RequestMode.COMPLETION, TABLE).prompt("open?") == expected
    assert prompts.digest != Prompts(STYLE).digest
    for mode in (RequestMode.DECISIONS, RequestMode.SCHEMA, RequestMode.CHOICE):
        assert prompts.of_table(mode, TABLE).prompt("open?") == Prompts(STYLE).of_table(mode, TABLE).prompt("open?")
