"""The rows of ended runs and what follows from them, read once: they change only when failed ones are asked again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from core.bootstrap import frontline
from core.identity.principal import Principal
from core.report import comparison_section
from core.report.comparison_leaks import StoredQuestions, stored_questions
from core.report.report import Against
from core.report.section import Section
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.runs.recent_analyses import has_other_rows
from core.runs.run_usage import RunUsage
from core.statistics.comparison import Comparison, adjusted, compare, entries_compared
from pages.shell import session

PAGE = "evaluations"


def analysis(principal: Principal, org_id: str, run: Run, *, role: str = "results") -> Analysis:
    """The analysis of a run; of each ``role`` ("results", "baseline") the last one is kept."""
    kept: Analysis | None = session.get(PAGE, org_id, role)
    if kept is None or has_other_rows(kept.results.run, run):
        kept = frontline().analyses.of(principal, org_id, run.run_id)
        session.put(PAGE, org_id, role, kept)
    return kept


def took(principal: Principal, org_id: str, run: Run) -> RunUsage:
    """What a run took; that of the last one is kept."""
    kept: tuple[Run, RunUsage] | None = session.get(PAGE, org_id, "took")
    if kept is None or has_other_rows(kept[0], run):
        kept = (run, frontline().runs.took(principal, org_id, run.run_id))
        session.put(PAGE, org_id, "took", kept)
    return kept[1]


@dataclass(frozen=True)
class Compared:
    """A run against another one, what is told of it, and the same for each entry."""

    after: Analysis
    against: Against
    section: Section
    by_entry: pd.DataFrame


def compared(org_id: str, before: Analysis, after: Analysis) -> Compared:
    """The comparison of two runs; the last one is kept."""
    kept: Compared | None = session.get(PAGE, org_id, "compared")
    if kept is None or kept.against.baseline is not before or kept.after is not after:
        against = Against(baseline=before, comparison=compare(before.rows, after.rows))
        by_entry = entries_compared(before.rows, after.rows, against.comparison.pairs)
        section = comparison_section.compared(after, against)
        kept = Compared(after=after, against=against, section=section, by_entry=by_entry)
        session.put(PAGE, org_id, "compared", kept)
    return kept


@dataclass(frozen=True)
class Several:
    """Comparisons of one run, with which others they are, and of each what stands in the tables of the two."""

    after: Analysis
    run_ids: tuple[str, ...]
    found: list[Comparison]
    stored: list[StoredQuestions | None]


def several(principal: Principal, org_id: str, after: Analysis, runs: Sequence[Run]) -> Several:
    """A run against each of these ended ones; the last such comparisons are kept, and of the others no row."""
    run_ids = tuple(run.run_id for run in runs)
    kept: Several | None = session.get(PAGE, org_id, "several")
    if kept is None or kept.after is not after or kept.run_ids != run_ids:
        service = frontline().runs
        others = (Analysis(service.results(principal, org_id, run_id)) for run_id in run_ids)
        kept = against_each(after, run_ids, others)
        session.put(PAGE, org_id, "several", kept)
    return kept


def against_each(after: Analysis, run_ids: tuple[str, ...], others: Iterable[Analysis]) -> Several:
    """A run against each of these others, which are looked at once and not kept. The p-values are adjusted for their
    number, also those of the comparisons without what stands in a table."""
    found, stored = [], []
    for other in others:
        found.append(compare(other.rows, after.rows))
        stored.append(stored_questions(other, after, found[-1]))
    alone = iter(adjusted([one.alone for one in stored if one]))
    return Several(
        after=after,
        run_ids=run_ids,
        found=adjusted(found),
        stored=[replace(one, alone=next(alone)) if one else None for one in stored],
    )
