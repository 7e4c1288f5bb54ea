"""The sections of a report, in the order in which a stakeholder reads them."""

from collections.abc import Iterator
from datetime import tzinfo

from core.moments import moment
from core.report import comparison_section, confidence_section, list_sections, summary_section, words
from core.report.report import Against, Report
from core.report.section import Column, Section, SectionTable
from core.report.tables import settings_table
from core.runs.analysis import Analysis

_SETTING_LIMIT = 1_000


def sections(report: Report) -> list[Section]:
    """What this run has anything to tell of."""
    return list(_sections(report))


def _sections(report: Report) -> Iterator[Section]:
    analysis = report.analysis
    yield summary_section.tested(analysis, report.zone)
    yield summary_section.result(analysis)
    if report.against is not None:
        yield _comparison(analysis, report.against, report.zone)
    if cost := summary_section.cost(report.took):
        yield cost
    yield from (
        section
        for section in (
            list_sections.confusions(analysis),
            confidence_section.confidence(analysis),
            _threshold(analysis),
        )
        if section
    )
    if slices := list_sections.slices(analysis):
        yield slices
    yield list_sections.entries(analysis)
    yield list_sections.mistakes(analysis)
    yield _settings(report)
    yield _how_to_read()


def _comparison(analysis: Analysis, against: Against, zone: tzinfo) -> Section:
    section, other = comparison_section.compared(analysis, against), against.baseline.results.run
    of = f"of {moment(other.created_at, zone)}, on revision {other.revision}, decided by {other.engine}"
    section.sentences.insert(0, f"The other evaluation is “{other.name}” {of}.")
    lists = (comparison_section.listed(analysis, against, name) for name in ("broken", "fixed"))
    section.tables = [table for table in lists if len(table.frame)]
    return section


def _threshold(analysis: Analysis) -> Section | None:
    section, costs = confidence_section.threshold(analysis), confidence_section.WRONG_COSTS
    if section and (choice := analysis.choice(costs)):
        section.sentences.append(confidence_section.cheapest(choice, costs))
    return section


def _settings(report: Report) -> Section:
    columns = (Column("Setting"), Column("Value", limit=_SETTING_LIMIT))
    table = SectionTable("Settings that decided", settings_table(report.analysis.results, report.zone), columns)
    return Section(name="settings", title="Settings used", tables=[table])


def _how_to_read() -> Section:
    return Section(
        name="reading",
        title="How to read this",
        sentences=[
            words.LIKELY,
            "**Handed to a person** means that the visitor got the text for handoffs instead of a stored answer.",
            "**Confidence** is how sure the engine was that the nearest entry is the right one. From the threshold on "
            "it gives the stored answer, below it a person takes over.",
            "Of a long list the first lines are shown. The spreadsheets that Frontline exports have every question.",
        ],
    )
