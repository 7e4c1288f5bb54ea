"""The part of a report that compares the run with another."""

import pandas as pd

from core.moments import moment
from core.report.comparison_leaks import in_words, stored_questions
from core.report.comparison_words import SHARE_NOTHING, headline, sentences
from core.report.report import Against
from core.report.section import Column, Kind, Section, Table
from core.runs.analysis import Analysis
from core.statistics.proportion import Ints

SHOWN = 50
"""Rows shown of those fixed, and of those broken."""


def compared(analysis: Analysis, against: Against) -> Section:
    """The ruling, what it stands on, and what was fixed and broken."""
    other, found = against.baseline.results.run, against.comparison
    section = Section(
        name="comparison",
        title="Compared with another evaluation",
        sentences=[
            f"The other evaluation is “{other.name}” of {moment(other.created_at)}, on revision "
            f"{other.revision}, decided by {other.engine}."
        ],
    )
    if not len(found.pairs.first):
        section.sentences.append(SHARE_NOTHING)
        return section
    stored = stored_questions(against.baseline, analysis, found)
    section.finding = headline(found, stored)
    section.sentences += sentences(found)
    if stored is not None:
        section.sentences.append(in_words(stored))
    for title, at in (
        ("Fixed: not right there, right here", found.fixed),
        ("Broken: right there, not right here", found.broken),
    ):
        if len(at):
            section.tables.append(_table(analysis, against, title, at))
    return section


def _table(analysis: Analysis, against: Against, title: str, at: Ints) -> Table:
    pairs, shown = against.comparison.pairs, at[:SHOWN]
    old, new = against.baseline.rows.take(pairs.first[shown]), analysis.rows.take(pairs.second[shown])
    frame = pd.DataFrame(
        {
            "Line": analysis.results.ledger["line"].to_numpy()[new.place],
            "Question": new.question,
            "Given there": [against.baseline.name(one) for one in old.given.tolist()],
            "Given here": [analysis.name(one) for one in new.given.tolist()],
        }
    )
    columns = (Column("Line", Kind.LINE), *map(Column, ("Question", "Given there", "Given here")))
    return Table(title, frame, columns, count=len(at))
