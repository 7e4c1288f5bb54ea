"""What goes over the wire about evaluation runs."""

import json
from datetime import datetime
from typing import Any

import pandas as pd
from pydantic import BaseModel, Field

from core.datasets.columns import ColumnMapping
from core.datasets.expectations import value_key
from core.datasets.labels import Label, LabelKind
from core.datasets.meanings import meaning_of
from core.datasets.preview import Preview
from core.errors import InvalidInput, Problem
from core.runs.ledger import Run, Status
from core.runs.results import others_of
from core.statistics.metrics import Summary
from core.statistics.verdict import Verdict

LEFT_OUT_TOLD = 100
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class RunShown(BaseModel):
    """A run and how far it is: ``finished`` of ``total`` rows have their outcome."""

    run_id: str
    name: str
    status: Status = Field(description="done, cancelled and stopped are final")
    reason: str = Field(description="Why it was stopped, for people")
    revision: int
    engine: str
    author: str
    created_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    total: int
    finished: int

    @classmethod
    def of(cls, run: Run) -> "RunShown":
        """The run for the wire."""
        return cls.model_validate(run, from_attributes=True)


class LeftOut(BaseModel):
    """A row that cannot be run, and why."""

    line: int
    reason: str


class Columns(BaseModel):
    """Which column was taken for what."""

    question: str | None
    expected: str | None
    expected_kind: str


class RunStarted(RunShown):
    """A run that begins, and how its file was understood: the first 100 rows that were left out, and how many."""

    columns: Columns
    left_out: list[LeftOut]
    left_out_total: int

    @classmethod
    def begun(cls, run: Run, mapping: ColumnMapping, preview: Preview) -> "RunStarted":
        """The new run for the wire."""
        told = [LeftOut(line=row.line, reason=row.reason) for row in preview.left_out[:LEFT_OUT_TOLD]]
        columns = Columns(
            question=mapping.question, expected=mapping.expected, expected_kind=mapping.expected_kind.value
        )
        return cls(**RunShown.of(run).model_dump(), columns=columns, left_out=told, left_out_total=len(preview.bad))


class RateShown(BaseModel):
    """How many rows had an outcome, of how many, and the rate with its 95 % interval; null where there are none.

    Right is a share of the labelled rows, a wrong answer and a needless handoff of those that expect an entry, answered
    out of scope of those for a person; failed and not labelled of all. Failed rows are in no share but their own.
    """

    outcome: Verdict
    count: int
    of: int
    rate: float | None
    low: float | None
    high: float | None


class RunWithRates(RunShown):
    """A run, and the figures of the rows that are finished. A failed call counts in no rate but its own."""

    rates: list[RateShown]

    @classmethod
    def summed_up(cls, run: Run, summary: Summary) -> "RunWithRates":
        """The run for the wire."""
        rates = [
            RateShown(
                outcome=rate.verdict,
                count=rate.count,
                of=rate.of,
                rate=rate.rate,
                low=rate.interval.low if rate.interval else None,
                high=rate.interval.high if rate.interval else None,
            )
            for rate in summary.rates
        ]
        return cls(**RunShown.of(run).model_dump(), rates=rates)


class RunPage(BaseModel):
    """Runs, newest first; the newest hundred are listed."""

    runs: list[RunShown]
    next: str | None


class ResultRow(BaseModel):
    """One finished row: what was asked, expected, given, and why."""

    line: int = Field(description="Where it stands in the file")
    question: str
    expected: str = Field(description="As the file had it")
    expected_kind: LabelKind
    expected_ids: list[int]
    outcome: Verdict
    entry_id: int | None = Field(description="The entry that was given, null for a handoff or a failure")
    answer: str | None = Field(description="What the visitor got, word for word; null after a failure")
    confidence: float | None
    nearest_id: int | None
    nearest_phrasing: str | None
    seconds: float | None
    problem: str = Field(description="Why the call failed")
    others: dict[str, str] = Field(description="The cells of the file's other columns, by their headings")


class ResultPage(BaseModel):
    """Finished rows in the order of the file. While a run goes on, rows before a cursor may still be finished."""

    run: RunShown
    results: list[ResultRow]
    next: str | None


def result_row(found: dict[str, Any], answers: dict[int, str], fallback: str) -> ResultRow:
    """A row of the ledger for the wire; ``answers`` are the entries' texts at the run's revision."""
    outcome = _VERDICTS[found["verdict"]]
    given = _whole(found["given_id"])
    answer = None if outcome is Verdict.FAILED else fallback if given is None else answers.get(given)
    return ResultRow(
        line=int(found["line"]),
        question=found["question"],
        expected=found["expected"],
        expected_kind=LabelKind(found["label"]),
        expected_ids=list(found["label_ids"]),
        outcome=outcome,
        entry_id=given,
        answer=answer,
        confidence=_number(found["confidence"]),
        nearest_id=_whole(found["best_id"]),
        nearest_phrasing=found["phrasing"] if isinstance(found["phrasing"], str) else None,
        seconds=_number(found["seconds"]),
        problem=found["reason"] if isinstance(found["reason"], str) else "",
        others=others_of(found["extra"]),
    )


def _number(value: Any) -> float | None:  # noqa: ANN401 - a cell of a frame, whose missing values are None or NaN
    return None if pd.isna(value) else float(value)


def _whole(value: Any) -> int | None:  # noqa: ANN401 - as above
    number = _number(value)
    return None if number is None else int(number)


_FORM = "write a JSON object: for each label the number of an entry, “person”, or “none” for no label."


def labels_said(text: str | None) -> dict[str, Label]:
    """The labels and their meanings, from a JSON object; none for None. Raises InvalidInput."""
    if text is None or not text.strip():
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        found = None
    meanings = {name: _meaning(meaning) for name, meaning in found.items()} if isinstance(found, dict) else None
    if meanings is None or None in meanings.values():
        raise InvalidInput([Problem(row="The request", field="labels", reason=_FORM)])
    return {value_key(name): label for name, label in meanings.items() if label is not None}


def _meaning(value: object) -> Label | None:
    return meaning_of(str(value)) if isinstance(value, str | int) else None
