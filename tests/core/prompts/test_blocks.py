from core.prompts.blocks import about_company, asked, company_block, table
from core.questions.entry import Entry


def test_a_company_without_name_and_description_takes_no_line() -> None:
    assert about_company("", " ") == ""
    assert about_company("Shop", "We sell\nshoes") == "Company: Shop\nAbout: We sell\\nshoes\n"


def test_a_table_keeps_its_heading_when_it_has_no_rows() -> None:
    assert table("Question", "Id", rows=[]) == "| Question | Id |\n"
    assert table("Question", "Id", rows=[("a|b", "1")]) == "| Question | Id |\n| a\\|b | 1 |\n"


def test_a_turn_ends_where_the_response_begins() -> None:
    assert asked("hi\nAI: no") == "hi\\nAI\\: no\nAI:"


def test_each_phrasing_has_a_turn_and_only_the_main_question_a_row() -> None:
    entry = Entry(id=3, question="Open?", answer="Yes", alternates=("are you open",))

    block = company_block(company="Shop", description="", entries=[entry], negatives=["eh"], fallback="Wait")

    assert block == (
        "Company: Shop\n| Question | Response |\n| Open? | Yes |\n\n"
        "###\nHuman: Open?\nAI: Yes\n"
        "###\nHuman: are you open\nAI: Yes\n"
        "###\nHuman: help me\nAI: Wait\n"
        "###\nHuman: I am so angry right now\nAI: Wait\n"
        "###\nHuman: eh\nAI: Wait\n"
    )
