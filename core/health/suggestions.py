"""More phrasings for an entry: from what runs asked, and from a model server; each is tried before it is shown."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Protocol

from core.datasets.fixes import Fixes
from core.engines.protocol import Decision
from core.errors import EngineFailed, EngineUnavailable, NotFound
from core.health.asked_questions import SuggestedBy, Suggestion, asked_questions
from core.health.written_phrasings import PhrasingWriter
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.publishing.check import Checks
from core.questions.changes import Changes, one_line
from core.questions.checks import TableChecks
from core.questions.entry import Entry, Published
from core.questions.revisions import Revision, Snapshot
from core.questions.service import Questions
from core.questions.text import same_question_key
from core.runs.ledger import Run
from core.runs.recent_analyses import RecentAnalyses
from core.runs.results import Results
from core.runs.service import Runs

SHOWN = 5
TRIED = 20
"""Texts of which so many are tried, until SHOWN of them passed."""
RUNS = 5
"""The newest runs whose questions are looked through."""
NOTE = "Suggested phrasing added"


class Decides(Protocol):
    """The built-in engine."""

    def decide(self, question: str, published: Published, /) -> Decision:
        """Which entry the question means. Raises EngineUnavailable, EngineFailed."""


class Suggestions:
    """The use cases of who edits; nothing enters the table before somebody accepts it.

    A text is shown when the built-in engine would give the entry for it, and when no test question of the org gets
    worse with it in the table. These are not asked where the person may not run evaluations, or the org's questions go
    to a model server, which would cost.
    """

    def __init__(
        self,
        *,
        access: Access,
        questions: Questions,
        runs: Runs,
        analyses: RecentAnalyses,
        checks: Checks,
        fixes: Fixes,
        engine: Decides,
        writer: PhrasingWriter,
    ) -> None:
        self._access = access
        self._questions = questions
        self._runs = runs
        self._analyses = analyses
        self._checks = checks
        self._fixes = fixes
        self._engine = engine
        self._writer = writer

    def from_runs(self, principal: Principal, org_id: str, entry_id: int) -> list[Suggestion]:
        """From the questions of the newest runs: at most SHOWN, those that went elsewhere first.

        Raises NotFound for an entry that is gone or off, EngineUnavailable.
        """
        table, entry = self._entry(principal, org_id, entry_id)
        found = asked_questions(self._results(principal, org_id), entry_id)
        return self._passed(principal, table, entry, found)

    def can_write(self, principal: Principal, org_id: str) -> bool:
        """Whether the org's settings name a model server that can be asked for phrasings."""
        try:
            return self._checks.asks_a_server(principal, org_id)
        except EngineUnavailable:
            return False

    def written(self, principal: Principal, org_id: str, entry_id: int) -> list[Suggestion]:
        """From the org's model server, one call, booked as any other: at most SHOWN. Raises as ``from_runs``,
        LimitReached when the month has no room for it, and EngineFailed."""
        table, entry = self._entry(principal, org_id, entry_id)
        texts = self._writer.phrasings(org_id, table.policy.model, entry)
        found = [Suggestion(phrasing=text, by=SuggestedBy.MODEL) for text in texts]
        return self._passed(principal, table, entry, found)

    def accept(self, principal: Principal, org_id: str, entry_id: int, suggestion: Suggestion) -> Revision | None:
        """Add it to the entry, as a save like any other; a test question then tests nothing any more.

        Raises as ``Questions.add_phrasing``.
        """
        self._access.require(principal, org_id, Permission.EDIT, fresh=True)
        if suggestion.run_id is not None and suggestion.line is not None:
            return self._fixes.add_phrasing(
                principal,
                org_id,
                suggestion.run_id,
                line=suggestion.line,
                question=suggestion.phrasing,
                entry_id=entry_id,
            )
        return self._questions.add_phrasing(
            principal, org_id, entry_id=entry_id, phrasing=suggestion.phrasing, note=NOTE
        )

    def _entry(self, principal: Principal, org_id: str, entry_id: int) -> tuple[Snapshot, Entry]:
        self._access.require(principal, org_id, Permission.EDIT)
        table = self._questions.table(principal, org_id)
        entry = next((one for one in table.entries if one.id == entry_id and one.enabled), None)
        if entry is None:
            raise NotFound(f"Entry No. {entry_id} is gone or switched off. Choose another.")
        return table, entry

    def _results(self, principal: Principal, org_id: str) -> Iterator[Results]:
        ended: list[Run] = [
            run for run in self._runs.listed(principal, org_id) if run.ended_at is not None and run.finished
        ]
        for run in ended[:RUNS]:
            yield self._analyses.of(principal, org_id, run.run_id).results

    def _passed(
        self, principal: Principal, table: Snapshot, entry: Entry, found: Iterable[Suggestion]
    ) -> list[Suggestion]:
        """Those that pass the round trip."""
        known = {same_question_key(text) for one in table.entries for text in one.phrasings}
        rules = TableChecks(table.entries)
        may = self._access.require(principal, table.org_id, Permission.EDIT).permissions
        is_checked = Permission.EVALUATE in may and not self._checks.asks_a_server(principal, table.org_id)
        passed: list[Suggestion] = []
        tried = 0
        for one in found:
            text, key = one_line(one.phrasing), same_question_key(one.phrasing)
            changes = Changes(edited={entry.id: {"alternates": (*entry.alternates, text)}})
            if not text or key in known or rules.problems(changes):
                continue
            known.add(key)
            tried += 1
            if self._leads_there(principal, table, entry, one, changes):
                check = is_checked and self._checks.of_unsaved(principal, table.org_id, table.revision, changes)
                if not check:
                    passed.append(one)
                elif not check.broken:
                    passed.append(replace(one, tried_on=check.asked))
            if len(passed) == SHOWN or tried == TRIED:
                break
        return passed

    def _leads_there(
        self, principal: Principal, table: Snapshot, entry: Entry, one: Suggestion, changes: Changes
    ) -> bool:
        """Whether the entry is given for it once it is stored, and, unless a person said so, is the nearest before."""
        trial = self._questions.trial(principal, table.org_id, revision=table.revision, changes=changes)
        try:
            if self._engine.decide(one.phrasing, trial).entry_id != entry.id:
                return False
            if one.by is SuggestedBy.WENT_ELSEWHERE:
                return True
            now = Published.of_table(table.org_id, table.revision, table.entries, table.policy)
            nearest = self._engine.decide(one.phrasing, now).candidates
        except EngineFailed:  # on this text: another one may do
            return False
        return bool(nearest) and nearest[0].entry_id == entry.id
