"""The beginning of a report: what was tested, what came out, and what it cost."""

from datetime import tzinfo

import pandas as pd

from core.moments import moment
from core.plurals import counted
from core.report import charts, titles, words
from core.report.figures import outcomes
from core.report.section import Column, Kind, Picture, Section, SectionTable
from core.runs.analysis import Analysis
from core.runs.ledger import Status
from core.runs.run_usage import RunUsage
from core.statistics.numbers import percent, share, span

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


def tested(analysis: Analysis, zone: tzinfo) -> Section:
    """What was asked, of what, by whom and when, on the clocks of a zone."""
    run = analysis.results.run
    were, them = ("was", "it") if run.finished == 1 else ("were", "them")
    sentences = [
        f"{counted(run.finished, 'question')} {were} put to the bot as a visitor would put {them}. Where the file "
        f"“{run.name}” says what is right, the reply "
        "was compared with it.",
        f"The answers were those of revision {run.revision} "
        f"({counted(len(analysis.results.entries), 'entry', 'entries')}); {run.engine} decided. "
        f"{run.author} started it on {moment(run.created_at, zone)}.",
    ]
    if run.finished < run.total:
        why = f" {run.reason}" if run.reason else ""
        left = f"**{run.total - run.finished:,} of {run.total:,} questions were not asked.**"
        sentences.append(f"{left} {_ENDED.get(run.status, '')}{why}")
    return Section(name="tested", title="What was tested", sentences=sentences)


def result(analysis: Analysis) -> Section:
    """The verdict in a sentence, then every outcome with its share, and a picture of them."""
    summary, stored = analysis.summary, words.stored(analysis)
    found = outcomes(summary)
    lines = [(one.label, one.told, one.likely, one.counted, one.gloss) for one in found]
    frame = pd.DataFrame(lines, columns=[column.name for column in _OUTCOMES])
    section = Section(
        name="result",
        title="What came out",
        finding=titles.right(analysis),
        sentences=[words.verdict(summary), words.replies(analysis)],
        warnings=[stored] if stored else [],
        tables=[SectionTable("The outcomes", frame, _OUTCOMES)],
        notes=words.left_out(summary),
    )
    if analysis.judged:
        bars = [(one.label, one.value, one.low, one.high) for one in found if one.likely]
        section.charts.append(
            Picture(
                name="rates",
                title=titles.mistakes(summary),
                see="Each bar is the share of an outcome. The line across its end is where the true share likely lies.",
                chart=charts.rates(pd.DataFrame(bars, columns=["label", "value", "low", "high"])),
            )
        )
    return section


def cost(took: RunUsage) -> Section | None:
    """What it took of a model server; None where none was asked."""
    said = words.took(took)
    if not said:
        return None
    found = Section(name="cost", title="What it cost", sentences=[f"{said}."])
    if took.reused:
        found.notes.append(
            "A kept reply: the very same question was asked before on the same table, so nothing was paid."
        )
    if took.recall is not None and took.recall_interval is not None:
        found.sentences.append(
            "The table was too large to be sent whole, so the nearest entries were offered to the model: "
            f"{percent(took.recall, took.shortlisted)} of these lists held the right entry "
            f"({share(took.offered, took.shortlisted)}, likely {span(took.recall_interval, took.shortlisted)})."
        )
        found.notes.append("Where the right entry is missing from its list, no model can find it.")
    return found
