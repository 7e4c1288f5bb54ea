from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engines.language.query import Query
from core.engines.language.request_modes import MODE_HANDLERS
from core.engines.language.server_memory import Endpoint, RequestMode
from core.engines.language.style import Built, PromptStyle
from core.prompts.companies import ExampleCompany
from core.prompts.prompt import CompletionPrompt
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy
from tests.core.engines.language.conftest import TABLE
from tests.core.prompts.conftest import TEXTS, tables

PLACE = ("https://models.example/v1", "m")
BAKERY = ExampleCompany(name="Bakery", entries=(Entry(id=1, question="Do you deliver?", answer="No."),))
STYLE = PromptStyle(company="Northwind", description="Sells clothes.", negatives=("what's the deal",))
FIRST, *OTHERS = TABLE.entries
CHATS = (RequestMode.DECISIONS, RequestMode.SCHEMA, RequestMode.CHOICE)


def query(
    question: str = "open?",
    table: Published = TABLE,
    mode: RequestMode = RequestMode.SCHEMA,
    style: PromptStyle = STYLE,
) -> Query:
    return Query(question=question, offered=table, mode=mode, built=Built(mode, table, style))


def key(*, endpoint: Endpoint = PLACE, refused: frozenset[str] = frozenset(), **asked: Any) -> str:
    return query(**asked).key(endpoint, refused)


def with_first(**changes: Any) -> Published:
    return replace(TABLE, entries=(replace(FIRST, **changes), *OTHERS))


@pytest.mark.parametrize("mode", list(RequestMode))
def test_equal_things_have_an_equal_key(mode: RequestMode) -> None:
    copy = replace(TABLE, entries=tuple(replace(entry) for entry in TABLE.entries), policy=Policy())

    assert key(mode=mode) == key(table=copy, mode=mode, style=replace(STYLE))
    assert len(key(mode=mode)) == 64


@pytest.mark.parametrize("mode", list(RequestMode))
@pytest.mark.parametrize(
    "same",
    [
        {"table": replace(TABLE, revision=9)},
        {"table": replace(TABLE, policy=Policy(strictness=0.4))},
        {"table": replace(TABLE, policy=Policy(model=ModelSettings(min_confidence=0.9, calls_in_flight=2)))},
        {"table": with_first(tags=("times",))},
    ],
    ids=lambda same: str(list(same)),
)
def test_what_decides_nothing_about_the_reply_changes_no_key(mode: RequestMode, same: dict[str, Any]) -> None:
    """The threshold is held against a kept reply anew, so the same reply serves a stricter org."""
    assert key(mode=mode, **same) == key(mode=mode)


DIFFERENT: dict[str, dict[str, Any]] = {
    "question": {"question": "open"},
    "question in other case": {"question": "Open?"},
    "question with a space": {"question": "open? "},
    "org": {"table": replace(TABLE, org_id="other")},
    "address": {"endpoint": ("https://models.example/v2", "m")},
    "model": {"endpoint": (PLACE[0], "n")},
    "stored question": {"table": with_first(question="What are your hours")},
    "answer": {"table": with_first(answer="9 to 6 | Mon-Fri")},
    "alternate": {"table": with_first(alternates=("when do you close",))},
    "alternate less": {"table": with_first(alternates=())},
    "entry less": {"table": replace(TABLE, entries=tuple(OTHERS))},
    "entry more": {"table": replace(TABLE, entries=(*TABLE.entries, Entry(id=3, question="Why?", answer="Because")))},
    "order": {"table": replace(TABLE, entries=(*OTHERS, FIRST))},
    "id": {"table": with_first(id=3)},
    "company": {"style": replace(STYLE, company="Southwind")},
    "description": {"style": replace(STYLE, description="Sells shoes.")},
    "negatives": {"style": replace(STYLE, negatives=("what's the deal", "why oh why"))},
}


@pytest.mark.parametrize("mode", list(RequestMode))
@pytest.mark.parametrize("other", DIFFERENT)
def test_whatever_decides_the_reply_changes_the_key(mode: RequestMode, other: str) -> None:
    assert key(**{"mode": mode, **DIFFERENT[other]}) != key(mode=mode)


def test_no_two_ways_have_a_key_in_common() -> None:
    assert len({key(mode=mode) for mode in RequestMode}) == len(RequestMode)


def test_texts_that_stand_beside_each_other_are_told_apart() -> None:
    moved = [("ab", "c"), ("a", "bc"), ("", "abc"), ("abc", "")]

    keys = {key(table=with_first(question=question, answer=answer)) for question, answer in moved}
    keys |= {key(endpoint=endpoint) for endpoint in (("https://a", "bc"), ("https://ab", "c"))}
    keys |= {key(question="a", table=replace(TABLE, org_id="b")), key(question="b", table=replace(TABLE, org_id="a"))}

    assert len(keys) == 8


