"""The parts of an ended run's page beyond its figures, on real runs of the built-in engine."""

import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG
from core.questions.changes import Changes
from core.report import charts
from core.report.comparison_words import headline, sentences, statistics
from core.report.words import NO_LABEL, extreme, handed_over, likely, shares, visitors
from core.runs.ledger import Run
from core.statistics.comparison import compare
from core.statistics.thresholds import ThresholdChoice, shares_at
from pages.evaluations import smallest_difference, threshold
from pages.evaluations.confidence import NONE_TOLD
from pages.evaluations.page import SECTIONS
from pages.shell import session
from tests.core.runs.test_analysis import analysis
from tests.core.statistics.ledgers import line, rows
from tests.pages.conftest import Browser, everything
from tests.pages.evaluations.test_page import finished

ORG = CLOTHING_ORG
FILE = b"""question,expected_question,tags
What are your hours?,What are your hours?,easy
When do you open?,What are your hours?,easy
What do you sell?,What are your hours?,odd
Do you like cheese?,__fallback__,odd
any job openings?,__fallback__,
who are you,,
"""


@pytest.fixture
def run(frontline: Frontline) -> Run:
    return run_file(frontline, "first.csv")


def run_file(frontline: Frontline, name: str, *, times: int = 1) -> Run:
    """A run of FILE, each row so many times."""
    head, *lines = FILE.splitlines(keepends=True)
    found = frontline.intake.read(ADMIN, ORG, b"".join([head, *lines * times]), name)
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    frontline.runs.start(ADMIN, ORG, name=name, preview=preview, revision=revision)
    return finished(frontline)


def section(browser: Browser, run: Run, name: str) -> AppTest:
    tab = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})
    return next(group for group in tab.button_group if group.label == "What to look at").set_value(name).run()


def test_every_section_opens_for_a_member(browser: Browser, run: Run) -> None:
    for name in SECTIONS:
        tab = section(browser, run, name)

        assert not tab.exception, name
        assert not tab.error, name


def test_confusions_stand_with_their_questions(browser: Browser, run: Run) -> None:
    table = section(browser, run, "Confusions").dataframe[0].value

    assert table["Expected"].tolist()[0] in {"What are your hours?", "a person"}
    asked = [question for examples in table["Examples"] for question in examples]
    assert "What do you sell?" in asked


def test_a_confusion_that_is_clicked_shows_its_rows(browser: Browser, run: Run) -> None:
    tab = section(browser, run, "Confusions")
    pairs = tab.dataframe[0].value
    at = pairs["Examples"].tolist().index(["What do you sell?"])

    cells = {"selection": {"rows": [], "columns": [], "cells": [[at, "Expected"]]}}
    tab.session_state[session.key("evaluations", ORG, f"confusions_{run.run_id}")] = cells
    shown = tab.run()

    assert not shown.exception
    assert "Its questions" in everything(shown)
    assert shown.dataframe[1].value["Question"].tolist() == ["What do you sell?"]


def test_the_confidence_has_a_verdict_with_a_chart_and_two_more_for_analysts(
    browser: Browser, frontline: Frontline
) -> None:
    tab = section(browser, run_file(frontline, "many.csv", times=4), "Confidence")

    shown = everything(tab)
    assert "Confidence tells right from wrong" in shown
    assert "The bot is " in shown
    assert len(tab.get("vega_lite_chart")) == 3
    assert "20 questions with a label, whether it was given or not" in shown


def test_of_few_questions_no_curve_is_drawn(browser: Browser, run: Run) -> None:
    tab = section(browser, run, "Confidence")

    assert len(tab.get("vega_lite_chart")) == 2
    assert "Too few questions to say whether confidence tells right from wrong" in everything(tab)
    assert "What being choosy gains is not drawn" in everything(tab)


def test_few_questions_are_told_as_they_are_and_set_no_threshold(browser: Browser, run: Run) -> None:
    tab = section(browser, run, "Threshold")
    slider = next(one for one in tab.slider if one.label.startswith("Answer from"))
    assert slider.value == 50
    assert threshold.too_few(5) in everything(tab)

    slider.set_value(100).run()
    careful = next(one.value for one in tab.header if one.value.startswith("Of 5 questions"))
    next(one for one in tab.slider if one.label.startswith("Answer from")).set_value(0).run()
    careless = next(one.value for one in tab.header if one.value.startswith("Of 5 questions"))

    assert "0 to a person" in careless
    assert "3 wrong answers (2 out of scope), 0 needless handoffs" in everything(tab)
    assert careful != careless
    assert "or to set one by your own choice here" in everything(tab)
    assert "Use 0 %" not in everything(tab)


