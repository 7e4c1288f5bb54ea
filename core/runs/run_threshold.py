"""The confidence from which on a run gave answers, and the settings that make another confidence decide."""

import re
from dataclasses import replace

from core.engines.protocol import Engine
from core.engines.semantic.calibration import confidence, margin
from core.errors import FrontlineError
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.runs.ledger import Run
from core.statistics.numbers import percent

_MODEL = r"[^,;]+ \S+, recipe [^\s,;]+, calibration [^\s,;]+"
_BUILT_IN = re.compile(f"{_MODEL}(; {_MODEL})?")
_NOT_ABOUT_CONFIDENCE = {"min_confidence": 0.0, "calls_in_flight": 8, "usd_a_month": None, "tokens_a_month": None}

LEAST_SET, MOST_SET = 0.01, 0.99
"""What the built-in engine's threshold can be set to: no score reaches 0 or 1."""

RUN_AGAIN = "Run the same questions again, and choose the threshold there."


class CannotBeSet(FrontlineError):
    """No setting makes this confidence decide. Says why, and what to do."""


def used_built_in(run: Run) -> bool:
    """Whether the built-in engine decided."""
    return is_built_in(run.engine_version)


def is_built_in(engine_version: str) -> bool:
    """Whether an engine of this version is the built-in one."""
    return _BUILT_IN.fullmatch(engine_version) is not None


def deciding_confidence(run: Run, policy: Policy | None = None) -> float:
    """The confidence (0 to 1) from which on this run gave an entry, or would have with the settings ``policy``."""
    policy = policy or run.policy
    if used_built_in(run):
        return confidence(policy.strictness, 0.0)
    return min(1.0, max(0.0, policy.model.min_confidence + policy.strictness))


def lowest_known(run: Run) -> float:
    """The lowest threshold (0 to 1) of which the run tells what it would have done.

    The built-in engine gives the nearest entry whenever it is sure enough. A model also chooses a person of its own
    accord, and of what it was not sure enough of nobody knows which it was: below the run's own threshold nothing can
    be said.
    """
    return 0.0 if used_built_in(run) else deciding_confidence(run)


def decides_alike(run: Run, policy: Policy, engine: Engine) -> bool:
    """Whether a confidence of now is one of the run's: the same engine, asked in the same way. ``engine`` is the one
    that ``policy`` names now."""
    if used_built_in(run) or run.policy.model.engine is EngineKind.CASCADE:
        return engine.version == run.engine_version
    return engine.name == run.engine and _asked(policy.model) == _asked(run.policy.model)


def settings_for(least: float, *, run: Run, policy: Policy, engine: Engine) -> Policy:
    """``policy``, changed so that an entry is given from the confidence ``least`` (0 to 1) on, as this run measured it.

    ``engine`` is the one that the policy names now. The built-in engine's confidence is a function of how far a score
    is above the table's threshold, so it takes a strictness; a model server compares its probability itself.

    Raises CannotBeSet when the confidence of now is another one than the run's, or no setting reaches ``least``.
    """
    if EngineKind.CASCADE in (run.policy.model.engine, policy.model.engine):
        raise CannotBeSet(
            "Two engines decide, each with a confidence of its own, so no single threshold stands for both. Evaluate "
            "one of them alone to choose one."
        )
    if used_built_in(run):
        if not decides_alike(run, policy, engine):
            raise CannotBeSet(
                f"The engine of this evaluation ({run.engine}) is not the one that decides now. {RUN_AGAIN}"
            )
        if not LEAST_SET <= least <= MOST_SET:
            raise CannotBeSet("The built-in engine can be set to anything from 1 % to 99 %. Choose one of these.")
        return replace(policy, strictness=margin(least))
    if not decides_alike(run, policy, engine):
        raise CannotBeSet(f"The model, or the way it is asked, was changed since this evaluation. {RUN_AGAIN}")
    if least < lowest_known(run):
        raise CannotBeSet(
            f"This evaluation asked for {percent(lowest_known(run))}, so it does not tell what would come of less. Set "
            "how sure the model must be to 0 % in Settings, and run the same questions again."
        )
    return replace(policy, strictness=0.0, model=replace(policy.model, min_confidence=least))


def _asked(model: ModelSettings) -> ModelSettings:
    """The settings that a model's probabilities depend on, the others as always the same."""
    return replace(model, **_NOT_ABOUT_CONFIDENCE)  # type: ignore[arg-type]
