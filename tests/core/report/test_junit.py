from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from core.report.junit import junit
from core.runs.analysis import Analysis
from core.runs.ledger import Status
from tests.core.report.runs import NO_ROW, RUN, ended, random_run, row

SCHEMA = etree.XMLSchema(etree.parse(Path(__file__).resolve().parents[2] / "data" / "junit.xsd"))


def suite(analysis: Analysis) -> etree._Element:
    """The test suite, after the whole document was checked."""
    root = etree.fromstring(junit(analysis))
    SCHEMA.assertValid(root)
    return root[0]


def cases(analysis: Analysis) -> list[tuple[str, str]]:
    """Each test's class, and what it holds: "" where it passed."""
    return [(case.get("classname"), case[0].tag if len(case) else "") for case in suite(analysis).iter("testcase")]


def test_the_three_errors_fail_failed_calls_are_errors_and_unlabelled_rows_are_skipped() -> None:
    found = ended(
        row("right", 1, 1),
        row("wrong", 1, 2),
        row("needless", 1, None),
        row("out of scope", "person", 3),
        row("failed", 2, failed=True, reason="The server is gone."),
        row("nobody knows", "", 4),
    )

    assert cases(found) == [
        ("Question 1?", ""),
        ("Question 1?", "failure"),
        ("Question 1?", "failure"),
        ("a person", "failure"),
        ("Question 2?", "error"),
        ("Not labelled", "skipped"),
    ]
    counts = {name: suite(found).get(name) for name in ("tests", "failures", "errors", "skipped")}
    assert counts == {"tests": "6", "failures": "3", "errors": "1", "skipped": "1"}


def test_a_failure_says_what_was_expected_given_and_answered() -> None:
    (case,) = suite(ended(row("may I?", 1, 2, confidence=0.9))).iter("testcase")

    assert case.get("name") == "Line 2: may I?"
    assert case[0].get("message") == "Wrong entry: expected Question 1?, given Question 2?"
    assert "Answer given: Answer 2." in case[0].text
    assert "Confidence: 0.9" in case[0].text


def test_rows_that_were_never_run_are_skipped_and_counted() -> None:
    waiting = row("later", 1) | NO_ROW
    found = suite(ended(row("first", 1, 1), waiting, run=replace(RUN, status=Status.CANCELLED)))

    assert found.get("skipped") == "1"
    assert [case[0].get("type") for case in found.iter("testcase") if len(case)] == ["not_run"]


def test_figures_and_settings_are_properties() -> None:
    properties = {one.get("name"): one.get("value") for one in suite(random_run(1, 100)).iter("property")}

    assert (
        0 < float(properties["accuracy.low"]) < float(properties["accuracy"]) < float(properties["accuracy.high"]) < 1
    )
    assert properties["How careful the bot is"] == "Balanced"
    assert properties["Evaluation id"] == "run"


def test_a_dot_makes_no_package_of_a_question() -> None:
    found = suite(ended(row("x", 1, 1), entries=[replace(_entry(), question="Open at 9 a.m. daily?")]))

    assert "." not in next(found.iter("testcase")).get("classname")


def _entry():  # type: ignore[no-untyped-def]
    from tests.core.report.runs import ENTRIES

    return ENTRIES[0]


# What pandas' strings hold; lone surrogates are refused long before.
ANY = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


ALL_TEXTS = given(question=ANY, name=ANY, answer=ANY, reason=ANY)


@settings(max_examples=40)
@ALL_TEXTS
def test_no_text_of_anybody_breaks_the_file(question: str, name: str, answer: str, reason: str) -> None:
    breaks_no_file(question, name, answer, reason)


@pytest.mark.slow
@settings(max_examples=300)
@ALL_TEXTS
def test_none_of_very_many_texts_of_anybody_breaks_the_file(question: str, name: str, answer: str, reason: str) -> None:
    breaks_no_file(question, name, answer, reason)


def breaks_no_file(question: str, name: str, answer: str, reason: str) -> None:
    entries = [replace(_entry(), question=question, answer=answer)]
    rows = [row(question, 1, None), row(question, 1, failed=True, reason=reason), row(question, "person", 1)]

    found = suite(ended(*rows, run=replace(RUN, name=name), entries=entries))

    assert len(list(found.iter("testcase"))) == 3