def test_tags_and_entries_are_tables(browser: Browser, run: Run) -> None:
    tags = section(browser, run, "By tag").dataframe[0].value
    entries = section(browser, run, "By entry").dataframe[0].value

    assert tags["Tag"].tolist() == ["easy", "odd"]
    assert tags["Questions"].tolist() == [2, 2]
    hours = entries[entries["Entry"] == "What are your hours?"].iloc[0]
    assert hours["Expected"] == 3


def test_two_runs_are_compared_by_their_rows(browser: Browser, frontline: Frontline, run: Run) -> None:
    assert "no other evaluation here" in everything(section(browser, run, "Compare"))
    table = frontline.questions.table(OWNER, ORG)
    hours = next(entry.id for entry in table.entries if entry.question == "What are your hours?")
    changes = Changes(edited={hours: {"alternates": ["do you like cheese"]}})
    frontline.questions.save(OWNER, ORG, base_revision=table.revision, changes=changes)
    second = run_file(frontline, "second.csv")

    tab = section(browser, second, "Compare")

    shown = everything(tab)
    assert "No clear difference at this size" in shown
    assert "Of 5 shared questions with a label" in shown
    show = next(group for group in tab.button_group if group.label == "Show")
    assert any(option.startswith("✕ Broken (") for option in show.options)
    table = show.set_value("broken").run().dataframe[0].value
    cheese = table[table["Question"] == "Do you like cheese?"]
    assert cheese[["Line", "Expected", "Before", "After"]].to_numpy().tolist() == [
        [5, "a person", "a person", "What are your hours?"]
    ]


def test_the_same_run_again_says_how_many_replies_wavered(browser: Browser, frontline: Frontline, run: Run) -> None:
    again = run_file(frontline, "again.csv")

    shown = everything(section(browser, again, "Compare"))

    assert "**0 %** of the replies (0 of 6" in shown
    assert "No reply differs." in shown


def test_runs_of_another_org_are_no_baseline(browser: Browser, run: Run, frontline: Frontline) -> None:
    tab = browser.open("evaluations", PHONE_ORG, person=OUTSIDER, query={"run": run.run_id})

    assert "no such evaluation" in tab.error[0].value
    assert not tab.button_group


def test_a_model_without_confidence_is_told_in_words() -> None:
    def script() -> None:
        from core.identity.demo import CLOTHING_ORG, OWNER, DemoDirectory
        from pages.evaluations import confidence, threshold
        from tests.core.runs.test_analysis import analysis
        from tests.core.statistics.ledgers import line

        found = analysis(line("a", 1, 1), line("b", "person", None))
        confidence.render(found)
        threshold.render(OWNER, DemoDirectory().memberships(OWNER.user_id)[CLOTHING_ORG], found)

    tab = AppTest.from_function(script).run()

    assert [info.value for info in tab.info] == [NONE_TOLD, NONE_TOLD]


def test_the_words_of_a_comparison_follow_from_its_test() -> None:
    before = rows(*(line(f"q{i}", 1, 1 if i < 60 else 2) for i in range(100)))
    after = rows(*(line(f"q{i}", 1, 1 if i < 75 else 2) for i in range(100)))
    better, worse, same = compare(before, after), compare(after, before), compare(before, before)

    assert [headline(one, None) for one in (better, worse, same)] == [
        "Better: 75 % right in this evaluation, 60 % in the other one",
        "Worse: 60 % right in this evaluation, 75 % in the other one",
        "No clear difference at this size: 60 % right in this evaluation, 60 % in the other one",
    ]
    assert sentences(better) == ["**15 fixed, 0 broken** of 100 shared questions. This is unlikely to be chance."]
    assert statistics(better) == [
        "Of 100 shared questions with a label, **75 %** ended right in this evaluation and **60 %** in the other one. "
        "The true difference likely lies between +7 and +23 points.",
        "If the two were equally good, counts at least so uneven would come by chance in under 0.1 % of such tests.",
    ]
    assert sentences(same) == ["**0 fixed, 0 broken** of 100 shared questions."]
    cut = compare(before.take(np.arange(50)), replace(before, failed=np.arange(100) < 3))
    assert sentences(cut)[-1] == "Not compared: 3 failed in either, 50 only in this evaluation."


