from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from core.engines.semantic.calibration import margin
from core.engines.semantic.engine import SemanticEngine
from core.questions.entry import Entry, Published
from core.questions.policy import ModelSettings, Policy
from core.runs.analysis import Analysis
from core.runs.ledger import Run, Status
from core.runs.promises import FREER, NOT_FOUND, OTHER_ENGINE, OTHER_TABLE, RUN_AGAIN, Promises, promise_of
from core.runs.results import Results
from core.runs.run_threshold import CannotBeSet
from tests.core.runs.test_analysis import ENTRIES, RUN
from tests.core.statistics.ledgers import line

VERSION = SemanticEngine(Path()).version
BUILT_IN = replace(RUN, engine_version=VERSION)


def lines(wrong: float = 0.6) -> list[dict[str, object]]:
    """300 questions that go well, most of them surely, and 20 that do not."""
    sure = [line(f"sure {number}", 1, 1, confidence=0.9) for number in range(200)]
    rather = [line(f"rather {number}", 1, 1, confidence=0.55) for number in range(100)]
    return [*sure, *rather, *(line(f"wrong {number}", 1, 2, confidence=wrong) for number in range(20))]


def analysed(*more: dict[str, object], run: Run = BUILT_IN, wrong: float = 0.6) -> Analysis:
    import pandas as pd

    ledger = pd.DataFrame([*lines(wrong), *more])
    return Analysis(Results(run=run, entries=ENTRIES, ledger=ledger))


@dataclass
class Engine:
    version: str = VERSION
    name: str = "e"


@dataclass
class Parts:
    """An org as ``Promises`` sees it: everybody may do everything, and the tables of its revisions are these."""

    settings: Policy = field(default_factory=Policy)
    run_of: Run | None = BUILT_IN
    tables: dict[int, tuple[Entry, ...]] = field(default_factory=lambda: {1: ENTRIES})
    engine: Engine = field(default_factory=Engine)
    live: int = 1

    def require(self, *_: Any, **__: Any) -> None: ...

    def newest(self, org_id: str) -> Published:
        return replace(self.published(org_id, max(self.tables)), policy=self.settings)

    def published(self, org_id: str, revision: int) -> Published:
        return Published(org_id=org_id, revision=revision, entries=self.tables[revision])

    def policy(self, _org_id: str) -> Policy:
        return self.settings

    def live_revision(self, _org_id: str) -> int:
        return self.live

    def run(self, _org_id: str, _run_id: str) -> Run | None:
        return self.run_of

    def engine_for(self, _org_id: str, _settings: ModelSettings) -> Engine:
        return self.engine

    @property
    def promises(self) -> Promises:
        return Promises(access=self, questions=self, runs=self, engines=self)  # type: ignore[arg-type]

    def stale(self) -> str:
        found = self.promises.standing(None, "org")  # type: ignore[arg-type]
        assert found is not None
        return found.stale

    def settings_with(self, most_wrong: int) -> Policy:
        promise = promise_of(analysed(), most_wrong, self.settings)
        assert promise is not None
        return self.promises.settings_with(None, "org", promise)  # type: ignore[arg-type]


def test_a_promise_says_what_it_costs_and_makes_the_bot_as_careful_as_it_takes() -> None:
    promise = promise_of(analysed(), 2, Policy())

    assert promise is not None
    assert (promise.threshold, promise.wrong, promise.visitors) == (0.61, 0, 320)
    assert (promise.answered_right, promise.answered_right_before, promise.questions) == (200, 300, 320)
    held = Parts().settings_with(2)
    assert held == Policy(strictness=margin(0.61), promise=promise)
    assert Parts(settings=held).settings_with(2) == held, "what it costs is not forgotten once it is paid"


def test_a_promise_never_makes_the_bot_answer_more_freely() -> None:
    careful = Policy(strictness=0.1)

    found = Parts(settings=careful).settings_with(10)

    assert found.promise is not None
    assert found.promise.threshold == 0.01
    assert replace(found, promise=None) == careful
    assert found.promise.answered_right == found.promise.answered_right_before == 200


