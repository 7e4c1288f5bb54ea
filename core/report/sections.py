"""The sections of a report, in the order in which a stakeholder reads them."""

from collections.abc import Iterator

from core.report import comparison_section, confidence_section, list_sections, summary_section
from core.report.report import Report
from core.report.section import Column, Section, Table
from core.report.tables import settings_table

_SETTING_LIMIT = 1_000


def sections(report: Report) -> list[Section]:
    """What this run has anything to tell of."""
    return list(_sections(report))


def _sections(report: Report) -> Iterator[Section]:
    analysis = report.analysis
    yield summary_section.tested(analysis)
    yield summary_section.result(analysis)
    if report.against is not None:
        yield comparison_section.compared(analysis, report.against)
    if cost := summary_section.cost(report.took):
        yield cost
    yield from (
        section
        for section in (
            list_sections.confusions(analysis),
            confidence_section.confidence(analysis),
            confidence_section.threshold(analysis),
        )
        if section
    )
    if slices := list_sections.slices(analysis):
        yield slices
    yield list_sections.entries(analysis)
    yield list_sections.mistakes(analysis)
    yield _settings(report)
    yield _how_to_read()


def _settings(report: Report) -> Section:
    columns = (Column("Setting"), Column("Value", limit=_SETTING_LIMIT))
    table = Table("Settings that decided", settings_table(report.analysis.results), columns)
    return Section(name="settings", title="Settings used", tables=[table])


def _how_to_read() -> Section:
    return Section(
        name="reading",
        title="How to read this",
        sentences=[
            "**Likely** gives the range in which the true figure lies in 19 of 20 such tests: other questions of the "
            "same kind would give somewhat other figures. More questions make the range narrower.",
            "**Failed** calls gave no usable reply. They count neither as right nor as wrong, and are in no other "
            "figure.",
            "**Handed to a person** means that the visitor got the text for handoffs instead of a stored answer.",
            "**Confidence** is how sure the engine was that the nearest entry is the right one. From the threshold on "
            "it gives the stored answer, below it a person takes over.",
            "Questions without a label were asked too, but nothing says what would have been right for them.",
            "Of a long list the first lines are shown. The spreadsheets that Frontline exports have every question.",
        ],
    )
