"""The lists of a run: confusions, tags, entries, and what went wrong."""

from collections.abc import Iterable, Iterator

import pandas as pd

from core.report import titles, words
from core.report.section import STATISTICS, Column, Kind, Section, SectionTable
from core.runs.analysis import Analysis
from core.statistics.by_tag import LEAST_ROWS
from core.statistics.confusions import EXAMPLES
from core.statistics.intervals import Interval
from core.statistics.numbers import percent, share, span
from core.statistics.rows import PERSON
from core.statistics.verdict import Verdict

CONFUSIONS, SLICES, ENTRIES, MISTAKES = 30, 40, 60, 200
"""Lines that a report shows of each list."""
SHOWN = 1_000
"""Confusions that the page shows."""

_ERRORS = tuple(verdict for verdict in Verdict if verdict.counting.is_mistake or verdict is Verdict.FAILED)
_DIFFERS = {"better": "Better", "worse": "Worse", "": ""}
_CONFUSIONS = (
    Column("Times", Kind.FIGURES, width=76, help="How many questions went so, of those that expect this"),
    Column("Expected", width=140),
    Column("Given instead", width=140),
    Column("Examples", Kind.TEXTS, width=420, help=f"The first {EXAMPLES} questions of these"),
)
_TAGS = (
    Column("Tag", width=100),
    Column("Right", Kind.SHARE, of="Questions", width=64),
    Column("Wrong entry", Kind.COUNT, width=96, is_detail=True),
    Column("Needless handoffs", Kind.COUNT, width=130, is_detail=True),
    Column("Answered out of scope", Kind.COUNT, width=150, is_detail=True),
    Column("Questions", Kind.COUNT, width=84),
    Column("Against the rest", width=120),
)
_ONLY_WHERE_THEY_SAY_SOMETHING = {"Against the rest", "Wrong entry", "Needless handoffs", "Answered out of scope"}
_TAG_STATISTICS = (
    Column("Tag"),
    Column("Right", Kind.SHARE, of="Questions", width=80),
    Column("Likely", Kind.FIGURES),
    Column("The rest", Kind.SHARE, of="others", width=90, help="Share right without this tag"),
)
_ENTRIES = (
    Column("Entry", width=130),
    Column("Expected", Kind.COUNT, width=74, help="Questions that expect it"),
    Column("Found", Kind.COUNT, width=60, help="Of these, how many got it"),
    Column("Given wrongly", Kind.COUNT, help="Times it was given to a question that expects something else"),
)
_ENTRY_STATISTICS = (
    Column("Entry", width=240),
    Column("Given", Kind.COUNT, help="Times it was given, rightly or not"),
    Column("Recall", Kind.SHARE, of="Expected", width=80, help="Of the questions that expect it, how many got it"),
    Column("Recall likely", Kind.FIGURES, is_detail=True),
    Column(
        "Precision",
        Kind.SHARE,
        of="Given",
        width=90,
        help="Of the times it was given, how often that was right; empty where it was never given",
    ),
    Column("Precision likely", Kind.FIGURES, is_detail=True),
    Column(
        "F1",
        Kind.SHARE,
        of="most",
        width=70,
        help="Both in one figure (their harmonic mean); 100 % only where both are",
        is_detail=True,
    ),
)
_MISTAKES = (Column("Line", Kind.LINE), *map(Column, ("Question", "Outcome", "Expected", "Given")))


def confusions(analysis: Analysis) -> Section | None:
    """Which entries were given in place of which, the most frequent first; None where nothing was confused."""
    found, count = analysis.confusions.head(SHOWN), len(analysis.confusions)
    if not count:
        return None
    questions = analysis.results.ledger["question"].to_numpy()
    frame = pd.DataFrame(
        {
            "Expected": _names(analysis, found["expected"]),
            "Given instead": _names(analysis, found["given"]),
            "Times": [share(*each) for each in zip(found["count"], found["of"], strict=True)],
            "Examples": [[str(questions[place]) for place in places] for places in found["places"]],
        }
    )
    return Section(
        name="confusions",
        title="Confusions",
        finding=titles.confused(analysis),
        sentences=[" ".join(_what_helps(analysis.confusions))],
        tables=[SectionTable("The most frequent confusions", frame, _CONFUSIONS, "confusions", count, CONFUSIONS)],
    )


def _what_helps(found: pd.DataFrame) -> Iterator[str]:
    """What to do about the kinds of confusion that there are."""
    from_person, to_person = found["expected"] == PERSON, found["given"] == PERSON
    if (~from_person & ~to_person).any():
        yield "Two entries taken for each other: give them clearer phrasings, or make them one."
    if from_person.any():
        yield "Meant for a person, but answered: give the entry narrower phrasings."
    if to_person.any():
        yield "Meant for an entry, but handed to a person: give the entry more phrasings."


