import itertools
import threading
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines import shortlist as shortlist_module
from core.engines.language.shared import Shortlists
from core.engines.semantic import engine as engine_module
from core.engines.semantic.engine import SemanticEngine
from core.engines.shortlist import (
    LARGEST_TABLE,
    LARGEST_TOKENS,
    LEAST_TOKENS,
    PROMPT_TOKENS,
    TABLES_KEPT,
    Shortlist,
)
from core.errors import EngineFailed, EngineUnavailable
from core.prompts.chat import chat_prompts
from core.prompts.completion import completion_prompts
from core.prompts.estimate import estimated_tokens
from core.prompts.sizes import Layout, surrounding_tokens, table_tokens
from core.prompts.structured import structured_prompts
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy, Style
from core.questions.text import same_question_key

NINE = 7_000
revisions = itertools.count(1)


class ByWords:
    """Nearness by the words that two texts have in common: keeps the promises of ``Nearest`` without a model."""

    def __init__(self) -> None:
        self.prepared: list[int] = []

    def prepare(self, published: Published) -> None:
        self.prepared.append(published.revision)

    def nearest(self, question: str, published: Published, most: int) -> Sequence[int]:
        def far(entry: Entry) -> float:
            return min(_far(question, phrasing) for phrasing in entry.phrasings)

        return [entry.id for entry in sorted(published.entries, key=far)[:most]]

    def nearest_phrasings(
        self, question: str, published: Published, entry_ids: Collection[int]
    ) -> Mapping[int, Sequence[str]]:
        return {i: sorted(published.by_id[i].phrasings, key=lambda text: _far(question, text)) for i in entry_ids}


def _far(question: str, phrasing: str) -> float:
    if same_question_key(question) == same_question_key(phrasing):
        return -1.0
    return -len({*question.lower().split()} & {*phrasing.lower().split()}) / 1_000


def table_of(*entries: Entry, policy: Policy | None = None) -> Published:
    return Published(org_id="org", revision=next(revisions), entries=entries, policy=policy or Policy())


def many(count: int, answer: str = "Yes.", alternates: int = 0) -> tuple[Entry, ...]:
    return tuple(
        Entry(
            id=number,
            question=f"Where is aisle {number}?",
            answer=f"{number}: {answer}",
            alternates=tuple(f"how do I get to aisle {number}, {time}" for time in range(alternates)),
        )
        for number in range(1, count + 1)
    )


def prompt_tokens(published: Published, question: str) -> dict[Layout, int]:
    """The estimated tokens of the longest prompt in each layout, as they are really built."""
    model = published.policy.model
    own = {"company": model.company, "negatives": model.negatives, "description": model.description}
    chats = [build(published, **own)(question).messages for build in (structured_prompts, chat_prompts)]
    return {
        Layout.CHOOSING: max(sum(estimated_tokens(message.content) for message in messages) for messages in chats),
        Layout.COMPLETION: estimated_tokens(completion_prompts(published, **own)(question).text),
    }


def test_it_is_what_the_engine_for_model_servers_wants() -> None:
    shortlists: Shortlists = Shortlist(ByWords())

    assert not shortlists.is_needed(table_of())


def test_a_table_is_large_from_so_many_entries_on() -> None:
    shortlist = Shortlist(ByWords())

    assert not shortlist.is_needed(table_of(*many(LARGEST_TABLE)))
    assert shortlist.is_needed(table_of(*many(LARGEST_TABLE + 1)))


def test_a_table_is_large_when_its_texts_are_long() -> None:
    shortlist = Shortlist(ByWords())
    fits = many(40, "x" * 1_100)

    assert table_tokens(fits)[Layout.CHOOSING] <= LARGEST_TOKENS < table_tokens(many(40, "x" * 1_200))[Layout.CHOOSING]
    assert not shortlist.is_needed(table_of(*fits))
    assert shortlist.is_needed(table_of(*many(40, "x" * 1_200)))


