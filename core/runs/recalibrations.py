"""What the built-in engine's confidence is worth in an org, by the labelled questions of its evaluations."""

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from core.engines.protocol import Candidate, Decision, Engines
from core.errors import EngineUnavailable
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.lru_cache import LruCache
from core.questions.policy import ModelSettings
from core.questions.text import same_question_key
from core.runs.ledger import Measured, RunStore
from core.runs.run_threshold import is_built_in
from core.statistics.recalibration import FOLDS, LEAST_QUESTIONS, Recalibration, recalibration

MOST_QUESTIONS = 5_000
"""The newest questions that are measured on: more make the scale no better, and a page waits for it."""
ORGS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Kept:
    measured: Measured
    found: Recalibration | None
    looked_at: float


class Recalibrations:
    """The scales of the orgs; each is measured anew once another evaluation has ended. Safe between threads."""

    def __init__(
        self, *, access: Access, runs: RunStore, engines: Engines, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._access = access
        self._runs = runs
        self._engines = engines
        self._clock = clock
        self._kept: LruCache[tuple[str, str], _Kept] = LruCache(ORGS_KEPT)

    def of_settings(
        self, principal: Principal, org_id: str, settings: ModelSettings, *, max_age_seconds: float = 0.0
    ) -> Recalibration | None:
        """As ``of``, for the engine that these settings name.

        Within ``max_age_seconds`` it is not looked whether other evaluations have ended, for callers in a hurry.
        """
        self._access.require(principal, org_id, Permission.ASK)
        try:
            return self._of(org_id, self._engines.engine_for(org_id, settings).version, max_age_seconds)
        except EngineUnavailable:
            return None

    def of(self, principal: Principal, org_id: str, engine_version: str) -> Recalibration | None:
        """What a confidence of this engine is worth here; None as long as nobody can say, and of model servers.

        Each question counts once, as the newest evaluation found it. Raises AccessDenied.
        """
        self._access.require(principal, org_id, Permission.VIEW)
        return self._of(org_id, engine_version, 0.0)

    def _of(self, org_id: str, engine_version: str, max_age_seconds: float) -> Recalibration | None:
        if not is_built_in(engine_version):
            return None
        key, now = (org_id, engine_version), self._clock()
        kept = self._kept.get(key)
        if kept is not None and now - kept.looked_at < max_age_seconds:
            return kept.found
        measured = self._runs.measured(org_id, engine_version)
        known = kept if kept is not None and kept.measured == measured else None
        found = known.found if known else self._measure(org_id, measured)
        self._kept.put(key, _Kept(measured, found, now))
        return found

    def _measure(self, org_id: str, measured: Measured) -> Recalibration | None:
        if measured.finished < LEAST_QUESTIONS:
            return None
        found: dict[str, tuple[float, bool]] = {}
        for question, confidence, right in self._rows(org_id, measured):
            found.setdefault(same_question_key(question), (confidence, right))
            if len(found) == MOST_QUESTIONS:
                break
        if not found:
            return None
        confidences, rights = zip(*found.values(), strict=True)
        folds = np.array([_fold(key) for key in found], dtype=np.int64)
        return recalibration(np.array(confidences, dtype=np.float64), np.array(rights, dtype=bool), folds)

    def _rows(self, org_id: str, measured: Measured) -> Iterator[tuple[str, float, bool]]:
        for run_id in measured.run_ids:
            yield from self._runs.confidences(org_id, run_id, MOST_QUESTIONS)


def recalibrated(decision: Decision, scale: Recalibration | None) -> Decision:
    """A decision with confidences as they are worth; nothing else of it changes.

    One entry alone can be right: where the others would have more than the first leaves, they share that.
    """
    if scale is None or not decision.candidates:
        return decision
    first, *others = (replace(one, confidence=scale.of(one.confidence)) for one in decision.candidates)
    left, wanted = 1 - first.confidence, sum(one.confidence for one in others)
    part = min(1.0, left / wanted) if wanted else 1.0
    shared: list[Candidate] = [replace(one, confidence=one.confidence * part) for one in others]
    return replace(decision, candidates=(first, *shared))


def _fold(key: str) -> int:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=1).digest()[0] % FOLDS
