from dataclasses import dataclass, field, replace
from datetime import UTC
from typing import Any

from core.engines.semantic.calibration import confidence
from core.identity.principal import Principal
from core.questions.entry import Published
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.report.consequence_words import OLD, in_short, not_told, source
from core.runs.analysis import Analysis
from core.runs.consequences import Consequences, Foreseen
from core.runs.ledger import Run, Status
from core.statistics.thresholds import shares_at, shares_now
from tests.core.runs.test_analysis import ENTRIES, RUN
from tests.core.runs.test_promises import BUILT_IN, Engine, analysed
from tests.core.statistics.ledgers import line

WHO: Any = object()
"""Everybody may do everything here."""
SURE = Policy(strictness=0.1)


@dataclass
class Parts:
    """An org as ``Consequences`` sees it."""

    runs: list[Analysis] = field(default_factory=lambda: [analysed()])
    entries: tuple[Any, ...] = ENTRIES
    engine: Engine = field(default_factory=Engine)

    def listed(self, _who: Principal, _org_id: str) -> list[Run]:
        return [one.results.run for one in self.runs]

    def of(self, _who: Principal, _org_id: str, run_id: str) -> Analysis:
        return next(one for one in self.runs if one.results.run.run_id == run_id)

    def newest(self, org_id: str) -> Published:
        return Published(org_id=org_id, revision=9, entries=self.entries)

    def published(self, org_id: str, revision: int) -> Published:
        return Published(org_id=org_id, revision=revision, entries=ENTRIES)

    def engine_for(self, _org_id: str, _model: ModelSettings) -> Engine:
        return self.engine

    def foreseen(self, wanted: Policy, saved: Policy = RUN.policy) -> Foreseen | None:
        parts: Any = self
        use_case = Consequences(questions=parts, runs=parts, analyses=parts, engines=parts)
        return use_case.foreseen(WHO, "org", wanted, saved)


def test_more_careful_settings_say_what_they_would_have_done_and_the_saved_ones_what_they_did() -> None:
    parts = Parts([analysed(line("what else", "person", None, best=2, confidence=0.2), wrong=0.6)])

    found = parts.foreseen(SURE)

    assert found is not None
    assert found.saved == shares_now(parts.runs[0].rows)
    assert found.wanted is not None
    threshold = confidence(SURE.strictness, 0.0)
    usable = parts.runs[0].usable
    assert usable is not None
    assert found.wanted.right.count == int((usable.best_right & (usable.confidence >= threshold)).sum()) + 1
    assert found.wanted.wrong_answer.count < found.saved.wrong_answer.count
    assert sum(part.count for part in found.wanted.parts) == found.wanted.of == len(usable)


def test_it_says_what_the_slider_of_the_evaluation_says_at_the_same_threshold() -> None:
    parts = Parts()
    outlook = parts.runs[0].outlook
    assert outlook is not None

    found = parts.foreseen(Policy())

    assert found is not None
    assert found.wanted == found.saved == shares_at(outlook, 0.5)


def test_the_newest_evaluation_that_can_tell_is_taken() -> None:
    def run(run_id: str, **more: Any) -> Analysis:
        return analysed(run=replace(BUILT_IN, run_id=run_id, **more))

    unlabelled = Analysis(replace(analysed().results, run=replace(BUILT_IN, run_id="no labels")))
    unlabelled.results.ledger["label"] = "none"
    unlabelled.results.ledger["label_ids"] = [[] for _ in range(len(unlabelled.results.ledger))]
    runs = [run("going", status=Status.RUNNING), run("stopped", status=Status.STOPPED)]
    runs += [run("other engine", engine="x", engine_version="2"), unlabelled, run("taken"), run("older")]

    found = Parts(runs).foreseen(SURE)

    assert found is not None
    assert found.run.run_id == "taken"


def test_without_an_evaluation_of_this_engine_nothing_is_told() -> None:
    cascade = Policy(model=ModelSettings(engine=EngineKind.CASCADE))

    assert Parts([]).foreseen(SURE) is None
    assert Parts(engine=Engine(version="another")).foreseen(SURE) is None
    assert Parts().foreseen(cascade) is None
    assert Parts([analysed(run=replace(BUILT_IN, policy=cascade))]).foreseen(SURE) is None


def test_a_model_that_was_only_asked_for_sure_answers_does_not_tell_what_unsure_ones_would_do() -> None:
    asked = Policy(model=ModelSettings(engine=EngineKind.SERVER, min_confidence=0.6))
    parts = Parts([analysed(run=replace(RUN, engine="e", policy=asked))])

    found = parts.foreseen(replace(asked, strictness=-0.1), asked)

    assert found is not None
    assert found.wanted is None
    assert found.saved is not None
    assert "asked for 60 % itself" in not_told(found)
    assert parts.foreseen(replace(asked, strictness=0.1), asked) is not None


def test_its_words_name_the_evaluation_and_say_when_it_is_old() -> None:
    found = Parts().foreseen(Policy())
    old = Parts(entries=ENTRIES[:1]).foreseen(Policy())
    assert found is not None
    assert found.wanted is not None
    assert old is not None

    assert in_short(found.wanted) == "94 answered right, 6 wrong, 0 to a person"
    assert source(found, "May", UTC) == (
        "From the evaluation “May” of 1 Jan 2026, 00:00 UTC, revision 1, 320 questions that say what is expected."
    )
    assert source(old, "May", UTC).endswith(OLD)
