"""What the command leaves behind: files, and a summary in words."""

from collections.abc import Callable, Sequence

from core.commands.evaluate.bounds import Bound
from core.commands.evaluate.job import Job
from core.commands.exits import Ending, Exit
from core.moments import moment
from core.report import tables, words
from core.report.comparison_section import compared
from core.report.figures import Figure
from core.report.html import html
from core.report.json_figures import as_json
from core.report.junit import junit
from core.report.report import Against, Report
from core.runs.analysis import Analysis
from core.runs.ledger import Run
from core.statistics.comparison import compare

_MAKE: dict[str, Callable[[Report], bytes]] = {
    "csv": lambda report: tables.csv(report.analysis),
    "xlsx": lambda report: tables.workbook(report.analysis),
    "junit": lambda report: junit(report.analysis),
    "html": html,
    "json": as_json,
}


def report_of(job: Job, run: Run, baseline: Run | None) -> Report:
    """The run's report, compared with the baseline where there is one."""
    runs, principal, org_id = job.parts.runs, job.principal, job.org_id
    analysis = Analysis(runs.results(principal, org_id, run.run_id))
    against = None
    if baseline is not None:
        before = Analysis(runs.results(principal, org_id, baseline.run_id))
        against = Against(baseline=before, comparison=compare(before.rows, analysis.rows))
    return Report(analysis=analysis, took=runs.took(principal, org_id, run.run_id), against=against)


def write(job: Job, report: Report) -> None:
    """Write each file that was asked for; that it was taken is noted in the org's log, as everywhere."""
    run = report.analysis.results.run
    for kind, path in job.asked.outputs.items():
        data = _MAKE[kind](report)
        job.parts.audit.exported(job.principal, job.org_id, f"results of “{run.name}” as {kind}, on the command line")
        try:
            path.write_bytes(data)
        except OSError as error:
            raise Ending(Exit.CANNOT_RUN, f"{path} cannot be written: {error.strerror}.") from None


def summary(report: Report, figures: Sequence[Figure], bounds: Sequence[tuple[Bound, float | None, bool]]) -> str:
    """The figures, the comparison and the bounds, a line each."""
    run = report.analysis.results.run
    lines = [f"{run.name}: {run.finished:,} of {run.total:,} questions, evaluation {run.run_id}"]
    lines += [f"  {one.name:<22} {_value(one)}" for one in figures if one.value is not None]
    if stored := words.stored(report.analysis):
        lines.append(f"  {stored.replace('**', '')}")
    if unjudged := words.unjudged(report.analysis):
        lines.append(f"  {unjudged}")
    if took := words.took(report.took):
        lines.append(f"  {took}")
    if report.against is not None:
        other, section = report.against.baseline.results.run, compared(report.analysis, report.against)
        lines.append(f"Against {other.name} of {moment(other.created_at)}: {section.finding}")
        lines += [f"  {sentence.replace('**', '')}" for sentence in (*section.sentences, *section.warnings)]
    lines += [_told(*one) for one in bounds]
    return "\n".join(lines)


def _value(one: Figure) -> str:
    if one.value is None or one.of is None:
        return f"{one.value:.4g}"
    return f"{one.told} ({one.counted}{f', likely {one.likely}' if one.likely else ''})"


def _told(bound: Bound, value: float | None, kept: bool) -> str:
    sign = "at least" if bound.least else "at most"
    got = "nothing to count" if value is None else f"{value:.4f}"
    return f"{'kept  ' if kept else 'MISSED'} {bound.called}: {got}, {sign} {bound.limit:g} wanted"