def test_the_words_of_a_threshold() -> None:
    found = analysis(*(line(f"q{i}", 1, 1 if i < 3 else 2, confidence=0.9) for i in range(4)))
    assert found.outlook is not None
    found_shares = shares_at(found.outlook, 0.5)

    assert shares(found_shares) == "3 right, 1 wrong answer, 0 needless handoffs"
    assert likely(found_shares).startswith("right likely 30–96 %, wrong answer likely 4–70 %")
    assert handed_over(found_shares) == "None goes to a person."

    many = analysis(*(line(f"q{i}", 1, 1 if i < 30 else 2, confidence=0.9) for i in range(40)))
    assert many.outlook is not None
    assert visitors(shares_at(many.outlook, 0.5)) == "100 visitors"
    assert shares(shares_at(many.outlook, 0.5)).startswith("75 right, 25 wrong answers")


def test_a_threshold_at_the_end_of_the_scale_explains_itself() -> None:
    outlook = analysis(line("a", 1, 1, confidence=0.9)).outlook
    assert outlook is not None
    found = shares_at(outlook, 0.5)  # any shares do
    choices = {least: ThresholdChoice(threshold=least, chosen_on=50, tried=found) for least in (0.01, 0.62, 0.99)}

    assert "hands over nearly all" in extreme(choices[0.99])
    assert "answers nearly every question" in extreme(choices[0.01])
    assert extreme(choices[0.62]) == ""


UNLABELLED = b"question\nWhat are your hours?\nwho are you\n"


def test_without_any_label_every_section_says_that_nothing_can_be_said(browser: Browser, frontline: Frontline) -> None:
    found = frontline.intake.read(ADMIN, ORG, UNLABELLED, "none.csv")
    ready = frontline.intake.check(ADMIN, ORG, found)
    preview, revision = ready.preview, ready.revision
    for _ in range(2):  # one to compare with
        frontline.runs.start(ADMIN, ORG, name="none.csv", preview=preview, revision=revision)
        run = finished(frontline)

    shown = {name: everything(section(browser, run, name)) for name in SECTIONS}

    assert [name for name, words in shown.items() if NO_LABEL not in words] == []
    assert "Nothing can be said about better or worse" in shown["Compare"]
    for wrong in ("No mistakes", "told no confidence", "No clear difference", "Of 100 visitors"):
        assert [name for name, words in shown.items() if wrong in words] == []


def test_questions_that_stood_in_the_table_are_told_with_the_results(browser: Browser, run: Run) -> None:
    tab = browser.open("evaluations", ORG, person=MEMBER, query={"run": run.run_id})

    warning = next(one.value for one in tab.warning if "in the table already" in one.value)
    assert "of the others are right" in warning


def test_the_comparison_begins_with_the_last_run_of_the_same_questions(
    browser: Browser, frontline: Frontline, run: Run
) -> None:
    run_file(frontline, "other.csv")
    again = run_file(frontline, "first.csv")

    tab = section(browser, again, "Compare")

    assert next(one for one in tab.selectbox if one.label == "Compare with").value == run


def test_the_upload_page_can_say_what_a_comparison_will_find() -> None:
    assert smallest_difference.in_words(0) == ""
    assert "mostly find no clear difference" in smallest_difference.in_words(20)
    assert smallest_difference.in_words(1_000) == (
        "With 1,000 labelled questions, a comparison of two runs usually finds a difference from about 2.9 points on, "
        "where a change makes 1 in 10 replies better or worse."
    )


def test_charts_are_small_whatever_the_size_of_a_run() -> None:
    found = analysis(*(line(f"q{i}", 1, 1 + i % 2, confidence=i / 4_000) for i in range(4_000)))
    assert found.outlook is not None
    assert found.risk_coverage is not None

    for chart in (charts.thresholds(found.outlook, 0.5, 0.6), charts.risk_coverage(found.risk_coverage.curve)):
        assert len(json.dumps(chart.to_dict())) < 100_000