def slices(analysis: Analysis) -> Section | None:
    """How each tag went, and which differ from the rest beyond chance; None where no question has one."""
    found = analysis.slices
    if found.empty:
        return None
    frame = pd.DataFrame(
        {
            "Tag": found["tag"],
            "Questions": found["rows"],
            "Right": found["rate"],
            "Likely": _spans(found, "rate", "rows"),
            "The rest": found["rest_rate"],
            "others": analysis.judged - found["rows"],
            "Against the rest": found["differs"].map(_DIFFERS),
            "Wrong entry": found["wrong_answer"],
            "Needless handoffs": found["needless_handoff"],
            "Answered out of scope": found["out_of_scope"],
        }
    )
    empty = {name for name in _ONLY_WHERE_THEY_SAY_SOMETHING if not frame[name].astype(bool).any()}
    columns = [column for column in _TAGS if column.name not in empty]
    return Section(
        name="slices",
        title="By tag",
        finding=titles.tags(analysis),
        tables=[SectionTable("The tags", frame, columns, "tags", printed=SLICES)],
        statistics=Section(
            name="slices-statistics",
            title=STATISTICS,
            tables=[SectionTable("How sure that is", frame, _TAG_STATISTICS, "tags", printed=SLICES)],
            notes=[
                "Better and worse compare a tag with other questions, which may be easier or harder: they say where to "
                "look, not why. With many tags some look bad by chance; a difference is only named when that is "
                f"unlikely (under 5 % over all tags together). Tags of fewer than {LEAST_ROWS} questions are not "
                "tested."
            ],
        ),
    )


def entries(analysis: Analysis) -> Section:
    """Each entry, the most missed first; with the averages, and how well questions for a person are told apart."""
    means, found = analysis.averages, analysis.entries
    section = Section(name="entries", title="By entry")
    if unjudged := words.unjudged(analysis):
        section.sentences.append(unjudged)
        return section
    section.finding = titles.entries(analysis)
    section.statistics = statistics = Section(name="entries-statistics", title=STATISTICS)
    if means is not None:
        statistics.sentences.append(
            f"{words.over_entries(means)}: recall **{percent(means.recall)}** (of the "
            f"questions that expect it, those that got it), precision **{percent(means.precision)}** (of the times it "
            f"was given, those that were right), F1 **{percent(means.f1)}** (both in one figure)."
        )
    statistics.sentences.append(words.for_a_person(analysis.out_of_scope))
    if not found.empty:
        frame = _entries_frame(analysis, found)
        section.tables.append(SectionTable("The entries", frame, _ENTRIES, "entries", printed=ENTRIES))
        section.notes.append("Those with the most questions missed stand first.")
        statistics.tables.append(
            SectionTable("Recall and precision", frame, _ENTRY_STATISTICS, "entries", printed=ENTRIES)
        )
        statistics.notes.append(
            "Of a few questions a figure says little. In the "
            "averages each entry counts the same, however many questions it has, and never given counts as 0. Failed "
            "calls and questions without a label count nowhere here. Where several entries are right, any of them is."
        )
    return section


def _entries_frame(analysis: Analysis, found: pd.DataFrame) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "Entry": _names(analysis, found["entry_id"]),
            "Expected": found["expected"],
            "Found": found["right"],
            "Given": found["given"],
            "Given wrongly": found["given"] - found["right"],
            "Recall": found["recall"].where(found["expected"] > 0),
            "Recall likely": _spans(found, "recall", "expected"),
            "Precision": found["precision"].where(found["given"] > 0),
            "Precision likely": _spans(found, "precision", "given"),
            "F1": found["f1"],
            "most": found[["expected", "given"]].max(axis=1),
        }
    )
    return frame.loc[(found["right"] - found["expected"]).sort_values(kind="stable").index]


def mistakes(analysis: Analysis) -> Section:
    """The questions that did not end as expected, and those that failed."""
    places = analysis.results.places(_ERRORS)
    section = Section(name="mistakes", title="The questions that did not end right")
    if not len(places):
        section.sentences.append(words.unjudged(analysis) or "None: " + words.no_mistakes(analysis))
        return section
    frame = analysis.results.table(places=places[:MISTAKES])
    frame["Given"] = frame["Given"].where(frame["Given"].astype(bool), frame["Problem"])
    what = "questions that did not end right"
    section.tables.append(SectionTable("In the order of the file", frame, _MISTAKES, what, len(places)))
    return section


def _names(analysis: Analysis, ids: "Iterable[int]") -> list[str]:
    return [analysis.name(entry_id) for entry_id in ids]


def _spans(found: pd.DataFrame, rate: str, of: str) -> list[str]:
    """The ranges of a rate; "" where there is none."""
    ends = zip(found[f"{rate}_low"].tolist(), found[f"{rate}_high"].tolist(), found[of].tolist(), strict=True)
    return ["" if pd.isna(low) else span(Interval(low, high), rows) for low, high, rows in ends]
