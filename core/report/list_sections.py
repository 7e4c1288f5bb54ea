"""The lists of a report: confusions, tags, entries, and what went wrong. Only the first lines are shown."""

from typing import Any

import pandas as pd

from core.report import titles, words
from core.report.section import CELL_LIMIT, Lines, Section
from core.report.texts import cut
from core.runs.analysis import Analysis
from core.statistics.intervals import Interval
from core.statistics.numbers import percent, share, span
from core.statistics.verdict import Verdict

CONFUSIONS, SLICES, ENTRIES, MISTAKES = 30, 40, 60, 200
"""Lines shown of each list."""

_ERRORS = tuple(verdict for verdict in Verdict if verdict.counting.is_mistake or verdict is Verdict.FAILED)
_DIFFERS = {"better": "better than the rest", "worse": "worse than the rest", "": ""}


def confusions(analysis: Analysis) -> Section | None:
    """Which entries were given in place of which; None where nothing was confused."""
    found = analysis.confusions
    if found.empty:
        return None
    asked = analysis.results.ledger["question"]
    rows = [
        (
            _short(analysis.name(expected)),
            _short(analysis.name(given)),
            share(count, of),
            _short(str(asked.iloc[places[0]])),
        )
        for expected, given, count, of, places in _columns(
            found.head(CONFUSIONS), "expected", "given", "count", "of", "places"
        )
    ]
    table = Lines(
        title="The most frequent confusions",
        heads=("Expected", "Given instead", "Questions", "For example"),
        rows=rows,
        numbers=frozenset({"Questions"}),
        more=_more(len(found), CONFUSIONS, "confusions"),
    )
    see = "Two entries that are often taken for each other may need clearer phrasings, or be one."
    finding = titles.confused(analysis)
    return Section(name="confusions", title="Confusions", finding=finding, sentences=[see], tables=[table])


def slices(analysis: Analysis) -> Section | None:
    """How each tag went; None where no question has one."""
    found = analysis.slices
    if found.empty:
        return None
    names = ("tag", "rows", "rate", "rate_low", "rate_high", "differs")
    rows = [
        (_short(str(tag)), f"{count:,}", percent(rate, count), span(Interval(low, high), count), _DIFFERS[differs])
        for tag, count, rate, low, high, differs in _columns(found.head(SLICES), *names)
    ]
    table = Lines(
        title="The tags",
        heads=("Tag", "Questions", "Right", "Likely", "Difference"),
        rows=rows,
        numbers=frozenset({"Questions", "Right", "Likely"}),
        more=_more(len(found), SLICES, "tags"),
    )
    chance = "A difference is only named when it is unlikely to be chance (under 5 % over all tags together)."
    note = f"{words.UNLIKE_QUESTIONS} {chance}"
    finding = titles.tags(analysis)
    return Section(name="slices", title="By tag", finding=finding, tables=[table], notes=[note])


def entries(analysis: Analysis) -> Section:
    """How well each entry is found, those with the most questions missed first."""
    found, means, scope = analysis.entries, analysis.averages, analysis.out_of_scope
    section = Section(name="entries", title="By entry")
    if unjudged := words.unjudged(analysis):
        section.sentences.append(unjudged)
        return section
    section.finding = titles.entries(analysis)
    if means is not None:
        section.sentences.append(
            f"{words.over_entries(means)}: recall **{percent(means.recall)}** (of the "
            f"questions that expect it, those that got it), precision **{percent(means.precision)}** (of the times it "
            f"was given, those that were right), F1 **{percent(means.f1)}** (both in one figure)."
        )
    section.sentences.append(words.for_a_person(scope))
    if not found.empty:
        order = (found["right"] - found["expected"]).sort_values(kind="stable").index
        section.tables.append(_entries_table(analysis, found.loc[order]))
    return section


def _entries_table(analysis: Analysis, found: pd.DataFrame) -> Lines:
    names = ("entry_id", "expected", "given", "right", "recall", "precision")
    rows = [
        (
            _short(analysis.name(entry_id)),
            f"{expected:,}",
            f"{given:,}",
            f"{right:,}",
            percent(recall, expected) if expected else "",
            percent(precision, given) if given else "",
        )
        for entry_id, expected, given, right, recall, precision in _columns(found.head(ENTRIES), *names)
    ]
    heads = ("Entry", "Questions", "Given", "Right", "Recall", "Precision")
    more = _more(len(found), ENTRIES, "entries")
    return Lines(title="The entries", heads=heads, rows=rows, numbers=frozenset(heads[1:]), more=more)


def mistakes(analysis: Analysis) -> Section:
    """The questions that did not end as expected, and those that failed."""
    results = analysis.results
    places = results.places(_ERRORS)
    section = Section(name="mistakes", title="The questions that did not end right")
    if not len(places):
        section.sentences.append(words.unjudged(analysis) or "None: " + words.no_mistakes(analysis))
        return section
    shown = results.table(places=places[:MISTAKES])
    names = ("Line", "Question", "Outcome", "Expected", "Given", "Problem")
    rows = [
        (str(line), _short(question), outcome, _short(expected), _short(str(given or problem)))
        for line, question, outcome, expected, given, problem in _columns(shown, *names)
    ]
    section.tables.append(
        Lines(
            title="In the order of the file",
            heads=("Line", "Question", "Outcome", "Expected", "Given"),
            rows=rows,
            numbers=frozenset({"Line"}),
            more=_more(len(places), MISTAKES, "questions that did not end right"),
        )
    )
    return section


def _columns(frame: pd.DataFrame, *names: str) -> "zip[tuple[Any, ...]]":
    return zip(*(frame[name].tolist() for name in names), strict=True)


def _short(text: str) -> str:
    return cut(text, CELL_LIMIT)


def _more(count: int, shown: int, what: str) -> str:
    if count <= shown:
        return ""
    return f"The first {shown:,} of {count:,} {what}. The spreadsheets that Frontline exports have them all."
