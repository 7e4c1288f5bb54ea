from core.datasets.nearest_text import NearestText, Stored
from core.questions.entry import Entry

ENTRIES = [
    Entry(
        id=1, question="What are your hours?", answer="Monday to Friday, 9 to 5.", alternates=("When are you open?",)
    ),
    Entry(id=2, question="Can I return an item?", answer="Yes, within 30 days."),
    Entry(id=3, question="Do you deliver abroad?", answer="We deliver to the whole of Europe."),
]


def test_a_text_with_a_slip_finds_what_was_meant() -> None:
    nearest = NearestText(ENTRIES)

    assert nearest.find("What are you hours") == Stored("What are your hours?", 1, "question")
    assert nearest.find("when are you opened?") == Stored("When are you open?", 1, "question")
    assert nearest.find("Yes, within 14 days") == Stored("Yes, within 30 days.", 2, "answer")


def test_a_text_like_nothing_stored_finds_nothing() -> None:
    nearest = NearestText(ENTRIES)

    assert nearest.find("completely other words") is None
    assert nearest.find("you") is None
    assert nearest.find("") is None
    assert NearestText([]).find("hours") is None


def test_it_stops_when_its_budget_is_spent() -> None:
    nearest = NearestText(ENTRIES, budget=1)

    assert nearest.find("Can I return the item?") is not None
    assert nearest.find("Can I return the item?") is None


def test_the_rarest_shared_words_decide_among_many_texts() -> None:
    many = [Entry(id=i, question=f"What is the price of item {i}?", answer=f"It costs {i}.") for i in range(1, 3_000)]

    found = NearestText(many).find("what is the price of the item 2741")

    assert found == Stored("What is the price of item 2741?", 2741, "question")
