"""What an org promises its visitors: how a promise is made from an evaluation, and whether it still stands."""

from dataclasses import dataclass, replace

from core.engines.protocol import Engines
from core.errors import EngineUnavailable, NotFound
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Published
from core.questions.policy import Policy
from core.questions.promise import Promise
from core.questions.store import QuestionStore
from core.runs.analysis import Analysis
from core.runs.ledger import Run, RunStore, Status
from core.runs.run_threshold import CannotBeSet, decides_alike, deciding_confidence, settings_for
from core.statistics.promise import Kept, answered_right

RUN_AGAIN = "Run your test questions again, and promise it anew there."
OTHER_TABLE = "The questions and answers were changed since it was measured."
OTHER_ENGINE = "Another engine decides now, or it is asked in another way, than when it was measured."
FREER = "The bot answers more freely now than it may to keep it."
MORE_CAREFUL = "Make it more careful again, or run your test questions again and promise anew there."
NOT_FOUND = "The evaluation that measured it is not there any more."


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A promise, the run that measured it, and in ``stale`` why it may not hold now and what to do; "" as long as it
    does. ``waits`` says that visitors get what keeps it only once it is published."""

    promise: Promise
    run: Run | None
    stale: str
    waits: bool = False


class Promises:
    """The use cases on an org's promise."""

    def __init__(self, *, access: Access, questions: QuestionStore, runs: RunStore, engines: Engines) -> None:
        self._access = access
        self._questions = questions
        self._runs = runs
        self._engines = engines

    def standing(self, principal: Principal, org_id: str, policy: Policy | None = None) -> Standing | None:
        """How the promise of the newest settings, or of ``policy``, stands with the newest table; None without one.

        Raises AccessDenied.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        policy = policy or self._questions.policy(org_id)
        promise = policy.promise
        if promise is None:
            return None
        now = replace(self._questions.newest(org_id), policy=policy)
        run = self._runs.run(org_id, promise.run_id)
        stale = self._why_stale(now, promise, run)
        return Standing(promise=promise, run=run, stale=stale, waits=self._waits(now, promise))

    def offered(self, principal: Principal, org_id: str, analysis: Analysis, most_wrong: int) -> Promise | None:
        """What a run lets the org promise whose settings are the newest; see ``promise_of``. Raises AccessDenied."""
        self._access.require(principal, org_id, Permission.VIEW)
        return promise_of(analysis, most_wrong, self._questions.policy(org_id))

    def outdated(self, principal: Principal, org_id: str, run: Run) -> str:
        """Why what this run measured may not hold now, and what to do; "" while table and engine are the run's.

        Raises AccessDenied.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        return self._why_outdated(self._questions.newest(org_id), run)

    def settings_with(self, principal: Principal, org_id: str, promise: Promise) -> Policy:
        """The newest settings with this promise, made more careful where it takes that, and never freer.

        Raises NotFound for an evaluation that this org does not have, CannotBeSet when it did not end by itself or the
        table or the engine was changed since, EngineUnavailable when the settings name none that can be had.
        """
        self._access.require(principal, org_id, Permission.MANAGE)
        now, run = self._questions.newest(org_id), self._runs.run(org_id, promise.run_id)
        if run is None:
            raise NotFound("There is no such evaluation in this organisation.")
        if run.status is not Status.DONE:
            raise CannotBeSet("This evaluation ended before its last question, so it stands for no visitors.")
        if not same_table(self._questions, now, run):
            raise CannotBeSet(f"The questions and answers were changed since this evaluation. {RUN_AGAIN}")
        engine = self._engines.engine_for(org_id, now.policy.model)
        careful = settings_for(promise.threshold, run=run, policy=now.policy, engine=engine)
        return replace(careful if _is_freer(now.policy, promise, run) else now.policy, promise=promise)

    def _why_stale(self, now: Published, promise: Promise, run: Run | None) -> str:
        if run is None:
            return f"{NOT_FOUND} {RUN_AGAIN}"
        if why := self._why_outdated(now, run):
            return why
        return f"{FREER} {MORE_CAREFUL}" if _is_freer(now.policy, promise, run) else ""

    def _why_outdated(self, now: Published, run: Run) -> str:
        if not same_table(self._questions, now, run):
            return f"{OTHER_TABLE} {RUN_AGAIN}"
        try:
            alike = decides_alike(run, now.policy, self._engines.engine_for(now.org_id, now.policy.model))
        except EngineUnavailable:  # nothing decides now
            alike = False
        return "" if alike else f"{OTHER_ENGINE} {RUN_AGAIN}"

    def _waits(self, now: Published, promise: Promise) -> bool:
        live = self._questions.live_revision(now.org_id)
        return live != now.revision and self._questions.published(now.org_id, live).policy.promise != promise


def same_table(questions: QuestionStore, now: Published, run: Run) -> bool:
    """Whether a run measured the entries of ``now``; tags and settings do not matter."""
    measured = questions.published(run.org_id, run.revision)
    return [replace(entry, tags=()) for entry in now.entries] == [replace(entry, tags=()) for entry in measured.entries]


def _is_freer(policy: Policy, promise: Promise, run: Run) -> bool:
    """Whether these settings answer where the promise does not let them."""
    return deciding_confidence(run, policy) < promise.threshold - 1e-6


def promise_of(analysis: Analysis, most_wrong: int, policy: Policy) -> Promise | None:
    """What this run lets an owner promise whose settings are ``policy``; None where it cannot be promised.

    What it costs is told against these settings, or where they hold this very promise already, against those before
    it. Of settings freer than the lowest threshold that the run tells of,
    nothing is known: then against that one.
    """
    found, rows, run = analysis.promise(most_wrong), analysis.promised_rows, analysis.results.run
    if not isinstance(found, Kept) or rows is None:
        return None
    now = max(deciding_confidence(run, policy), analysis.lowest_threshold)
    with_it, before = answered_right(rows, max(found.threshold, now)), answered_right(rows, now).count
    held = policy.promise
    if held is not None and (held.most_wrong, held.run_id) == (most_wrong, run.run_id):
        before = held.answered_right_before
    return Promise(
        most_wrong=most_wrong,
        run_id=run.run_id,
        threshold=found.threshold,
        visitors=found.wrong.of,
        wrong=found.wrong.count,
        questions=with_it.of,
        answered_right=with_it.count,
        answered_right_before=before,
    )
