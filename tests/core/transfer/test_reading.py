"""The files of other tools, written as those tools write them."""

import io
import json
import zipfile

import pytest
from openpyxl import Workbook

from core.errors import FileRejected, InvalidInput
from core.files.reading import ReadingChoices
from core.transfer.columns import TableColumns
from core.transfer.item import Items
from core.transfer.reading import ReadFile, read_files
from tests.core.transfer.tables import in_this_process


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


def read(name: str, data: str | bytes, **choices: object) -> ReadFile:
    given = data.encode() if isinstance(data, str) else data
    return read_files([(name, given)], choices=ReadingChoices(**choices))  # type: ignore[arg-type]


def said(found: Items) -> list[dict[str, object]]:
    return [dict(item.fields) for item in found.items]


def workbook(sheets: dict[str, list[list[object]]]) -> bytes:
    made = Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


QNA_MAKER = """\
Question\tAnswer\tSource\tMetadata\tSuggestedQuestions\tIsContextOnly\tPrompts\tQnaId
How do I change the default message?\tSee [this link](https://x.example).\\nThen save.\tEditorial\t\t[]\tFalse\t[]\t1
Change default\tSee [this link](https://x.example).\\nThen save.\tEditorial\t\t[]\tFalse\t[]\t1
How do I make a KB?\tUse the API.\tEditorial\tcategory:api|level:1\t[]\tFalse\t[{"displayOrder":1,"qnaId":1}]\t2
"""


def test_qna_maker_joins_the_rows_of_one_id_and_reads_metadata_as_tags() -> None:
    found = read("kb.tsv", b"\xef\xbb\xbf" + QNA_MAKER.encode())

    assert found.format.words == "a file of QnA Maker or Azure question answering"
    assert said(found.items()) == [
        {
            "question": "How do I change the default message?",
            "answer": "See [this link](https://x.example).\nThen save.",
            "alternates": ("Change default",),
            "tags": (),
        },
        {
            "question": "How do I make a KB?",
            "answer": "Use the API.",
            "alternates": (),
            "tags": ("category:api", "level:1"),
        },
    ]
    assert "Follow-up prompts are left out (1 rows have some)." in found.items().notes


def test_qna_maker_as_a_workbook_reads_the_sheet_with_the_questions() -> None:
    rows = [line.split("\t") for line in QNA_MAKER.splitlines()]
    data = workbook({"QnAs": rows, "Synonyms": [["Synonyms"]], "Settings": [["DefaultAnswerForKB", "None"]]})

    found = read("kb.xlsx", data).items()

    assert [item.number for item in found.items] == [1, 2]


def test_rows_of_one_qna_id_with_different_answers_are_refused() -> None:
    found = read("kb.tsv", QNA_MAKER.replace("Change default\tSee", "Change default\tRead")).items()

    assert [item.question for item in found.items] == ["How do I make a KB?"]
    assert [one.reason for one in found.rejected] == ["The QnaId “1” has 2 different answers. Keep one."] * 2


def test_qnabot_json_has_lists_of_questions_and_other_kinds_are_refused() -> None:
    data = {
        "qna": [
            {
                "qid": "Hours.01",
                "type": "qna",
                "q": ["What are your hours?", "opening times"],
                "a": "9 to 5",
                "alt": {"markdown": "*9 to 5*", "ssml": ""},
                "t": "times",
                "r": {"title": "", "imageUrl": ""},
            },
            {"qid": "Quiz.01", "type": "quiz", "question": "2+2?", "q": [], "a": ""},
        ]
    }

    found = read("export.json", json.dumps(data))

    assert found.format.words == "a file of QnABot"
    assert said(found.items()) == [
        {"question": "What are your hours?", "answer": "9 to 5", "alternates": ("opening times",), "tags": ("times",)}
    ]
    assert "type “quiz”" in found.items().rejected[0].reason
    assert any("no Markdown" in note for note in found.items().notes)


def test_qnabot_workbooks_are_read_from_every_sheet_and_across_gaps_in_the_numbers() -> None:
    head = ["qid", "question1", "question2", "question4", "answer", "topic"]
    data = workbook(
        {
            "One": [head, ["A.1", "First?", "", "First, fourth", "A", "t"]],
            "Two": [["qid", "question", "answer"], ["B.1", "Second?", "B"]],
            "Notes": [["anything"], ["else"]],
        }
    )

    found = read("qna.xlsx", data).items()

    assert [item.phrasings for item in found.items] == [("First?", "First, fourth"), ("Second?",)]
    assert [item.place for item in found.items] == ["sheet “One”, line 2", "sheet “Two”, line 2"]


def test_dialogflow_cx_has_phrases_of_intents_whose_name_stands_on_the_first_row() -> None:
    found = read(
        "phrases.csv", "Intent Display Name,Language,Phrase\nhours,en,open?\n,,when are you open\njobs,en,work"
    )

    assert found.format.words == "training phrases of Dialogflow CX"
    assert said(found.items()) == [{"question": "open?", "alternates": ("when are you open",)}, {"question": "work"}]


@pytest.mark.parametrize("first", ["What are your hours?,9 to 5", "Hours,9 to 5"])
def test_two_columns_without_headings_lose_no_row(first: str) -> None:
    found = read("faq.csv", f"{first}\nAre you hiring?,Yes\n")

    assert [item.fields["answer"] for item in found.items().items] == ["9 to 5", "Yes"]
    assert "No heading is known in the first row" in found.items().notes[0]


def test_somebody_may_say_that_the_first_of_two_columns_has_headings() -> None:
    found = read("faq.csv", "Ask,Say\nHours?,9 to 5\n", headings=1)

    assert found.has_columns
    with pytest.raises(InvalidInput, match="choose the column that holds the answers"):
        found.items()
    assert said(found.with_columns(TableColumns(question="Ask", answer="Say")).items())[0]["answer"] == "9 to 5"