@pytest.mark.parametrize(
    ("style", "needed"),
    [(Style.BEST, False), (Style.SCHEMA, False), (Style.COMPLETION, True), (Style.COMPANIES, True)],
)
def test_the_repeated_answers_of_completion_prompts_make_a_table_large_earlier(style: Style, needed: bool) -> None:
    policy = Policy(model=ModelSettings(style=style))

    assert Shortlist(ByWords()).is_needed(table_of(*many(40, "x" * 300, alternates=3), policy=policy)) is needed


def test_a_table_is_measured_once_a_revision_and_few_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    shortlist, measured = Shortlist(ByWords()), []

    def counted(entries: Sequence[Entry]) -> dict[Layout, int]:
        measured.append(1)
        return table_tokens(entries)

    monkeypatch.setattr(shortlist_module, "table_tokens", counted)
    tables = [table_of(*many(3)) for _ in range(TABLES_KEPT + 1)]
    for table in (tables[0], tables[0], *tables[1:]):
        shortlist.is_needed(table)
    assert len(measured) == TABLES_KEPT + 1

    shortlist.is_needed(tables[-1])
    assert len(measured) == TABLES_KEPT + 1

    shortlist.is_needed(tables[0])
    assert len(measured) == TABLES_KEPT + 2

    shortlist.is_needed(tables[1])  # made room for the first one
    assert len(measured) == TABLES_KEPT + 3


def test_only_a_large_table_is_prepared() -> None:
    nearest = ByWords()
    small, large = table_of(*many(3)), table_of(*many(LARGEST_TABLE + 1))

    for table in (small, large):
        Shortlist(nearest).prepare(table)

    assert nearest.prepared == [large.revision]


def test_the_nearest_entries_are_offered_in_table_order_and_told_nearest_first() -> None:
    table = table_of(
        Entry(id=9, question="do you sell shoes", answer="Yes."),
        Entry(id=4, question="is there parking", answer="No."),
        Entry(id=7, question="do you sell red shoes for children", answer="Some."),
        policy=Policy(fallback="Wait."),
    )

    offered, done = Shortlist(ByWords()).cut("red shoes for children", table, 2)

    assert offered == replace(table, entries=(table.entries[0], table.entries[2]))
    assert (done.entry_ids, done.of) == ((7, 9), 3)
    assert (
        done.saved
        == table_tokens(table.entries)[Layout.COMPLETION] - (table_tokens(offered.entries)[Layout.COMPLETION])
    )


def test_one_entry_is_offered_whatever_size_is_asked_for() -> None:
    offered, done = Shortlist(ByWords()).cut("aisle 2?", table_of(*many(5)), 0)

    assert [entry.id for entry in offered.entries] == [2]
    assert done.entry_ids == (2,)


def test_alternates_are_offered_where_answers_stand_once_and_cut_where_they_are_repeated() -> None:
    table = table_of(*many(300, "x" * 150, alternates=5))
    shortlist = Shortlist(ByWords())

    once, _ = shortlist.cut("aisle 7", table, 20, layout=Layout.CHOOSING)
    repeated, _ = shortlist.cut("aisle 7", table, 20, layout=Layout.COMPLETION)
    unknown, _ = shortlist.cut("aisle 7", table, 20)

    assert all(entry == table.by_id[entry.id] for entry in once.entries)
    assert [entry.id for entry in repeated.entries] == [entry.id for entry in once.entries]
    assert 0 < sum(len(entry.alternates) for entry in repeated.entries) < 100
    assert unknown == repeated


@pytest.mark.parametrize(
    ("style", "layout"),
    [(Style.DECISIONS, Layout.CHOOSING), (Style.BEST, Layout.COMPLETION), (Style.COMPANIES, Layout.COMPLETION)],
)
def test_without_a_layout_the_orgs_style_decides(style: Style, layout: Layout) -> None:
    table = table_of(*many(300, "x" * 150, alternates=5), policy=Policy(model=ModelSettings(style=style)))
    shortlist = Shortlist(ByWords())

    assert shortlist.cut("aisle 7", table, 20) == shortlist.cut("aisle 7", table, 20, layout=layout)


def test_an_answer_that_alone_is_too_long_is_offered_whole_and_alone_when_it_is_nearest() -> None:
    answer = "路" * 5_000
    table = table_of(Entry(id=1, question="How do I get there?", answer=answer, alternates=("the way",)), *many(9)[1:])

    offered, done = Shortlist(ByWords()).cut("the way", table, 5)

    assert [entry.answer for entry in offered.entries] == [answer]
    assert done.entry_ids == (1,)


