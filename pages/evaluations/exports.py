"""The files that people take away from a run: its rows to calculate with, its tests for CI, and its report to read."""

from collections.abc import Callable
from datetime import tzinfo

import streamlit as st

from core.bootstrap import frontline
from core.files.writing import safe_file_name, without_ending
from core.identity.principal import Principal
from core.report import tables
from core.report.html import html
from core.report.junit import junit
from core.report.report import Against, Report
from core.runs.analysis import Analysis
from core.statistics.proportion import Ints
from pages.shell import downloads, notices, session

PAGE = "evaluations"
REPORT = "A file in plain words with the charts, to open in any browser, to print and to send. It needs no Frontline."
XLSX = "Three sheets: rows, metrics, settings."
JUNIT = "For developers: a build server such as Jenkins shows each question as a test (JUnit XML)."


def rows(principal: Principal, org_id: str, analysis: Analysis, places: Ints, *, whole: bool) -> None:
    """Downloads of the rows at these places, if there are any, and of the whole run."""
    which, zone = "all rows" if whole else "the rows found", notices.zone()
    found: list[tuple[str, str, Callable[[], bytes], str | None]] = [
        (f"Download {which} as CSV", ".csv", lambda: tables.csv(analysis, places), None),
        (f"Download {which} as XLSX", ".xlsx", lambda: tables.workbook(analysis, places, zone), XLSX),
    ]
    files: list[tuple[str, str, Callable[[], bytes], str | None]] = [
        *(found if len(places) else ()),
        ("Results for a build server", ".xml", lambda: junit(analysis), JUNIT),
        ("Report", ".html", lambda: html(_report(principal, org_id, analysis, zone)), REPORT),
    ]
    with st.container(horizontal=True):
        for label, suffix, make, about in files:
            _download(principal, org_id, analysis, label, suffix=suffix, make=make, about=about)


def comparison(principal: Principal, org_id: str, after: Analysis, against: Against) -> None:
    """The download of the report with this comparison in it."""
    zone = notices.zone()
    _download(
        principal,
        org_id,
        after,
        "Report with this comparison",
        suffix=".html",
        make=lambda: html(_report(principal, org_id, after, zone, against)),
        about=REPORT,
        name="compared",
    )


def _report(
    principal: Principal, org_id: str, analysis: Analysis, zone: tzinfo, against: Against | None = None
) -> Report:
    """The report for a reader in this zone; a file is made when it is fetched, where no browser is asked any more."""
    took = frontline().runs.took(principal, org_id, analysis.results.run.run_id)
    return Report(analysis=analysis, took=took, against=against, zone=zone)


def _download(
    principal: Principal,
    org_id: str,
    analysis: Analysis,
    label: str,
    *,
    suffix: str,
    make: Callable[[], bytes],
    about: str | None = None,
    name: str = "results",
) -> None:
    run = analysis.results.run
    downloads.button(
        label,
        make=downloads.noted(principal, org_id, f"{name} of “{run.name}” as {suffix}", make),
        file_name=safe_file_name(f"{without_ending(run.name)} {name}", suffix),
        help=about,
        key=session.key(PAGE, org_id, f"download_{name}{suffix}_{run.run_id}"),
    )
