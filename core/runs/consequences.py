"""What the settings would have done to the questions of the last evaluation, without asking anything again."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.engines.protocol import Engines
from core.errors import EngineUnavailable
from core.identity.principal import Principal
from core.questions.policy import EngineKind, Policy
from core.questions.store import QuestionStore
from core.runs.analysis import Analysis
from core.runs.ledger import Run, Status
from core.runs.promises import same_table
from core.runs.recent_analyses import RecentAnalyses
from core.runs.run_threshold import decides_alike, deciding_confidence, lowest_known
from core.runs.service import Runs
from core.statistics.thresholds import ROUNDING, OutcomeShares, shares_from

LOOKED_AT = 5
"""Evaluations of the same engine that are looked through for one with labels and confidences."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Foreseen:
    """What the last evaluation that can tell says of settings.

    ``wanted`` is what visitors would get with the settings in question, ``saved`` with those that hold; None where the
    run does not tell, because it asked for more confidence itself. ``is_old`` says that the questions and answers were
    changed since.
    """

    run: Run
    wanted: OutcomeShares | None
    saved: OutcomeShares | None
    is_old: bool


class Consequences:
    """The use case on how careful the bot is."""

    def __init__(self, *, questions: QuestionStore, runs: Runs, analyses: RecentAnalyses, engines: Engines) -> None:
        self._questions = questions
        self._runs = runs
        self._analyses = analyses
        self._engines = engines

    def foreseen(self, principal: Principal, org_id: str, wanted: Policy, saved: Policy) -> Foreseen | None:
        """What the newest finished evaluation tells in which the engine of ``wanted`` decided; None where none does.

        Two engines together have no threshold in common, so of them nothing is told. Raises AccessDenied.
        """
        runs = self._runs.listed(principal, org_id)
        tell = self._those_that_tell(runs, wanted)
        for run in tell[:LOOKED_AT]:
            analysis = self._analyses.of(principal, org_id, run.run_id)
            if analysis.usable is not None and len(analysis.usable):
                now = self._questions.newest(org_id)
                return Foreseen(
                    run=run,
                    wanted=_shares(analysis, wanted),
                    saved=_shares(analysis, saved) if self._those_that_tell([run], saved) else None,
                    is_old=not same_table(self._questions, now, run),
                )
        return None

    def _those_that_tell(self, runs: Sequence[Run], policy: Policy) -> list[Run]:
        """The finished ones in which the very engine decided that these settings name, alone."""
        ended = [run for run in runs if run.status is Status.DONE and run.policy.model.engine is not EngineKind.CASCADE]
        if policy.model.engine is EngineKind.CASCADE or not ended:
            return []
        try:
            engine = self._engines.engine_for(ended[0].org_id, policy.model)
        except EngineUnavailable:
            return []
        return [run for run in ended if decides_alike(run, policy, engine)]


def _shares(analysis: Analysis, policy: Policy) -> OutcomeShares | None:
    threshold, rows = deciding_confidence(analysis.results.run, policy), analysis.usable
    if rows is None or threshold < lowest_known(analysis.results.run) - ROUNDING:
        return None
    return shares_from(rows, threshold)