NLU = """\
version: "3.1"
nlu:
- intent: hours
  examples: |
    - are you open on [Sunday](day)
    - opening times
- intent: faq/jobs
  examples: |
    - are you hiring
- intent: greet
  examples: |
    - hi
- synonym: sunday
  examples: |
    - Sun
"""
DOMAIN = """\
version: "3.1"
intents: [hours, faq, greet]
responses:
  utter_when:
  - text: "9 to 5"
  - text: "From nine to five"
  utter_faq/jobs:
  - text: |-
      Yes.
      Write to us.
  utter_picture:
  - image: "https://x.example/a.png"
"""
RULES = """\
version: "3.1"
rules:
- rule: say when
  steps:
  - intent: hours
  - action: utter_when
"""


def archive(**files: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        for name, text in files.items():
            made.writestr(f"bot/{name}.yml", text)
    return buffer.getvalue()


def test_rasa_pairs_examples_with_responses_by_rule_or_by_name() -> None:
    found = read("bot.zip", archive(nlu=NLU, domain=DOMAIN, rules=RULES))

    assert found.format.words == "files of Rasa"
    items = found.items()
    assert said(items) == [
        {"question": "are you open on Sunday", "answer": "9 to 5", "alternates": ("opening times",)},
        {"question": "are you hiring", "answer": "Yes.\nWrite to us.", "alternates": ()},
    ]
    assert [one.reason for one in items.rejected] == [
        "The intent “greet” has no response: there is no utter_greet in the domain."
    ]
    assert "Of responses with several variations the first is taken (1)." in items.notes


def test_two_files_of_rasa_are_read_together_and_one_alone_is_refused() -> None:
    jobs = NLU.replace("intent: hours", "intent: when")
    both = read_files([("nlu.yml", jobs.encode()), ("domain.yml", DOMAIN.encode())]).items()

    assert [item.fields["answer"] for item in both.items] == ["9 to 5", "Yes.\nWrite to us."]
    for name, text, lacking in (("nlu.yml", NLU, "answers"), ("domain.yml", DOMAIN, "examples")):
        with pytest.raises(FileRejected, match=f"The {lacking} are missing"):
            read(name, text).items()


def test_two_files_that_do_not_belong_together_are_refused() -> None:
    with pytest.raises(FileRejected, match="do not belong together"):
        read_files([("a.csv", b"question,answer\na,b\n"), ("b.csv", b"question,answer\na,b\n")])


def test_of_an_archive_of_tables_the_one_with_questions_and_answers_is_read() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as made:
        made.writestr("Settings.tsv", "Key\tValue\nLanguage\tEnglish\n")
        made.writestr("kb.tsv", QNA_MAKER)

    found = read("export.zip", buffer.getvalue())

    assert len(found.items().items) == 2
    assert found.items().notes[0] == "The file “kb.tsv” of the archive was read. Not read: “Settings.tsv”."


def test_the_shape_of_the_api_is_read_with_lists_and_truth_values() -> None:
    entry = {"question": "Q?", "answer": "A", "alternates": ["x, y", "z"], "tags": ["t"], "enabled": False}

    found = read("faq.json", json.dumps({"questions_and_answers": [entry]}))

    assert said(found.items()) == [
        {"question": "Q?", "answer": "A", "alternates": ("x, y", "z"), "tags": ("t",), "enabled": False}
    ]


def test_a_desk_list_is_read_whatever_it_is_saved_as() -> None:
    text = "Kundenliste;;;\n;;;\nFrage;Antwort;Kategorie;\nWo sind Sie?;Straße „Am Tor“;Ort, Weg;\n"

    found = read("liste.csv", text.encode("cp1252"))

    assert said(found.items()) == [{"question": "Wo sind Sie?", "answer": "Straße „Am Tor“", "tags": ("Ort", "Weg")}]


def test_a_cell_that_is_neither_yes_nor_no_is_named() -> None:
    file = read("faq.csv", "question,answer,enabled\nQ?,A,maybe\nR?,B,\n")
    found = file.with_columns(TableColumns(question="question", answer="answer", enabled="enabled")).items()

    assert found.rejected[0].reason == "“maybe” in the column “enabled” is neither yes nor no."
    assert "enabled" not in found.items[0].fields


def test_a_column_is_believed_to_say_on_or_off_or_a_number_only_where_every_cell_does() -> None:
    found = read("faq.csv", "ID,Question,Bot answer,Status\na1,Q?,A,open\na2,R?,B,solved\n").items()

    assert said(found)[0] == {"question": "Q?", "answer": "A"}
    assert found.items[0].number is None
    assert "Not read: “ID”, “Status”." in found.notes


def test_short_headings_are_known_and_cells_of_one_letter_are_no_second_headings() -> None:
    short = read("faq.csv", "q,a\nA?,a\nB?,b\n")
    pair = read("faq.csv", "question,answer\nA?,a\nB?,b\n")

    assert [item.question for item in short.items().items] == ["A?", "B?"]
    assert [item.question for item in pair.items().items] == ["A?", "B?"]


def test_a_list_of_questions_in_json_is_one_entry_with_phrasings() -> None:
    found = read("faq.json", '[{"question": ["A?", "B?"], "answer": "x"}, {"question": "C?", "answer": "y"}]').items()

    assert [item.phrasings for item in found.items] == [("A?", "B?"), ("C?",)]


def test_a_file_of_one_column_is_told_what_is_missing() -> None:
    with pytest.raises(InvalidInput, match="there is only one column"):
        read("list.txt", "Where are you?\nWhen do you open?\n").items()
