"""What can be told of a run against another one."""

from dataclasses import replace

import pandas as pd

from core.report.comparison_leaks import in_words, stored_questions
from core.report.comparison_words import SHARE_NOTHING, THESE, headline, sentences, statistics
from core.report.report import Against
from core.report.section import STATISTICS, Column, Kind, Section, SectionTable
from core.report.texts import cut
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.statistics.numbers import percent, share, span
from core.statistics.repeats import flips
from core.statistics.rows import PERSON

LISTS = {
    "broken": "Broken: right in the other evaluation, not in this one",
    "fixed": "Fixed: right in this evaluation, not in the other one",
    "changed": "Other reply: as right as in the other evaluation, or to a question without a label",
}
"""The lists of questions whose reply is not the same in both, by the name that a comparison has for each."""
_NAME_LIMIT = 40
SHOWN, PRINTED = 1_000, 50
"""Rows of a list on the page and in a report."""
COLUMNS = (
    Column("Question", width=150),
    Column("Expected", width=102),
    Column("Before", width=102, help="What the other evaluation gave"),
    Column("After", width=102, help="What this evaluation gave"),
    Column("Line", Kind.LINE, width=60, help="Where it stands in the file of this evaluation"),
)


def compared(analysis: Analysis, against: Against) -> Section:
    """The ruling and what it stands on."""
    baseline, found = against.baseline, against.comparison
    stored = stored_questions(baseline, analysis, found)
    said = [*sentences(found), _repeated(baseline, analysis)] if len(found.pairs.first) else [SHARE_NOTHING]
    figures = statistics(found) if len(found.pairs.first) else []
    return Section(
        name="comparison",
        title="Compared with another evaluation",
        finding=headline(found, stored, _names(baseline.results.run, analysis.results.run)),
        sentences=[sentence for sentence in said if sentence],
        warnings=[in_words(stored)] if stored else [],
        statistics=Section(name="comparison-statistics", title=STATISTICS, sentences=figures) if figures else None,
    )


def _names(before: Run, after: Run) -> tuple[str, str]:
    """What tells the two apart, this one first: their names, their revisions, or only which is looked at."""
    if before.name != after.name:
        return f"“{cut(after.name, _NAME_LIMIT)}”", f"“{cut(before.name, _NAME_LIMIT)}”"
    if before.revision != after.revision:
        return f"revision {after.revision:,}", f"revision {before.revision:,}"
    return THESE


def listed(analysis: Analysis, against: Against, name: str) -> SectionTable:
    """The first rows of one of the ``LISTS``."""
    at, pairs = getattr(against.comparison, name), against.comparison.pairs
    old, new = against.baseline.rows.take(pairs.first[at[:SHOWN]]), analysis.rows.take(pairs.second[at[:SHOWN]])
    frame = pd.DataFrame(
        {
            "Question": new.question,
            "Expected": [_expected(analysis, ids, one) for ids, one in zip(new.accepted, new.expected, strict=True)],
            "Before": [against.baseline.name(one) for one in old.given.tolist()],
            "After": [analysis.name(one) for one in new.given.tolist()],
            "Line": analysis.results.ledger["line"].to_numpy()[new.place],
        }
    )
    return SectionTable(LISTS[name], frame, COLUMNS, count=len(at), printed=PRINTED)


def _expected(analysis: Analysis, accepted: tuple[int, ...], expected: int) -> str:
    if accepted:
        return " or ".join(analysis.name(one) for one in accepted)
    return analysis.name(expected) if expected == PERSON else ""


def _repeated(before: Analysis, after: Analysis) -> str:
    """Where nothing was changed between the two, what differs is the engine's own wavering; "" for any others."""
    runs = before.results.run, after.results.run
    # A promise decides nothing.
    setups = [(run.revision, replace(run.policy, promise=None), run.engine_version) for run in runs]
    part = flips([before.rows, after.rows]).share if setups[0] == setups[1] else None
    if part is None or part.rate is None or part.interval is None:
        return ""
    return (
        f"Table, settings and engine are the same in both: **{percent(part.rate, part.of)}** of the replies "
        f"({share(part.count, part.of)}, likely {span(part.interval, part.of)}) changed all the same."
    )
