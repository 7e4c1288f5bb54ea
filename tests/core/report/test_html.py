import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.report import confidence_section, list_sections
from core.report.html import POLICY, html
from core.report.report import Against, Report
from core.report.sections import sections as sections_of
from core.report.words import ALL_FAILED, NO_LABEL, SAME_WORDS, likely
from core.runs.analysis import Analysis
from core.runs.ledger import Status
from core.runs.run_threshold import deciding_confidence
from core.runs.run_usage import RunUsage
from core.statistics.comparison import compare
from core.statistics.thresholds import shares_at
from tests.core.report.runs import ENTRIES, NO_ROW, RUN, ended, random_run, row

ALLOWED = {
    *("html", "head", "meta", "title", "style", "body", "main", "header", "nav", "section", "figure", "figcaption"),
    *("h1", "h2", "h3", "p", "ul", "li", "a", "div", "table", "thead", "tbody", "tr", "th", "td", "bdi", "strong"),
    *("svg", "g", "path", "rect", "line", "text", "tspan", "circle", "defs", "clippath"),
}


class Page(HTMLParser):
    """The elements, their attributes, and the text of a page."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(data.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page(analysis: Analysis, took: RunUsage = RunUsage(), against: Against | None = None) -> Page:  # noqa: B008 - frozen
    return Page(html(Report(analysis=analysis, took=took, against=against)))


@pytest.fixture(scope="module")
def whole() -> Page:
    """A report with every section."""
    after, before = random_run(1, 400), random_run(2, 400, skill=0.5, run=replace(RUN, run_id="b", name="before.csv"))
    took = RunUsage(asked=400, sent=40_000, received=900, nano_usd=420_000_000, shortlisted=300, offered=297)
    return page(after, took, Against(baseline=before, comparison=compare(before.rows, after.rows)))


def test_every_section_is_there_and_the_contents_lead_to_it(whole: Page) -> None:
    sections = [one["id"] for one in whole.all("section")]

    assert sections == [
        *("tested", "result", "comparison", "cost", "confusions", "confidence", "threshold", "slices", "entries"),
        *("mistakes", "settings", "reading"),
    ]
    assert [one["href"] for one in whole.all("a")] == [f"#{name}" for name in sections]
    assert "$0.42" in whole.words
    assert "before.csv" in whole.words


def test_nothing_in_it_can_run_be_fetched_or_be_sent(whole: Page) -> None:
    assert {tag for tag, _ in whole.tags} <= ALLOWED
    policy = next(one for one in whole.all("meta") if one.get("http-equiv"))
    assert policy["content"] == POLICY
    for tag, attributes in whole.tags:
        assert not [name for name in attributes if name.startswith("on")]
        assert all(str(attributes[name]).startswith("#") for name in ("href", "src") if name in attributes), tag
    assert "url(" not in whole.words


def test_it_can_be_read_without_eyes(whole: Page) -> None:
    assert whole.all("html") == [{"lang": "en"}]
    assert len(whole.all("h1")) == len(whole.all("main")) == 1
    assert all(one.get("scope") in ("col", "row") for one in whole.all("th"))
    pictures = [one for one in whole.all("div") if one.get("role") == "img"]
    assert len(pictures) == len(whole.all("svg")) == 5
    assert all(len(str(one["aria-label"])) > 40 for one in pictures)
    ids = [str(attributes["id"]) for _, attributes in whole.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    named = {one["aria-labelledby"] for tag, one in whole.tags if "aria-labelledby" in one}
    assert named <= set(ids)


def test_the_verdict_comes_first_with_its_range() -> None:
    words = page(ended(*(row(f"q{n}", 1, 1 if n < 8 else 2) for n in range(10)))).words

    assert "80 % of the questions that say what is expected ended right (8 of 10)" in re.sub(r"\s+", " ", words)
    assert "likely be 49–95 %" in re.sub(r"\s+", " ", words)


def test_a_run_that_ended_early_says_so() -> None:
    run = replace(RUN, status=Status.STOPPED, reason="The limit is reached.")

    words = page(ended(row("first", 1, 1), row("later", 1) | NO_ROW, run=run)).words

    assert "1 of 2 questions were not asked." in words
    assert "The limit is reached." in words


def test_without_confidence_labels_or_tags_the_rest_is_told() -> None:
    found = page(ended(row("a", "", 1, confidence=None), row("b", "", None, confidence=None)))

    assert [one["id"] for one in found.all("section")] == [
        "tested",
        "result",
        "entries",
        "mistakes",
        "settings",
        "reading",
    ]
    assert "No mistakes" not in found.words
    assert "ended as expected" not in found.words


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ((row("a", "", 1), row("b", "", None, best=2, confidence=0.1)), NO_LABEL),
        ((row("a", 1, failed=True), row("b", "", 1)), ALL_FAILED),
    ],
)
def test_where_nothing_can_be_said_every_section_says_so(rows: tuple[dict[str, object], ...], said: str) -> None:
    sections = {one.name: one for one in sections_of(Report(analysis=ended(*rows), took=RunUsage()))}

    told = {name for name, one in sections.items() if said in one.sentences}
    assert told >= {"result", "entries"} | ({"mistakes"} if said == NO_LABEL else set())
    assert not {"confusions", "confidence", "threshold", "slices"} & sections.keys()
    assert not [chart for one in sections.values() for chart in one.charts]


def test_nothing_is_compared_of_runs_without_a_label() -> None:
    one = ended(row("a", "", 1), row("b", "", 2))
    other = ended(row("a", "", 2), row("b", "", 2), run=replace(RUN, run_id="b"))

    words = page(one, against=Against(baseline=other, comparison=compare(other.rows, one.rows))).words

    assert "Nothing can be said about better or worse" in words
    assert "No clear difference" not in words


def test_the_figures_under_the_chart_belong_to_the_threshold_that_is_marked() -> None:
    analysis = random_run(3, 300, run=replace(RUN, engine_version="all-MiniLM-L6-v2 a, recipe 1, calibration 1"))
    section = confidence_section.threshold(analysis)
    assert section is not None
    assert analysis.outlook is not None

    at_the_line = shares_at(analysis.outlook, 0.5)
    assert deciding_confidence(analysis.results.run) == 0.5
    assert section.statistics is not None
    (said,) = section.statistics.sentences
    assert said.startswith("At the line, of 100 visitors: ")
    assert f"On {at_the_line.of:,} questions: {likely(at_the_line)}." in said
    assert section.statistics.notes == [SAME_WORDS]


def test_questions_that_stood_in_the_table_are_told_with_what_is_right_without_them() -> None:
    known = [row("Question 1?", 1, 1), row("question 2", 2, 2), row("something else entirely", 3, 4)]

    words = re.sub(r"\s+", " ", page(ended(*known)).words)

    assert "2 test questions are in the table already (word for word)." in words
    assert "look better than they are: 0 % of the others are right (0 of 1, likely 0–80 %)." in words
    assert "in the table already" not in page(ended(known[2])).words


def test_a_large_run_makes_no_large_report() -> None:
    rows = [row("long " * 380, 1, 2, extra={"tags": [f"tag {n}"]}) for n in range(2_000)]
    data = html(Report(analysis=ended(*rows), took=RunUsage()))

    assert len(data) < 500_000
    assert f"The first {list_sections.MISTAKES} of 2,000 questions that did not end right." in data.decode()
    assert f"The first {list_sections.SLICES} of 2,000 tags." in data.decode()


EVIL = st.sampled_from(
    [
        *("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{ 7*7 }}", "</style><script>", "<!--"),
        *("]]>", "&lt;b&gt;", "**strong**", "\x00\x07\x1b[31m", "\u202egnp.exe", "javascript:alert(1)", "{% raw %}"),
    ]
)
ANY = EVIL | st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=40)


ALL_TEXTS = given(question=ANY, name=ANY, entry=ANY, reason=ANY, tag=ANY)


@settings(max_examples=25)
@ALL_TEXTS
def test_no_text_of_anybody_becomes_a_part_of_the_page(
    question: str, name: str, entry: str, reason: str, tag: str
) -> None:
    becomes_no_part_of_the_page(question, name, entry, reason, tag)


@pytest.mark.slow
@settings(max_examples=200)
@ALL_TEXTS
def test_none_of_very_many_texts_of_anybody_becomes_a_part_of_the_page(
    question: str, name: str, entry: str, reason: str, tag: str
) -> None:
    becomes_no_part_of_the_page(question, name, entry, reason, tag)


def becomes_no_part_of_the_page(question: str, name: str, entry: str, reason: str, tag: str) -> None:
    entries = [replace(ENTRIES[0], question=entry, answer=entry)]
    plain = {"confidence": None, "extra": {"tags": [tag]}}  # no chart: drawing takes long, and holds no such text
    rows = [row(question, "", None, **plain), row(question, "", failed=True, reason=reason, **plain)]
    run = replace(RUN, name=name, author=name, policy=replace(RUN.policy, fallback=name))

    data = html(Report(analysis=ended(*rows, run=run, entries=entries), took=RunUsage()))

    found = Page(data)
    assert {tag for tag, _ in found.tags} <= ALLOWED
    assert not [one for _, attributes in found.tags for one in attributes if one.startswith("on")]
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data)
