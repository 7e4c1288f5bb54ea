"""Files of each format as their programs and documents have them, from the bytes to the checked rows."""

import json

import pytest

from core.datasets.formats.choice import recognise_format
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.label_values import confirmed
from core.datasets.labels import LabelKind
from core.datasets.preview import Preview, check
from core.datasets.understanding import Understanding
from core.files.reading import read_table
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="What are your hours?", answer="Monday to Friday, 9 to 5"),
    Entry(id=2, question="Are you hiring?", answer="Yes: cashiers"),
    Entry(id=3, question="Do you ship?", answer="To all of Europe"),
]
KB = "8a3b1e2f-1c5d-4d8e-9f00-0123456789ab"


def of_file(text: str, name: str) -> tuple[RecognisedFile, Preview]:
    found = recognise_format(read_table(text.encode(), name))
    return found, check(found.table, found.mapping, ENTRIES, "A person will call")


def rows(preview: Preview) -> list[tuple[int, str, tuple[int, ...] | str]]:
    return [
        (row.line, row.question, row.meant if row.label.kind is LabelKind.ENTRY else row.label.kind.value)
        for row in preview.good
    ]


def lines(*objects: object) -> str:
    return "\n".join(json.dumps(one) for one in objects)


def test_our_own_columns() -> None:
    found, preview = of_file(
        "question,expected_question,also_accept,tags,split,note\n"
        "open now?,What are your hours?,Do you ship?,a;b,test,from the shop\n"
        "hello,__fallback__,,,,\n",
        "x.csv",
    )

    assert found.words == "a list of test questions"
    assert rows(preview) == [(2, "open now?", (1, 3)), (3, "hello", "fallback")]
    assert (preview.good[0].tags, preview.good[0].split, preview.good[0].note) == (("a", "b"), "test", "from the shop")


def test_our_own_columns_as_json_lines() -> None:
    found, preview = of_file(
        lines(
            {"question": "open?", "expected_id": 1, "also_accept": [2, 3], "tags": ["a", "b, c"]},
            {"question": "hello", "expected_id": None},
        )
        + "\nnot json\n",
        "x.jsonl",
    )

    assert found.words == "a list of test questions"
    assert rows(preview) == [(1, "open?", (1, 2, 3)), (2, "hello", "none")]
    assert preview.good[0].tags == ("a", "b, c")
    assert [(bad.line, bad.reason[:21]) for bad in preview.bad] == [(3, "This line is not JSON")]


def test_promptfoo() -> None:
    found, preview = of_file(
        "language,question,__expected,__expected2,__description,__metadata:topic,__metadata:tags[],__prefix\n"
        'en,open?,"equals:Monday to Friday, 9 to 5",,opening hours,times,"a, b",Hi\n'
        "en,jobs?,Yes: cashiers,equals: Are you hiring?,,,,\n"
        "en,jobs,Are you hiring?,,,,,\n"
        "en,hello,__fallback__,,,,,\n"
        "en,hm,,,,,,\n"
        "en,ship?,icontains:europe,,,,,\n"
        "en,ship?,To all of Europe,llm-rubric(0.8): is polite,,,,\n"
        "en,ship?,fn:output.length,,,,,\n",
        "tests.csv",
    )

    assert found.words == "a test file of promptfoo"
    assert rows(preview) == [
        (2, "open?", (1,)),
        (4, "jobs", (2,)),
        (5, "hello", "fallback"),
        (6, "hm", "none"),
    ]
    assert (preview.good[0].note, preview.good[0].tags) == ("opening hours", ("topic: times", "a", "b"))
    assert [(bad.line, bad.reason.split(".")[0]) for bad in preview.bad] == [
        (3, "The row expects “Yes: cashiers” and “Are you hiring?” at once, and a visitor gets one answer only"),
        (7, "The check “icontains” says nothing about which stored answer is right"),
        (8, "The check “llm-rubric” says nothing about which stored answer is right"),
        (9, "The check “javascript” says nothing about which stored answer is right"),
    ]


def test_promptfoo_with_one_variable_of_any_name_and_with_none_like_a_question() -> None:
    def question_of(text: str) -> str | None:
        return recognise_format(read_table(text.encode(), "x.csv")).mapping.question

    assert question_of("visitor,__expected\nopen?,Are you hiring?\n") == "visitor"
    assert question_of("first,second,__expected\na,b,Are you hiring?\n") is None


