"""Which test questions are about one entry, and what became of each in the newest evaluation of its set."""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from core.datasets.dataset import Dataset, DatasetRow
from core.datasets.store import DatasetStore
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.text import same_question_key
from core.runs.ledger import Run
from core.runs.recent_analyses import RecentAnalyses
from core.runs.service import Runs
from core.statistics.verdict import Verdict

MOST = 200
"""Test questions of an entry that are listed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class EntryTest:
    """A test question that expects the entry, or, with ``is_stray``, one that got its answer and expects another.

    ``verdict`` and ``given_id`` (None for a person) tell what became of it in the run; ``verdict`` is None where no
    evaluation has asked it yet. One that is not ``held_out`` stands in the table, so it tests nothing.
    """

    dataset: str
    question: str
    held_out: bool = True
    is_stray: bool = False
    verdict: Verdict | None = None
    given_id: int | None = None
    run: Run | None = None


class EntryTests:
    """The use case: the test questions of one entry."""

    def __init__(self, *, access: Access, store: DatasetStore, runs: Runs, analyses: RecentAnalyses) -> None:
        self._access = access
        self._store = store
        self._runs = runs
        self._analyses = analyses

    def of(self, principal: Principal, org_id: str, entry_id: int) -> list[EntryTest]:
        """At most MOST of them, set by set, those that did not end right first."""
        self._access.require(principal, org_id, Permission.VIEW)
        newest: dict[str, Run] = {}
        for run in self._runs.listed(principal, org_id):
            if run.dataset_id is not None and run.ended_at is not None and run.finished:
                newest.setdefault(run.dataset_id, run)
        found = [
            one
            for dataset in self._store.datasets(org_id)
            for one in self._of_dataset(principal, dataset, entry_id, newest.get(dataset.dataset_id))
        ]
        return sorted(found, key=_order)[:MOST]

    def _of_dataset(
        self, principal: Principal, dataset: Dataset, entry_id: int, run: Run | None
    ) -> Iterator[EntryTest]:
        rows = self._store.rows(dataset.org_id, dataset.dataset_id, dataset.version)
        mine = [row for row in rows if entry_id in row.content.meant]
        if run is None:
            yield from _not_asked(dataset, mine)
            return
        ledger = self._analyses.of(principal, dataset.org_id, run.run_id).results.ledger
        asked = _by_question(ledger, {same_question_key(row.content.question) for row in mine})
        for row in mine:
            became = asked.get(same_question_key(row.content.question))
            if became is None:
                yield from _not_asked(dataset, [row])
            else:
                yield _asked(dataset.name, row.content.question, became, run, held_out=row.held_out)
        strays = ledger[(ledger["given_id"] == entry_id) & ledger["verdict"].isin(_STRAY)]
        for stray in strays.head(MOST).to_dict("records"):
            yield _asked(dataset.name, str(stray["question"]), stray, run, is_stray=True)


_VERDICTS = {verdict.value: verdict for verdict in Verdict}
_STRAY = [verdict.value for verdict in (Verdict.WRONG_ANSWER, Verdict.ANSWERED_OUT_OF_SCOPE)]


def _not_asked(dataset: Dataset, rows: Iterable[DatasetRow]) -> Iterator[EntryTest]:
    for row in rows:
        yield EntryTest(dataset=dataset.name, question=row.content.question, held_out=row.held_out)


def _asked(
    dataset: str,
    question: str,
    became: Mapping[Hashable, Any],
    run: Run,
    *,
    held_out: bool = True,
    is_stray: bool = False,
) -> EntryTest:
    given = became["given_id"]
    return EntryTest(
        dataset=dataset,
        question=question,
        held_out=held_out,
        is_stray=is_stray,
        verdict=_VERDICTS[became["verdict"]],
        given_id=None if pd.isna(given) else int(given),
        run=run,
    )


def _by_question(ledger: pd.DataFrame, wanted: set[str]) -> dict[str, Mapping[Hashable, Any]]:
    """The finished rows of a run that ask one of these, by their question."""
    if not wanted:
        return {}
    keys = ledger["question"].map(same_question_key)
    rows = ledger[keys.isin(wanted) & ledger["verdict"].notna()]
    return {same_question_key(str(row["question"])): row for row in rows.to_dict("records")}


def _order(one: EntryTest) -> tuple[bool, bool]:
    """What went wrong first, then what was not asked, then what is right."""
    return (one.verdict is Verdict.RIGHT, one.verdict is None)
