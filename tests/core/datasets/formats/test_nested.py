"""Files of programs whose questions lie within objects, lists and conversations, from the bytes to the checked rows."""

import json

import pytest

from core.datasets.formats.choice import recognise_format
from core.datasets.formats.known import known_headings
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.labels import LabelKind
from core.datasets.preview import Preview, check
from core.files.parsing import parse
from core.files.table import NO_HEADINGS, FileLimits, ReadingChoices
from core.questions.entry import Entry

ENTRIES = [
    Entry(id=1, question="What are your hours?", answer="Monday to Friday, 9 to 5", alternates=("hours",)),
    Entry(id=2, question="Are you hiring?", answer="Yes: cashiers"),
]


def of_file(
    text: object,
    name: str,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
) -> tuple[RecognisedFile, Preview]:
    data = text if isinstance(text, str) else json.dumps(text)
    found = recognise_format(parse(data.encode(), name, FileLimits(), choices, known_headings()))
    return found, check(found.table, found.mapping, ENTRIES, "A person will call")


def rows(preview: Preview) -> list[tuple[int, str, tuple[int, ...] | str]]:
    return [
        (row.line, row.question, row.meant if row.label.kind is LabelKind.ENTRY else row.label.kind.value)
        for row in preview.good
    ]


WANTED = [(1, "open now?", (1,)), (2, "hello", "fallback"), (3, "hm", "none")]


@pytest.mark.parametrize(
    "objects",
    [
        [
            {"inputs": {"question": "open now?"}, "outputs": {"answer": "What are your hours?"}, "id": 7},
            {"inputs": {"question": "hello"}, "outputs": {"answer": "__fallback__"}},
            {"inputs": {"question": "hm"}, "outputs": None},
        ],
        [
            {"input": {"question": "open now?"}, "expected": "Monday to Friday, 9 to 5", "metadata": {"a": 1}},
            {"input": {"question": "hello"}, "expected": "__fallback__"},
            {"input": {"question": "hm"}},
        ],
        [
            {"messages": [{"role": "user", "content": q}, *([{"role": "assistant", "content": a}] if a else [])]}
            for q, a in (("open now?", "What are your hours?"), ("hello", "__fallback__"), ("hm", ""))
        ],
        [
            {"conversations": [{"from": "human", "value": q}, *([{"from": "gpt", "value": a}] if a else [])]}
            for q, a in (("open now?", "What are your hours?"), ("hello", "__fallback__"), ("hm", ""))
        ],
    ],
)
@pytest.mark.parametrize("as_lines", [True, False])
def test_objects_of_programs(objects: list[object], as_lines: bool) -> None:
    text = "\n".join(map(json.dumps, objects)) if as_lines else objects

    _, preview = of_file(text, "x.jsonl" if as_lines else "x.json")

    assert rows(preview) == WANTED
    assert not preview.bad


def test_of_a_longer_conversation_the_last_question_and_what_follows_are_taken() -> None:
    def said(*texts: str) -> dict[str, object]:
        roles = ("system", "user", "assistant", "user", "assistant")
        return {"messages": [{"role": role, "content": text} for role, text in zip(roles, texts, strict=False)]}

    found, preview = of_file(
        [said("x", "hi", "Hello", "open now?", "What are your hours?"), said("x", "hi", "hello", "open?"), said("x")],
        "x.json",
    )

    assert found.words == "training data for a chat model"
    assert rows(preview) == [(1, "open now?", (1,)), (2, "open?", "none")]
    assert [bad.reason for bad in preview.bad] == ["There is no message of a user in it."]
    assert found.remarks[0].startswith("2 rows are longer conversations")


def test_a_question_that_is_a_chat_is_its_last_message() -> None:
    chat = [{"role": "user", "content": "hi"}, {"role": "user", "content": "open now?"}]

    _, preview = of_file([{"input": chat, "expected": "What are your hours?"}], "x.json")

    assert rows(preview) == [(1, "open now?", (1,))]


def test_qnabot() -> None:
    found, preview = of_file(
        {
            "qna": [
                {"qid": "h.1", "type": "qna", "q": ["open now?", "when open"], "a": "Monday to Friday, 9 to 5"},
                {"qid": "h.2", "type": "qna", "q": ["jobs"], "a": "Yes: cashiers", "t": "work"},
            ]
        },
        "qnabot.json",
    )

    assert rows(preview) == [(1, "open now?", (1,)), (1, "when open", (1,)), (2, "jobs", (2,))]
    assert "each is a row of its own" in found.remarks[0]