def test_an_answer_that_is_too_long_leaves_its_place_to_others_when_it_is_not_nearest() -> None:
    table = table_of(Entry(id=1, question="aisle", answer="路" * 5_000), *many(9)[1:])

    offered, done = Shortlist(ByWords()).cut("Where is aisle 5?", table, 9)

    assert [entry.id for entry in offered.entries] == [2, 3, 4, 5, 6, 7, 8, 9]
    assert done.entry_ids[0] == 5


def test_many_negative_examples_lengthen_the_prompt_rather_than_empty_the_shortlist() -> None:
    model = ModelSettings(negatives=tuple(f"what is the meaning of item {number} on my bill" for number in range(400)))
    table = table_of(*many(300, "x" * 100), policy=Policy(model=model))

    offered, _ = Shortlist(ByWords()).cut("aisle 7", table, 20, layout=Layout.CHOOSING)

    assert surrounding_tokens(table, "aisle 7", Layout.CHOOSING) > PROMPT_TOKENS
    assert len(offered.entries) == 20


def test_without_the_built_in_engine_a_large_table_says_what_to_install(tmp_path: Path) -> None:
    shortlist = Shortlist(SemanticEngine(tmp_path, model_dir=tmp_path / "nothing here"))
    table = table_of(*many(LARGEST_TABLE + 1))

    for work in (lambda: shortlist.prepare(table), lambda: shortlist.cut("hello", table, 20)):
        with pytest.raises(EngineUnavailable, match=r"too large to be sent .* whole.* pip install --no-deps"):
            work()


def test_a_failure_on_one_question_stays_the_failure_of_one_question() -> None:
    class Failing(ByWords):
        def nearest(self, question: str, published: Published, most: int) -> Sequence[int]:
            raise EngineFailed("The built-in model could not read this text.")

    with pytest.raises(EngineFailed, match="could not read"):
        Shortlist(Failing()).cut("hello", table_of(*many(5)), 20)


WORDS = st.sampled_from(["shoes", "red", "open", "on", "Sunday", "aisle", "refund", "路", "|", "###", "a\nb", "?"])
TEXTS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join)
ANSWERS = st.tuples(TEXTS, st.integers(1, 120)).map(lambda drawn: " ".join([drawn[0]] * drawn[1]))


@st.composite
def asked_tables(draw: st.DrawFn) -> tuple[Published, str]:
    """A table and a question, half the time one that it stores."""
    rows = draw(st.lists(st.tuples(TEXTS, ANSWERS, st.lists(TEXTS, max_size=6)), min_size=1, max_size=30))
    numbers = draw(st.permutations(range(990, 990 + len(rows))))
    entries = [
        Entry(id=number, question=question, answer=answer, alternates=tuple(alternates))
        for number, (question, answer, alternates) in zip(numbers, rows, strict=True)
    ]
    style = draw(st.sampled_from(Style))
    table = table_of(*entries, policy=Policy(model=ModelSettings(style=style, negatives=("red or blue",))))
    stored = st.sampled_from([phrasing for entry in entries for phrasing in entry.phrasings])
    return table, draw(stored | ANSWERS.map(lambda text: text[:2_000]))


CUTS = given(asked_tables(), st.integers(1, 40), st.sampled_from([None, *Layout]))


@settings(max_examples=15)
@CUTS
def test_any_shortlist_keeps_its_promises(asked: tuple[Published, str], size: int, layout: Layout | None) -> None:
    keeps_its_promises(*asked, size, layout)


@pytest.mark.slow
@settings(max_examples=200)
@CUTS
def test_any_of_very_many_shortlists_keeps_its_promises(
    asked: tuple[Published, str], size: int, layout: Layout | None
) -> None:
    keeps_its_promises(*asked, size, layout)


