from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.prompts.chat import chat_prompts
from core.prompts.completion import completion_prompts
from core.prompts.estimate import byte_size
from core.prompts.sizes import Layout, entry_size, surrounding_tokens, table_tokens
from core.prompts.structured import structured_prompts
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy
from tests.core.prompts.conftest import TEXTS, tables

ENTRY = Entry(
    id=7, question="Do you deliver?", answer="To Ireland\nand France.", alternates=("can you send it", "post?")
)
MODEL = ModelSettings(company="Shoes & Co", description="Shoes for all.", negatives=("where is my parcel",))


def prompt_bytes(published: Published, question: str) -> dict[Layout, int]:
    """The size of the longest prompt in each layout, as it is really built."""
    model = published.policy.model
    own = {"company": model.company, "negatives": model.negatives, "description": model.description}
    chats = [build(published, **own)(question).messages for build in (structured_prompts, chat_prompts)]
    return {
        Layout.CHOOSING: max(sum(byte_size(message.content) for message in messages) for messages in chats),
        Layout.COMPLETION: byte_size(completion_prompts(published, **own)(question).text),
    }


@pytest.mark.parametrize("layout", Layout)
@pytest.mark.parametrize("alternates", [(), ("can you send it",), ENTRY.alternates])
def test_an_entry_takes_what_it_adds_to_the_prompt(layout: Layout, alternates: tuple[str, ...]) -> None:
    entry = replace(ENTRY, id=777, alternates=alternates)
    table = Published(org_id="org", revision=1, entries=(entry,), policy=Policy(model=MODEL))

    added = prompt_bytes(table, "hi")[layout] - prompt_bytes(replace(table, entries=()), "hi")[layout]

    assert entry_size(entry).whole(layout) == added
    assert entry_size(replace(entry, alternates=())).whole(layout) == entry_size(entry).bare(layout)


@given(tables(), TEXTS, st.lists(TEXTS, max_size=3))
def test_no_prompt_is_longer_than_its_surroundings_and_its_entries(
    table: Published, question: str, negatives: list[str]
) -> None:
    policy = replace(table.policy, model=replace(MODEL, negatives=tuple(negatives)))
    published = replace(table, policy=policy)
    built = prompt_bytes(published, question)

    for layout in Layout:
        entries = sum(entry_size(entry).whole(layout) for entry in published.entries)
        assert built[layout] <= 4 * surrounding_tokens(published, question, layout) + entries


def test_a_table_takes_what_its_entries_take_together() -> None:
    tokens = table_tokens([ENTRY] * 100)

    assert tokens == {layout: 25 * entry_size(ENTRY).whole(layout) for layout in Layout}
    assert tokens[Layout.COMPLETION] > tokens[Layout.CHOOSING]
    assert table_tokens([]) == {Layout.CHOOSING: 0, Layout.COMPLETION: 0}
