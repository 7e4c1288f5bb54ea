"""All that can be told of an ended run beyond its plain counts, each part made when it is first asked for."""

import functools
import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd

from core.datasets import leakage
from core.runs.results import A_PERSON, Results
from core.runs.run_threshold import LEAST_SET, MOST_SET, deciding_confidence, lowest_known, used_built_in
from core.statistics import by_entry, by_tag, calibration, confidences, confusions, promise, risk_coverage, thresholds
from core.statistics.metrics import Summary, summarise
from core.statistics.proportion import Proportion
from core.statistics.rows import NOTHING, PERSON, Rows, rows_of
from core.statistics.verdict import Verdict

LEAKS_NEARLY = 5_000
"""Rows of a run up to which it is looked for questions that are nearly in its table: a page waits for it."""
_VERDICTS = {verdict.value: verdict for verdict in Verdict}


class _Asked(NamedTuple):
    """A row for the comparison with the table."""

    line: int
    question: str


class Analysis:
    """A run's results and what follows from them. The rows of an ended run do not change, so each part is made once."""

    def __init__(self, results: Results) -> None:
        self.results = results
        self._questions = {entry.id: entry.question for entry in results.entries}
        self._choices: dict[float, thresholds.ThresholdChoice | None] = {}
        self._promises: dict[int, promise.Finding | None] = {}

    def name(self, entry_id: int) -> str:
        """The entry's question as it stood at the run's revision; of PERSON the words for it."""
        return A_PERSON if entry_id == PERSON else self._questions.get(entry_id, f"No. {entry_id}")

    @functools.cached_property
    def summary(self) -> Summary:
        """The counts and rates of what is finished."""
        done = self.results.ledger.dropna(subset=["verdict"])
        counts = Counter(zip(done["label"].tolist(), done["verdict"].tolist(), strict=True))
        return summarise({(kind, _VERDICTS[verdict]): count for (kind, verdict), count in counts.items()})

    @functools.cached_property
    def rows(self) -> Rows:
        """The finished rows as arrays."""
        return rows_of(self.results.ledger)

    @property
    def labelled(self) -> int:
        """How many finished rows say what is expected, failed ones too."""
        return int((self.rows.expected != NOTHING).sum())

    @property
    def judged(self) -> int:
        """How many rows say what is expected and got a reply: without any, nothing can be said of right and wrong."""
        return int(self.rows.judged.sum())

    @functools.cached_property
    def leaks(self) -> list[leakage.Leak]:
        """The finished rows whose question stood in the table of the run, word for word or, of at most LEAKS_NEARLY
        rows, nearly; ``line`` is the place in the ledger."""
        rows = zip(self.rows.place.tolist(), self.rows.question.tolist(), strict=True)
        asked = [_Asked(line, question) for line, question in rows]
        return leakage.leaks(asked, self.results.entries, nearly=len(asked) <= LEAKS_NEARLY)

    @functools.cached_property
    def right_without_leaks(self) -> Proportion:
        """The share right of the judged rows that did not stand in the table."""
        others = self._without_leaks.take(self._without_leaks.judged)
        return Proportion(int(others.right.sum()), len(others))

    @functools.cached_property
    def _without_leaks(self) -> Rows:
        stored = {leak.line for leak in self.leaks}
        return self.rows.take(np.array([place not in stored for place in self.rows.place.tolist()], dtype=bool))

    @functools.cached_property
    def entries(self) -> pd.DataFrame:
        """See ``core.statistics.by_entry.by_entry``."""
        return by_entry.by_entry(self.rows)

    @functools.cached_property
    def averages(self) -> by_entry.Averages | None:
        """The macro averages over the entries that some row expects."""
        return by_entry.averages(self.entries)

    @functools.cached_property
    def out_of_scope(self) -> by_entry.OutOfScope:
        """How well questions for a person are told from the others."""
        return by_entry.out_of_scope(self.rows)

    @functools.cached_property
    def confusions(self) -> pd.DataFrame:
        """See ``core.statistics.confusions.confusions``."""
        return confusions.confusions(self.rows)

    @functools.cached_property
    def confidences(self) -> confidences.Confidences | None:
        """The rows with a confidence, None when the engine told none."""
        return confidences.confidences(self.rows)

    @functools.cached_property
    def brier(self) -> calibration.Brier | None:
        """The Brier score of the confidence; None without any."""
        found = self.confidences
        return calibration.brier(found.value, found.right) if found else None

    @functools.cached_property
    def risk_coverage(self) -> risk_coverage.RiskCoverage | None:
        """The risk-coverage curve of the confidence; None without any."""
        found = self.confidences
        return risk_coverage.risk_coverage(found.value, found.right) if found else None

    @functools.cached_property
    def usable(self) -> Rows | None:
        """The rows whose end at another threshold is known; None when the engine told no confidence."""
        return thresholds.usable(self.rows, self._own)

    @property
    def _own(self) -> float | None:
        run = self.results.run
        return None if used_built_in(run) else deciding_confidence(run)

    @property
    def lowest_threshold(self) -> float:
        """The lowest threshold (0 to 1) of which this run tells anything, a whole number of per cent."""
        return math.ceil(round(lowest_known(self.results.run) * 100, 6)) / 100

    @property
    def _can_be_set(self) -> tuple[float, float]:
        """The lowest and the highest threshold that could be recommended."""
        return (LEAST_SET, MOST_SET) if used_built_in(self.results.run) else (self.lowest_threshold, 1.0)

    @functools.cached_property
    def outlook(self) -> pd.DataFrame | None:
        """See ``core.statistics.thresholds.outlook``; None when the engine told no confidence."""
        return None if self.usable is None else thresholds.outlook(self.usable)

    def choice(self, wrong_costs: float) -> thresholds.ThresholdChoice | None:
        """The cheapest threshold at this cost of a wrong answer; None with too few rows or without confidence."""
        if wrong_costs not in self._choices:
            rows, (lowest, highest) = self.usable, self._can_be_set
            self._choices[wrong_costs] = None if rows is None else thresholds.choose(rows, wrong_costs, lowest, highest)
        return self._choices[wrong_costs]

    @functools.cached_property
    def promised_rows(self) -> Rows | None:
        """The rows that a promise goes by, without those that stood in the table, which say nothing of what others
        ask; see ``core.statistics.promise``. None when the engine told no confidence."""
        return promise.promised_rows(self._without_leaks, self._own)

    @property
    def most_careful(self) -> float:
        """The highest threshold (0 to 1) that could be set."""
        return self._can_be_set[1]

    def promise(self, most_wrong: int) -> promise.Finding | None:
        """Whether and from which threshold on at most so many of 100 visitors get a wrong answer; None when the engine
        told no confidence."""
        if most_wrong not in self._promises:
            rows, (lowest, highest) = self.promised_rows, self._can_be_set
            self._promises[most_wrong] = None if rows is None else promise.find(rows, most_wrong, lowest, highest)
        return self._promises[most_wrong]

    @functools.cached_property
    def slices(self) -> pd.DataFrame:
        """See ``core.statistics.by_tag.by_tag``."""
        return by_tag.by_tag(self.rows)
