import dataclasses
import json

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.datasets.dataset import TestQuestion
from core.datasets.labels import TO_FALLBACK, UNLABELLED, Label, LabelKind
from core.errors import InvalidInput
from core.prompts.finetune import FinetuneFiles, finetune_files
from core.questions.entry import Entry, Published
from core.questions.policy import Policy
from core.questions.text import same_question_key
from tests.core.prompts.conftest import TEXTS, golden, tables

LABELS = st.sampled_from([TO_FALLBACK, UNLABELLED]) | st.lists(st.integers(1, 1100), min_size=1, max_size=2).map(
    lambda ids: Label(kind=LabelKind.ENTRY, entry_ids=tuple(ids))
)


def to(*entry_ids: int) -> Label:
    return Label(kind=LabelKind.ENTRY, entry_ids=entry_ids)


def row(question: str, label: Label, split: str = "") -> TestQuestion:
    return TestQuestion(line=2, question=question, expected_as_given="", label=label, split=split)


def table_of(entries: int, alternates: int = 0) -> Published:
    made = [
        Entry(
            id=i,
            question=f"Question {i}",
            answer=f"Answer {i}",
            alternates=tuple(f"way {k} to ask {i}" for k in range(alternates)),
        )
        for i in range(1, entries + 1)
    ]
    return Published(org_id="org", revision=1, entries=tuple(made), policy=Policy(fallback="Wait"))


def conversations(data: bytes) -> list[tuple[str, str, str]]:
    """What is said in each line, after a check of OpenAI's rules for its form."""
    found = []
    for line in data.decode("utf-8").splitlines():
        conversation = json.loads(line)
        assert list(conversation) == ["messages"]
        messages = conversation["messages"]
        assert [list(message) for message in messages] == [["role", "content"]] * 3
        assert [message["role"] for message in messages] == ["system", "user", "assistant"]
        assert all(message["content"].strip() for message in messages)
        found.append(tuple(message["content"] for message in messages))
    return found


def pairs(files: FinetuneFiles) -> dict[str, str]:
    both = conversations(files.train) + conversations(files.validation)
    return {question: reply for _, question, reply in both}


def test_the_tutorials_company_gets_these_files(clothing: Published) -> None:
    rows = [
        row("Are you open monday?", to(1)),
        row("can i buy dog food here", TO_FALLBACK),
        row("what can I buy?", to(3)),
    ]

    files = finetune_files(
        clothing, negatives=["what's the deal here"], rows=rows, company="Northwind Clothing", validation_share=0.3
    )

    shown = b"[train]\n" + files.train + b"\n[validation]\n" + files.validation
    assert shown.decode("utf-8") == golden("finetune")


def test_each_phrasing_negative_example_and_labelled_row_is_one_conversation() -> None:
    files = finetune_files(table_of(5, 1), negatives=["eh"], rows=[row("fifth?", to(5)), row("what", TO_FALLBACK)])

    assert pairs(files) == {
        **{f"Question {i}": f"Answer {i}" for i in range(1, 6)},
        **{f"way 0 to ask {i}": f"Answer {i}" for i in range(1, 6)},
        **dict.fromkeys(["help me", "I am so angry right now", "eh", "what"], "Wait"),
        "fifth?": "Answer 5",
    }
    assert files.train_count + files.validation_count == 15


def test_rows_that_cannot_teach_are_left_out_and_counted() -> None:
    rows = [
        row("unlabelled", UNLABELLED),
        row("gone", to(99)),
        row("gone or second", to(99, 2)),
        row("kept for the evaluation", to(1), split=" Test "),
        row("question 1?", to(1)),
        row("QUESTION 2", to(3)),
        row("two minds", to(1)),
        row("Two minds?", TO_FALLBACK),
        row("help me", to(4)),
    ]

    files = finetune_files(table_of(10), rows=rows)

    assert pairs(files) == {
        **{f"Question {i}": f"Answer {i}" for i in range(1, 11)},
        "gone or second": "Answer 2",
        "help me": "Answer 4",
        "I am so angry right now": "Wait",
    }
    assert (files.unlabelled, files.without_answer, files.held_out) == (1, 1, 1)
    assert files.repeated == 1
    assert files.contradicting == 3 + 1  # the last is the standard example that a row overrules


