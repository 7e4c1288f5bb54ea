from core.prompts.handoff_examples import STANDARD_NEGATIVES, negative_examples
from core.questions.entry import Entry


def test_the_standard_examples_come_before_the_orgs_own() -> None:
    assert negative_examples([], ["where is my parcel"]) == (
        "help me",
        "I am so angry right now",
        "where is my parcel",
    )


def test_an_example_is_given_once_and_never_blank() -> None:
    assert negative_examples([], ["Help me!", " ", "", "a", "A?"]) == (*STANDARD_NEGATIVES, "a")


def test_an_example_that_the_table_answers_is_left_out() -> None:
    entries = [Entry(id=1, question="What now?", answer="Call us", alternates=("HELP ME",))]

    assert negative_examples(entries, ["what now"]) == ("I am so angry right now",)
