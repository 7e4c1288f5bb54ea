"""Asks the test questions of an org on two tables: the one that visitors get and the one that they would get."""

import hashlib
import json
import threading
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from core.answering import Answered, Failed, judged
from core.clock import Clock, now
from core.datasets.current_labels import resolved
from core.datasets.dataset import Dataset
from core.datasets.labels import Label
from core.datasets.store import DatasetStore
from core.engines.protocol import Effort, Engine, EngineReply, Engines
from core.errors import EngineFailed, FrontlineError
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.lru_cache import LruCache
from core.publishing.flips import CheckedOutcome, CheckedQuestion, CheckedTable, CheckResult, checked
from core.publishing.publication import KeptCheck
from core.publishing.store import PublishingStore
from core.questions.changes import Changes, applied
from core.questions.entry import UNSAVED, Entry, Published
from core.questions.policy import Policy
from core.questions.store import QuestionStore
from core.runs.costs import shared_out
from core.spending.service import Spending
from core.usage import NOTHING, Usage

KEPT_RESULTS = 64
KEPT_OUTCOMES = 50_000
"""Replies of the built-in engine, of all orgs together: the live side of a check is the same at each edit."""
LASTS = timedelta(minutes=30)
"""A reservation outlives its check when the process is killed in between."""


class CheckNeeded(FrontlineError):
    """A model server has to be asked first, which costs: nobody said yes to it."""

    def __init__(self) -> None:
        super().__init__(
            "The test questions have to be checked first. That asks a model server, which may cost something: start "
            "the check, then publish again."
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Side:
    """A table as it is asked, and all of its entries. ``is_saved``: it is a revision, with that one's settings."""

    published: Published
    table: CheckedTable
    is_saved: bool = True


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    dataset: str
    text: str
    before: Label | None
    after: Label | None


class Checks:
    """The use cases. Test questions are the org's chosen datasets, or all of them where none is chosen."""

    def __init__(
        self,
        *,
        access: Access,
        store: PublishingStore,
        questions: QuestionStore,
        datasets: DatasetStore,
        engines: Engines,
        spending: Spending,
        clock: Clock = now,
    ) -> None:
        self._access = access
        self._store = store
        self._questions = questions
        self._datasets = datasets
        self._engines = engines
        self._spending = spending
        self._clock = clock
        self._results: LruCache[tuple[object, ...], CheckResult] = LruCache(KEPT_RESULTS)
        self._outcomes: LruCache[tuple[str, int, str, str], CheckedOutcome] = LruCache(KEPT_OUTCOMES)

    def of_saved(self, principal: Principal, org_id: str, before: int, after: int) -> CheckResult:
        """What becomes of the test questions when revision ``after`` takes the place of ``before``.

        Raises NotFound, EngineUnavailable, or LimitReached when the org's month has no room for the calls.
        """
        self._access.require(principal, org_id, Permission.EVALUATE)
        sides = self._saved(org_id, before), self._saved(org_id, after)
        found = self._result(*sides)
        self._keep(*sides, found)
        return found

    def of_unsaved(self, principal: Principal, org_id: str, base_revision: int, changes: Changes) -> CheckResult:
        """What becomes of the test questions when these changes are made to a revision. Raises as ``of_saved``."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        before = self._saved(org_id, base_revision)
        return self._result(before, self._unsaved(before, changes))

    def of_settings(self, principal: Principal, org_id: str, base_revision: int, policy: Policy) -> CheckResult:
        """What becomes of the test questions under other settings than those of a revision. Raises as ``of_saved``."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        before = self._saved(org_id, base_revision)
        return self._result(before, _with(before, policy))

    def effort_of_settings(
        self, principal: Principal, org_id: str, base_revision: int, policy: Policy
    ) -> Effort | None:
        """About what that check takes of model servers, None where none is asked."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        before = self._saved(org_id, base_revision)
        return self._effort(before, _with(before, policy))

    def effort_of_saved(self, principal: Principal, org_id: str, before: int, after: int) -> Effort | None:
        """About what that check takes of model servers, None where none is asked."""
        self._access.require(principal, org_id, Permission.EVALUATE)
        return self._effort(self._saved(org_id, before), self._saved(org_id, after))

    def asks_a_server(self, principal: Principal, org_id: str) -> bool:
        """Whether a check costs something: the newest settings name a model server."""
        self._access.require(principal, org_id, Permission.VIEW)
        settings = self._questions.policy(org_id).model
        return self._engines.engine_for(org_id, settings).endpoint is not None

    def count(self, principal: Principal, org_id: str) -> int:
        """How many test questions a check asks at most."""
        self._access.require(principal, org_id, Permission.VIEW)
        return sum(dataset.rows for dataset in self._chosen(org_id))

    def between(self, org_id: str, before: int, after: int) -> KeptCheck:
        """How a publication ends, by the last check if nothing that decides it is another since, in whichever process
        it was made; else as ``of_saved``. Raises CheckNeeded too, where nobody agreed to ask a model server."""
        sides = self._saved(org_id, before), self._saved(org_id, after)
        kept = self._store.check(org_id, revision=after, replaced=before)
        if kept is not None and kept.asked_on == self._digest(*sides):
            return kept
        if any(self._engine(side).endpoint is not None for side in sides):
            raise CheckNeeded
        return self._keep(*sides, self._result(*sides))

    def _keep(self, before: _Side, after: _Side, found: CheckResult) -> KeptCheck:
        """Keep what a publication needs of a check, for all processes."""
        check = KeptCheck(
            revision=after.published.revision,
            replaced=before.published.revision,
            asked_on=self._digest(before, after),
            at=self._clock(),
            asked=found.asked,
            broken=len(found.broken),
            failed=found.failed,
        )
        self._store.keep_check(after.published.org_id, check)
        return check

    def _digest(self, before: _Side, after: _Side) -> str:
        """Names all that decides a check of two saved revisions, alike in every process."""
        datasets = [(one.dataset_id, one.version) for one in self._chosen(before.published.org_id)]
        sides = [[side.table.policy.as_json(), self._engine(side).version] for side in (before, after)]
        return hashlib.sha256(json.dumps([datasets, sides], sort_keys=True).encode()).hexdigest()

    def _result(self, before: _Side, after: _Side) -> CheckResult:
        key = self._key(before, after)
        if (kept := self._results.get(key)) is not None:
            return kept
        questions, left_out = self._test_questions(before, after)
        texts = list(dict.fromkeys(one.text for one in questions))
        sides = [self._asked(side, texts) for side in (before, after)]
        found = checked(
            [
                CheckedQuestion(
                    dataset=one.dataset,
                    question=one.text,
                    expected_before=one.before,
                    expected_after=one.after,
                    before=sides[0][one.text],
                    after=sides[1][one.text],
                )
                for one in questions
            ],
            before.table,
            after.table,
            left_out=left_out,
        )
        if not found.failed:
            self._results.put(key, found)
        return found

    def _key(self, before: _Side, after: _Side) -> tuple[object, ...]:
        datasets = tuple((one.dataset_id, one.version) for one in self._chosen(before.published.org_id))
        of_sides = [
            (side.published.org_id, side.published.revision, side.published.policy, self._engine(side).version)
            for side in (before, after)
        ]
        unsaved = () if after.is_saved else tuple(after.table.entries.values())
        return (*of_sides, datasets, unsaved)

    def _saved(self, org_id: str, revision: int) -> _Side:
        whole = self._questions.snapshot(org_id, revision)
        return _side(org_id, whole.revision, whole.entries, whole.policy)

    def _unsaved(self, before: _Side, changes: Changes) -> _Side:
        org_id = before.published.org_id
        first_new = self._questions.last_entry_id(org_id) + 1
        entries = applied(before.table.entries.values(), changes, first_new)
        return _side(org_id, UNSAVED, entries, before.table.policy, is_saved=False)

    def _chosen(self, org_id: str) -> list[Dataset]:
        wanted = self._store.state(org_id).rules.dataset_ids
        return [one for one in self._datasets.datasets(org_id) if not wanted or one.dataset_id in wanted]

    def _test_questions(self, before: _Side, after: _Side) -> tuple[list[_Question], int]:
        """The questions that say something of either table, and how many of them do not."""
        org_id = before.published.org_id
        found: list[_Question] = []
        left_out = 0
        for dataset in self._chosen(org_id):
            rows = self._datasets.rows(org_id, dataset.dataset_id, dataset.version)
            sides = [
                {row.line: row for row in resolved(rows, list(side.table.entries.values())).good}
                for side in (before, after)
            ]
            known = sides[0].keys() | sides[1].keys()
            for line in sorted(known):
                old, new = sides[0].get(line), sides[1].get(line)
                row = new or old
                assert row is not None  # noqa: S101 - the line is of one of the two
                found.append(
                    _Question(
                        dataset=dataset.name,
                        text=row.question,
                        before=old.label if old else None,
                        after=new.label if new else None,
                    )
                )
            left_out += sum(
                row.held_out and row.content.line not in sides[0] and row.content.line not in sides[1] for row in rows
            )
        return found, left_out

    def _engine(self, side: _Side) -> Engine:
        return self._engines.engine_for(side.published.org_id, side.table.policy.model)

    def _effort(self, before: _Side, after: _Side) -> Effort | None:
        paid = [(engine, side) for side in (before, after) if (engine := self._engine(side)).endpoint is not None]
        if not paid:
            return None
        texts = list(dict.fromkeys(one.text for one in self._test_questions(before, after)[0]))
        efforts = [engine.expected(texts, side.published).usage for engine, side in paid]
        sent, received = (sum(getattr(one, name) or 0 for one in efforts) for name in ("sent", "received"))
        return Effort(usage=Usage(sent=sent, received=received))

    def _asked(self, side: _Side, texts: Sequence[str]) -> dict[str, CheckedOutcome]:
        engine, published = self._engine(side), side.published
        if engine.endpoint is not None:
            return self._paid(engine, side, texts)
        keys = {text: (published.org_id, published.revision, engine.version, text) for text in texts}
        found: dict[str, CheckedOutcome] = {}
        if side.is_saved:
            found = {text: kept for text, key in keys.items() if (kept := self._outcomes.get(key)) is not None}
        left = [text for text in texts if text not in found]
        if left:
            engine.prepare(published, left)
        new = {text: _outcome(ended, text, published) for text, ended in _ask(engine, published, left)}
        if side.is_saved:
            for text, outcome in new.items():
                if not outcome.failed:
                    self._outcomes.put(keys[text], outcome)
        return {**found, **new}

    def _paid(self, engine: Engine, side: _Side, texts: Sequence[str]) -> dict[str, CheckedOutcome]:
        """Ask a model server, its cost set aside before and booked reply by reply. Kept replies cost nothing."""
        org_id, settings = side.published.org_id, side.table.policy.model
        guess = engine.expected(texts, side.published).usage
        name = f"check {uuid.uuid4()}"
        self._spending.reserve(
            org_id, settings, engine.endpoint, guess, reservation_id=name, lasts=LASTS, calls=max(1, len(texts))
        )
        each = shared_out(guess, max(1, len(texts)))
        outcomes = {}
        try:
            for text, ended in _ask(engine, side.published, texts):
                outcomes[text] = _outcome(ended, text, side.published)
                mode = None if isinstance(ended, EngineFailed) else ended.mode
                is_kept = not isinstance(ended, EngineFailed) and ended.reused
                if not is_kept and (mode is not None or ended.usage != NOTHING):
                    self._spending.settle(
                        org_id, settings, name, engine.endpoint, [ended.usage], calls=1, guess=each, mode=mode
                    )
        finally:
            self._spending.release(org_id, name)
        return {text: outcomes.get(text, CheckedOutcome(failed=True)) for text in texts}


def _side(org_id: str, revision: int, entries: Iterable[Entry], policy: Policy, *, is_saved: bool = True) -> _Side:
    every = {entry.id: entry for entry in entries}
    published = Published.of_table(org_id, revision, every.values(), policy)
    return _Side(published=published, table=CheckedTable(entries=every, policy=policy), is_saved=is_saved)


def _with(side: _Side, policy: Policy) -> _Side:
    """The same table with other settings. It keeps its number: an engine has read its entries already."""
    return _Side(
        published=replace(side.published, policy=policy), table=replace(side.table, policy=policy), is_saved=False
    )


def _ask(
    engine: Engine, published: Published, texts: Sequence[str]
) -> Iterable[tuple[str, EngineReply | EngineFailed]]:
    if texts:
        yield from engine.ask_all([(text, text) for text in texts], published, stop=threading.Event())


def _outcome(ended: EngineReply | EngineFailed, question: str, published: Published) -> CheckedOutcome:
    outcome = judged(ended, question, published, engine="", seconds=0.0).outcome
    if isinstance(outcome, Failed):
        return CheckedOutcome(failed=True)
    return CheckedOutcome(given=outcome.entry.id if isinstance(outcome, Answered) else None)