@pytest.mark.parametrize("mode", list(RequestMode))
def test_an_id_behind_equal_texts_changes_the_key_although_the_same_is_sent(mode: RequestMode) -> None:
    """Entries with long ids are offered by their place: a kept "1" must not come back as another entry."""
    one, other = (query(table=with_first(id=number), mode=mode) for number in (5_001, 5_002))
    bodies = [MODE_HANDLERS[mode].body(each.prompt, "m", None, frozenset()) for each in (one, other)]

    assert bodies[0] == bodies[1]
    assert one.key(PLACE, frozenset()) != other.key(PLACE, frozenset())


def test_the_text_for_handoffs_changes_the_key_where_the_model_has_to_write_it() -> None:
    other = replace(TABLE, policy=Policy(fallback="Please wait"))

    assert key(table=other, mode=RequestMode.COMPLETION) != key(mode=RequestMode.COMPLETION)
    assert {key(table=other, mode=mode) for mode in CHATS} == {key(mode=mode) for mode in CHATS}


def test_example_companies_change_the_key_of_completions_alone() -> None:
    styles = [replace(STYLE, examples=examples) for examples in ((), (BAKERY,), (replace(BAKERY, negatives=("why",)),))]

    assert len({key(style=style, mode=RequestMode.COMPLETION) for style in styles}) == 3
    assert len({key(style=style) for style in styles}) == 1


@pytest.mark.parametrize("mode", CHATS[1:])
def test_a_parameter_that_the_server_refused_changes_the_key(mode: RequestMode) -> None:
    refusals = [frozenset[str](), frozenset({"temperature"}), frozenset({"logprobs"}), MODE_HANDLERS[mode].optional]

    assert len({key(mode=mode, refused=refused) for refused in refusals}) == 4


def test_a_refused_parameter_that_a_way_never_sends_changes_no_key_of_it() -> None:
    refused = frozenset({"grammar", "structured_outputs"})

    assert key(refused=refused) == key()
    assert key(refused=refused, mode=RequestMode.CHOICE) != key(mode=RequestMode.CHOICE)
    assert key(refused=frozenset({"b", "temperature"})) == key(refused=frozenset({"temperature", "a"}))


FEW = st.sampled_from(["", "a", "b", "a b", "why?", "0"])
FEW_ENTRIES = st.builds(
    Entry, id=st.sampled_from([1, 2, 5_000]), question=FEW, answer=FEW, alternates=st.lists(FEW, max_size=1).map(tuple)
)
FEW_TABLES = st.builds(
    Published,
    org_id=st.sampled_from(["org", "other"]),
    revision=st.just(1),
    entries=st.lists(FEW_ENTRIES, max_size=2, unique_by=lambda entry: entry.id).map(tuple),
    policy=st.builds(Policy, fallback=FEW),
)
STYLES = st.builds(
    PromptStyle,
    company=FEW,
    description=FEW,
    negatives=st.lists(FEW, max_size=2).map(tuple),
    examples=st.sampled_from([(), (BAKERY,)]),
)
ASKED = st.tuples(FEW | TEXTS, FEW_TABLES | tables(), st.sampled_from(RequestMode), STYLES)


def decides(one: Query) -> tuple[object, ...]:
    """All that the server is sent, and what each of its replies would mean."""
    prompt = one.prompt
    meanings = prompt.answers if isinstance(prompt, CompletionPrompt) else prompt.choices
    return (
        one.offered.org_id,
        one.mode,
        MODE_HANDLERS[one.mode].body(prompt, "m", None, frozenset()),
        list(meanings.items()),
    )


@given(ASKED, ASKED, st.tuples(*[st.booleans()] * 4))
def test_two_queries_have_one_key_exactly_when_the_same_is_sent_and_meant(
    first: tuple[Any, ...], second: tuple[Any, ...], alike: tuple[bool, ...]
) -> None:
    mixed = [a if same else b for a, b, same in zip(first, second, alike, strict=True)]
    one, other = query(*first), query(*mixed)

    assert (one.key(PLACE, frozenset()) == other.key(PLACE, frozenset())) == (decides(one) == decides(other))


@given(ASKED, FEW | TEXTS)
def test_two_questions_on_one_table_have_one_key_exactly_when_they_are_equal(
    first: tuple[Any, ...], question: str
) -> None:
    one, other = query(*first), query(question, *first[1:])

    assert (one.key(PLACE, frozenset()) == other.key(PLACE, frozenset())) == (one.question == other.question)


def test_signs_outside_of_unicode_have_a_key_of_their_own() -> None:
    """Two halves of a sign are another text than the sign: prompts show them apart."""
    halves, sign = "\ud83d\ude00", "😀"

    assert query(halves).prompt != query(sign).prompt
    assert key(question=halves) != key(question=sign)
