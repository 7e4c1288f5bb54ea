"""The part of a report that compares the run with another."""

from core.moments import moment
from core.report.comparison_leaks import in_words, stored_questions
from core.report.comparison_words import SHARE_NOTHING, headline, sentences
from core.report.report import Against
from core.report.section import CELL_LIMIT, Lines, Section
from core.report.texts import cut
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


def _table(analysis: Analysis, against: Against, title: str, at: Ints) -> Lines:
    pairs, shown = against.comparison.pairs, at[:SHOWN]
    old, new = against.baseline.rows.take(pairs.first[shown]), analysis.rows.take(pairs.second[shown])
    lines = analysis.results.ledger["line"].to_numpy()[new.place].tolist()
    rows = [
        (
            str(line),
            cut(str(question), CELL_LIMIT),
            cut(against.baseline.name(there), CELL_LIMIT),
            cut(analysis.name(here), CELL_LIMIT),
        )
        for line, question, there, here in zip(
            lines, new.question.tolist(), old.given.tolist(), new.given.tolist(), strict=True
        )
    ]
    more = f"The first {SHOWN} of {len(at):,}." if len(at) > SHOWN else ""
    heads = ("Line", "Question", "Given there", "Given here")
    return Lines(title=title, heads=heads, rows=rows, numbers=frozenset({"Line"}), more=more)