@given(
    tables(),
    st.lists(TEXTS, max_size=2),
    st.lists(st.builds(row, TEXTS, LABELS, st.sampled_from(["", "train", "test"])), max_size=6),
    st.floats(0, 0.99),
)
def test_any_files_keep_the_rules_and_share_no_question(
    table: Published, negatives: list[str], rows: list[TestQuestion], share: float
) -> None:
    assume(table.policy.fallback.strip())
    fillers = [row(f"filler {i}", TO_FALLBACK) for i in range(10)]

    files = finetune_files(table, negatives=negatives, rows=[*rows, *fillers], validation_share=share)

    train, validation = conversations(files.train), conversations(files.validation)
    assert (len(train), len(validation)) == (files.train_count, files.validation_count)
    assert len(train) >= 10
    keys = [same_question_key(question) for _, question, _ in train + validation]
    assert len(keys) == len(set(keys))
    assert {reply for _, _, reply in train + validation} <= {
        table.policy.fallback,
        *(entry.answer for entry in table.entries),
    } | {_sent(table.policy.fallback)} | {_sent(entry.answer) for entry in table.entries}
    assert files == finetune_files(table, negatives=negatives, rows=[*rows, *fillers], validation_share=share)


def _sent(text: str) -> str:
    """A text as JSON brings it back: two lone surrogates side by side may come back as the character they encode."""
    return str(json.loads(json.dumps(text)))


def test_a_question_stays_in_its_file_when_others_come_and_go() -> None:
    small, large = finetune_files(table_of(20, 3)), finetune_files(table_of(40, 3))

    def asked(data: bytes) -> set[str]:
        return {question for _, question, _ in conversations(data)}

    assert asked(small.validation) < asked(large.validation)
    assert asked(small.train) < asked(large.train)


def test_about_the_share_that_was_asked_for_is_for_validation() -> None:
    files = finetune_files(table_of(100, 9), validation_share=0.2)

    assert files.train_count + files.validation_count == 1_002
    assert 0.15 < files.validation_count / 902 < 0.25  # of those that may go there


def test_each_main_question_is_in_the_training_file() -> None:
    files = finetune_files(table_of(30, 2), validation_share=0.9)

    trained = {question for _, question, _ in conversations(files.train)}
    assert {f"Question {i}" for i in range(1, 31)} <= trained
    assert files.validation_count > 30


def test_ten_examples_are_left_to_train_with() -> None:
    files = finetune_files(table_of(4, 2), validation_share=0.9)

    assert (files.train_count, files.validation_count) == (10, 4)


def test_fewer_than_ten_examples_are_refused_in_words() -> None:
    with pytest.raises(InvalidInput, match=r"would be 9; training takes at least 10\. Write more ways"):
        finetune_files(table_of(7))


def test_an_empty_fallback_is_refused_in_words() -> None:
    table = dataclasses.replace(table_of(20), policy=Policy(fallback=" "))

    with pytest.raises(InvalidInput, match="write what visitors read"):
        finetune_files(table)


def test_without_a_share_for_validation_all_is_for_training() -> None:
    files = finetune_files(table_of(10), validation_share=0)

    assert (files.validation, files.validation_count, files.train_count) == (b"", 0, 12)


@pytest.mark.parametrize("share", [-0.1, 1.0, float("nan")])
def test_an_impossible_share_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match="from 0 to below 1"):
        finetune_files(table_of(10), validation_share=share)


def test_the_company_is_named_in_what_the_model_is_told() -> None:
    files = finetune_files(table_of(10), company="Shop", description="We sell\nshoes")

    systems = {system for system, _, _ in conversations(files.train)}
    assert len(systems) == 1
    assert systems.pop().endswith("text: Wait\nCompany: Shop\nAbout: We sell\\nshoes\n")
