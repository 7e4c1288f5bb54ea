"""The beginning of a report: what was tested, what came out, and what it cost."""

from collections.abc import Iterator

import pandas as pd

from core.moments import moment
from core.plurals import counted
from core.report import charts, titles, words
from core.report.figures import outcomes
from core.report.section import Column, Kind, Picture, Section, Table
from core.runs.analysis import Analysis
from core.runs.ledger import Status
from core.runs.run_usage import RunUsage
from core.statistics.numbers import percent, share, span
from core.statistics.verdict import Verdict

_ENDED = {
    Status.CANCELLED: "It was cancelled before its last question.",
    Status.STOPPED: "It was stopped before its last question.",
}
_OUTCOMES = (
    Column("Outcome"),
    Column("Share", Kind.FIGURES),
    Column("Likely", Kind.FIGURES),
    Column("Questions"),
    Column("What it means"),
)


def tested(analysis: Analysis) -> Section:
    """What was asked, of what, by whom and when."""
    run = analysis.results.run
    were, them = ("was", "it") if run.finished == 1 else ("were", "them")
    sentences = [
        f"{counted(run.finished, 'question')} {were} put to the bot as a visitor would put {them}. Where the file "
        f"“{run.name}” says what is right, the reply "
        "was compared with it.",
        f"The answers were those of revision {run.revision} "
        f"({counted(len(analysis.results.entries), 'entry', 'entries')}); {run.engine} decided. "
        f"{run.author} started it on {moment(run.created_at)}.",
    ]
    if run.finished < run.total:
        why = f" {run.reason}" if run.reason else ""
        left = f"**{run.total - run.finished:,} of {run.total:,} questions were not asked.**"
        sentences.append(f"{left} {_ENDED.get(run.status, '')}{why}")
    return Section(name="tested", title="What was tested", sentences=sentences)


def result(analysis: Analysis) -> Section:
    """The verdict in a sentence, then every outcome with its share, and a picture of them."""
    rows = analysis.rows
    handed, answered = int(((rows.given < 0) & ~rows.failed).sum()), int(((rows.given >= 0) & ~rows.failed).sum())
    found = Section(
        name="result",
        title="What came out",
        finding=titles.right(analysis),
        sentences=[
            words.verdict(analysis.summary),
            f"Of {counted(len(rows), 'question')}, {answered:,} got an answer, {handed:,} went to a person, "
            f"{analysis.summary.count(Verdict.FAILED):,} failed.",
        ],
        warnings=[stored] if (stored := words.stored(analysis)) else [],
        tables=[Table("The outcomes", _outcomes(analysis), _OUTCOMES)],
    )
    drawable = pd.DataFrame(_bars(analysis), columns=["label", "value", "low", "high"])
    if len(drawable) and analysis.judged:
        see = "Each bar is the share of an outcome. The line across its end is where the true share likely lies."
        found.charts.append(
            Picture(name="rates", title="The outcomes as a picture", see=see, chart=charts.rates(drawable))
        )
    return found


def _bars(analysis: Analysis) -> Iterator[tuple[str, float, float, float]]:
    for one in outcomes(analysis.summary):
        if one.value is not None and one.low is not None and one.high is not None:
            yield one.label, one.value, one.low, one.high


def _outcomes(analysis: Analysis) -> pd.DataFrame:
    lines = [(one.label, one.told, one.likely, one.counted, one.gloss) for one in outcomes(analysis.summary)]
    return pd.DataFrame(lines, columns=[column.name for column in _OUTCOMES])


def cost(took: RunUsage) -> Section | None:
    """What it took of a model server; None where none was asked."""
    said = words.took(took)
    if not said:
        return None
    found = Section(name="cost", title="What it cost", sentences=[f"{said}."])
    if took.recall is not None and took.recall_interval is not None:
        found.sentences.append(
            f"The table was too large to be sent whole, so the nearest entries were offered to the model: "
            f"{percent(took.recall, took.shortlisted)} of these lists held the right entry "
            f"({share(took.offered, took.shortlisted)}, likely {span(took.recall_interval, took.shortlisted)})."
        )
    return found