def test_questions_of_one_answer_in_a_list() -> None:
    value = {"qnaDocuments": [{"id": 1, "answer": "Yes: cashiers", "questions": ["jobs", "any jobs?"]}]}

    assert rows(of_file(value, "x.json")[1]) == [(1, "jobs", (2,)), (1, "any jobs?", (2,))]


def test_clu() -> None:
    value = {
        "projectKind": "Conversation",
        "assets": {
            "intents": [{"category": "hours"}, {"category": "None"}],
            "entities": [{"category": "city"}],
            "utterances": [
                {"text": "open now?", "intent": "hours", "language": "en", "dataset": "Test", "entities": []},
                {"text": "jobs", "intent": "Are you hiring?", "language": "en", "dataset": "Train", "entities": []},
            ],
        },
    }

    found, preview = of_file(value, "clu.json")

    assert found.table.key == "assets.utterances"
    assert rows(preview) == [(1, "open now?", (1,)), (2, "jobs", (2,))]


def test_clinc() -> None:
    value = {"train": [["x", "y"]], "test": [["open now?", "hours"], ["when", "hours"]], "oos_test": [["hi", "oos"]]}

    found, preview = of_file(value, "data_full.json")

    assert found.table.key == "test"
    assert rows(preview) == [(1, "open now?", (1,)), (2, "when", (1,))]


def test_rasa() -> None:
    found, preview = of_file("nlu:\n- intent: hours\n  examples: |\n    - open [now](time)?\n    - when\n", "nlu.yml")

    assert found.words == "training data of Rasa"
    assert rows(preview) == [(4, "open now?", (1,)), (5, "when", (1,))]


@pytest.mark.parametrize("name", ["promptfooconfig.yaml", "promptfooconfig.json"])
def test_a_configuration_of_promptfoo(name: str) -> None:
    text = (
        "prompts: [p.txt, q.txt]\nproviders:\n- id: openai\ntests:\n"
        "- description: opening hours\n  vars: {question: open now?}\n  metadata: {topic: times}\n"
        "  assert:\n  - type: equals\n    value: Monday to Friday, 9 to 5\n"
        "- vars: {question: jobs}\n  assert: [{type: contains-any, value: [cash, till]}]\n"
        "- vars: {question: hm}\n"
        "- vars: {question: hello}\n  assert: [{type: equals, value: __fallback__}]\n"
    )
    if name.endswith(".json"):
        text = json.dumps(
            {
                "providers": [{"id": "openai"}],
                "tests": [
                    {
                        "description": "opening hours",
                        "vars": {"question": "open now?"},
                        "metadata": {"topic": "times"},
                        "assert": [{"type": "equals", "value": "Monday to Friday, 9 to 5"}],
                    },
                    {"vars": {"question": "jobs"}, "assert": [{"type": "contains-any", "value": ["cash"]}]},
                    {"vars": {"question": "hm"}},
                    {"vars": {"question": "hello"}, "assert": [{"type": "equals", "value": "__fallback__"}]},
                ],
            }
        )

    found, preview = of_file(text, name)

    assert found.words == "a test file of promptfoo"
    assert [row[1:] for row in rows(preview)] == [("open now?", (1,)), ("hm", "none"), ("hello", "fallback")]
    assert (preview.good[0].note, preview.good[0].tags) == ("opening hours", ("topic: times",))
    assert "“contains-any” says nothing about which stored answer is right" in preview.bad[0].reason


def test_tests_of_promptfoo_by_themselves() -> None:
    text = "- vars: {question: open now?}\n  assert: [{type: equals, value: hours}]\n"

    assert rows(of_file(text, "tests.yaml")[1]) == [(1, "open now?", (1,))]


@pytest.mark.parametrize("swapped", [False, True])
def test_without_headings_the_column_with_more_different_texts_has_the_questions(swapped: bool) -> None:
    pairs = [("open now?", "hours"), ("when", "hours"), ("jobs", "Are you hiring?")]
    text = "\n".join(",".join(reversed(pair) if swapped else pair) for pair in pairs)

    _, preview = of_file(text, "x.csv", ReadingChoices(headings=NO_HEADINGS))

    assert rows(preview) == [(1, "open now?", (1,)), (2, "when", (1,)), (3, "jobs", (2,))]


def test_json_that_is_left_in_a_question_is_no_question() -> None:
    cells = ['"{""a"": 1, ""b"": [2]}"', "open now?", '"[{""x"": 1}]"', "[now]"]
    text = "question,expected\n" + "".join(f"{cell},hours\n" for cell in cells)

    _, preview = of_file(text, "x.csv")

    assert [row[1] for row in rows(preview)] == ["open now?", "[now]"]
    assert all("of JSON, not a text" in bad.reason for bad in preview.bad)
    assert len(preview.bad) == 2