def test_qna_maker_by_position_without_headings() -> None:
    found, preview = of_file(
        f"{KB}\topen?\ttopic:times\t1\t1\n{KB}\thello\t\t1\t-1\n{KB}\thm\t\t\t\n{KB}\tships\t\t1\t77\n", "batch.tsv"
    )

    assert found.words == "a batch test of QnA Maker"
    assert rows(preview) == [(3, "hm", "none")]
    assert [row.line for row in preview.waiting] == [1, 2]
    assert [row.line for row in preview.faulty] == [4]
    assert "those of QnA Maker" in found.remarks[0]


def test_ids_of_qna_maker_count_once_somebody_has_said_so_and_are_shown_as_they_stand_in_the_file() -> None:
    found, before = of_file(f"{KB}\topen?\ttopic:times\t1\t1\n{KB}\thello\t\t1\t-1\n", "batch.tsv")

    said = Understanding(labels=confirmed(before.values))
    after = check(found.table, found.mapping, ENTRIES, "A person will call", said=said)

    assert rows(after) == [(1, "open?", (1,)), (2, "hello", "fallback")]
    assert [row.expected_as_given for row in after.good] == ["1", "-1"]
    assert after.good[0].tags == ("topic:times",)


def test_qna_maker_with_the_two_columns_it_must_have() -> None:
    found, preview = of_file(f"{KB}\topen?\n{KB}\thello\n", "batch.txt")

    assert found.words == "a batch test of QnA Maker"
    assert rows(preview) == [(1, "open?", "none"), (2, "hello", "none")]
    assert found.remarks == ()


@pytest.mark.parametrize("header", ["question,expectedResponse", "Question,Expected response"])
def test_copilot_studio(header: str) -> None:
    found, preview = of_file(f'{header}\nopen?,"Monday to Friday, 9 to 5"\nhello,\n', "x.csv")

    assert found.words == "a test set of Copilot Studio"
    assert rows(preview) == [(2, "open?", (1,)), (3, "hello", "none")]


def test_openai_evals() -> None:
    chat = [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": "hi"},
        {"role": "assistant", "content": "Hello"},
        {"role": "user", "content": [{"type": "text", "text": "do you ship?"}]},
    ]
    found, preview = of_file(
        lines(
            {"input": chat, "ideal": ["To all of Europe", "Yes: cashiers"]},
            {"input": "jobs?", "ideal": "Are you hiring?"},
            {"input": [{"role": "system", "content": "x"}], "ideal": "Are you hiring?"},
            {"input": "ship?", "ideal": ["To all of Europe", "To Asia"]},
        ),
        "samples.jsonl",
    )

    assert found.words == "samples of openai evals"
    assert rows(preview) == [(1, "do you ship?", (3, 2)), (2, "jobs?", (2,))]
    assert [bad.line for bad in preview.bad] == [3, 4]
    assert preview.bad[0].reason == "There is no message of a user in it."
    assert preview.bad[1].reason.startswith("Also accepted: “To Asia” is no stored")
    assert found.remarks == ("1 rows are conversations: only the last message of the user is asked.",)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("input,target,id\njobs?,Are you hiring?,a\nhello,__fallback__,b\n", "x.csv"),
        (
            lines({"input": "jobs?", "target": ["Are you hiring?"]}, {"input": "hello", "target": "__fallback__"}),
            "x.jsonl",
        ),
    ],
)
def test_inspect(text: str, name: str) -> None:
    found, preview = of_file(text, name)

    assert found.words == "samples of Inspect"
    assert [row[1:] for row in rows(preview)] == [("jobs?", (2,)), ("hello", "fallback")]


def test_semantic_router() -> None:
    found, preview = of_file(
        "utterance,expected_route,alternate_routes\njobs?,Are you hiring?,Do you ship?\nhello,None,\nhm,,\n", "x.csv"
    )

    assert found.words == "test data of semantic-router"
    assert rows(preview) == [(2, "jobs?", (2, 3)), (3, "hello", "fallback"), (4, "hm", "none")]