def keeps_its_promises(table: Published, question: str, size: int, layout: Layout | None) -> None:
    nearest = ByWords()

    offered, done = Shortlist(nearest).cut(question, table, size, layout=layout)

    ids = [entry.id for entry in offered.entries]
    order = list(nearest.nearest(question, table, size))
    assert (offered.org_id, offered.revision, offered.policy) == (table.org_id, table.revision, table.policy)
    assert ids == [entry.id for entry in table.entries if entry.id in done.entry_ids]
    assert list(done.entry_ids) == [i for i in order if i in ids]
    assert done.entry_ids[0] == order[0]
    assert 1 <= len(ids) <= size
    assert (done.of, done.saved >= 0) == (len(table.entries), True)
    for entry in offered.entries:
        assert replace(entry, alternates=()) == replace(table.by_id[entry.id], alternates=())
        assert {*entry.alternates} <= {*table.by_id[entry.id].alternates}
    used = [layout] if layout else [*Layout] if table.policy.model.style is Style.BEST else []
    for each in used:
        around = surrounding_tokens(table, question, each)
        assert len(ids) == 1 or prompt_tokens(offered, question)[each] <= max(PROMPT_TOKENS, around + LEAST_TOKENS)


def test_threads_get_what_one_thread_gets() -> None:
    shortlist, start = Shortlist(ByWords()), threading.Barrier(8)
    tables = [table_of(*many(LARGEST_TABLE + 1 + number, alternates=2)) for number in range(4)]
    alone = [Shortlist(ByWords()).cut("aisle 17", table, 20) for table in tables]

    def all_of_them(number: int) -> list[object]:
        start.wait()
        turned = [*tables[number % 4 :], *tables[: number % 4]]
        found = {table.revision: shortlist.cut("aisle 17", table, 20) for table in turned}
        return [found[table.revision] for table in tables]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(all_of_them, range(8))) == [alone] * 8


@pytest.fixture(scope="module")
def big() -> Published:
    """10,000 entries, 100 of them long; from 800 texts, so that encoding does not take most of the time."""
    things = ("order", "jacket", "gift card", "parcel", "invoice", "ticket", "repair", "membership", "account", "box")
    acts = ("change", "cancel", "track", "return", "renew", "insure", "pay for", "pick up", "exchange", "reserve")
    places = ("online", "in the shop", "by post", "at the airport", "in the app", "on Sunday", "abroad", "at night")
    texts = [f"How can I {act} my {thing} {place}?" for act, thing, place in itertools.product(acts, things, places)]
    rest = itertools.cycle(texts)
    entries = [
        Entry(
            id=number,
            question="Where is platform nine?" if number == NINE else next(rest),
            answer="It is written on our website. " * (160 if number % 100 == 0 else 8) + f"See page {number}.",
        )
        for number in range(1, 10_001)
    ]
    negatives = tuple(f"I would like to talk to somebody about case {number}" for number in range(20))
    model = ModelSettings(company="Shop", description="We sell things. " * 10, negatives=negatives)
    return Published(org_id="big", revision=1, entries=tuple(entries), policy=Policy(model=model))


def test_prompts_on_10_000_entries_stay_below_4_000_tokens(engine: SemanticEngine, big: Published) -> None:
    shortlist = Shortlist(engine)
    assert shortlist.is_needed(big)
    questions = (
        "WHERE is  platform nine",
        "can i send the jacket back",
        "hello",
        "Where do I pick up my ticket? " * 66,
        "我想退货" * 500,
    )

    for question in questions:
        for layout in (None, *Layout):
            offered, done = shortlist.cut(question, big, 20, layout=layout)
            tokens = prompt_tokens(offered, question)

            assert max(tokens.values() if layout is None else [tokens[layout]]) < 4_000
            assert (done.of, len(done.entry_ids)) == (10_000, len(offered.entries))
            assert done.saved > 500_000
    for layout in Layout:
        assert shortlist.cut(questions[0], big, 20, layout=layout)[1].entry_ids[0] == NINE


def test_a_large_table_is_encoded_by_prepare_and_never_again(
    engine: SemanticEngine, big: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    shortlist = Shortlist(engine)
    shortlist.prepare(big)
    monkeypatch.setattr(engine_module, "Index", None)  # building another index would fail

    for question in ("can i send the jacket back", "hello"):
        offered, _ = shortlist.cut(question, big, 20)
        assert len(offered.entries) == 20