def test_test_questions_that_stand_in_the_table_count_for_no_promise() -> None:
    stored = [line("One?", 1, 1, confidence=1.0)] * 5

    assert promise_of(analysed(*stored), 2, Policy()) == promise_of(analysed(), 2, Policy())


def test_without_a_confidence_or_with_too_many_wrong_answers_nothing_can_be_promised() -> None:
    import pandas as pd

    silent = Results(run=RUN, entries=ENTRIES, ledger=pd.DataFrame([line("a", 1, 1)]))

    assert Analysis(silent).promise(2) is None
    assert promise_of(Analysis(silent), 2, Policy()) is None
    assert promise_of(analysed(wrong=0.995), 2, Policy()) is None


def test_a_promise_that_is_not_published_yet_waits_for_that() -> None:
    held = Parts().settings_with(2)
    tables = {1: ENTRIES, 2: ENTRIES}

    waiting = Parts(settings=held, tables=tables, live=1).promises.standing(None, "org")  # type: ignore[arg-type]
    given = Parts(settings=held, tables=tables, live=2).promises.standing(None, "org")  # type: ignore[arg-type]

    assert waiting is not None
    assert given is not None
    assert (waiting.waits, given.waits) == (True, False)


def test_a_promise_stands_until_something_that_decides_is_changed() -> None:
    held = Parts().settings_with(2)
    assert Parts().promises.standing(None, "org") is None  # type: ignore[arg-type]
    assert Parts(settings=held).stale() == ""
    assert Parts(settings=replace(held, fallback="We will call.")).stale() == ""
    assert Parts(settings=replace(held, strictness=0.2)).stale() == ""

    assert Parts().promises.outdated(None, "org", BUILT_IN) == ""  # type: ignore[arg-type]

    freer = Parts(settings=replace(held, strictness=0.0)).stale()
    edited = Parts(settings=held, tables={1: ENTRIES, 2: ENTRIES[:1]}).stale()
    tagged = Parts(settings=held, tables={1: ENTRIES, 2: (replace(ENTRIES[0], tags=("new",)), ENTRIES[1])}).stale()
    other = Parts(settings=held, engine=Engine(version="another")).stale()
    gone = Parts(settings=held, run_of=None).stale()

    assert freer.startswith(FREER)
    assert edited == f"{OTHER_TABLE} {RUN_AGAIN}"
    assert tagged == ""
    assert other == f"{OTHER_ENGINE} {RUN_AGAIN}"
    assert gone == f"{NOT_FOUND} {RUN_AGAIN}"


@pytest.mark.parametrize(
    ("parts", "why"),
    [
        (Parts(tables={1: ENTRIES, 2: ENTRIES[:1]}), "The questions and answers were changed"),
        (Parts(engine=Engine(version="another")), "is not the one that decides now"),
        (Parts(run_of=replace(BUILT_IN, status=Status.CANCELLED)), "before its last question"),
    ],
)
def test_what_was_changed_since_the_evaluation_has_to_be_measured_first(parts: Parts, why: str) -> None:
    with pytest.raises(CannotBeSet, match=why):
        parts.settings_with(2)


def test_a_model_server_is_promised_by_its_own_probability() -> None:
    model = replace(RUN, policy=Policy(model=ModelSettings(min_confidence=0.3)))
    parts = Parts(settings=model.policy, run_of=model)
    promise = promise_of(analysed(run=model), 2, model.policy)
    assert promise is not None

    found = parts.promises.settings_with(None, "org", promise)  # type: ignore[arg-type]

    assert found.model.min_confidence == promise.threshold == 0.61
    assert Parts(settings=found, run_of=model).stale() == ""
    assert promise_of(analysed(run=model), 2, Policy()) == promise, "of less than its own threshold it knows nothing"
