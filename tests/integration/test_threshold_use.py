"""“Use this threshold”: what the slider promised is what the next run gives, on the same rows."""

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.files.writing import to_csv
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.policy import Policy
from core.runs.analysis import Analysis
from core.runs.ledger import Run, Status
from core.runs.run_threshold import CannotBeSet, deciding_confidence, settings_for
from core.settings import EngineSettings, Settings
from core.statistics.thresholds import OutcomeShares, shares_at, shares_now
from tests.conftest import put_model
from tests.model_server import ModelServer
from tests.tutorial import build, entries

ORG = CLOTHING_ORG


def questions() -> bytes:
    """Questions near and far, so that their confidence is of every size."""
    import pandas as pd

    words = [phrasing for one in entries("clothing") for phrasing in (one["question"], *one.get("alternates", ()))]
    rng = random.Random(7)
    lines = []
    for phrasing in words:
        said = phrasing.rstrip("?").split()
        for share in (0.4, 0.7, 1.0):
            kept = [word for word in said if rng.random() < share] or said[:1]
            lines.append((" ".join(["so,", *kept, rng.choice(("please", "then", "my dog", "in the rain"))]), phrasing))
        lines.append((f"{' '.join(rng.sample(said, len(said)))} or a recipe for soup", "__fallback__"))
    return to_csv(pd.DataFrame(lines, columns=["question", "expected_question"]))


def run_of(parts: Frontline) -> Run:
    found = parts.intake.read(OWNER, ORG, questions(), "q.csv")
    ready = parts.intake.check(OWNER, ORG, found)
    preview, revision = ready.preview, ready.revision
    run = parts.runs.start(OWNER, ORG, name="q.csv", preview=preview, revision=revision)
    end = time.monotonic() + 60
    while (run := parts.runs.run(OWNER, ORG, run.run_id)).active:
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.05)
    assert run.status is Status.DONE, run.reason
    return run


def analysed(parts: Frontline, run: Run) -> Analysis:
    return Analysis(parts.runs.results(OWNER, ORG, run.run_id))


def use(parts: Frontline, run: Run, least: float) -> Policy:
    """Save the settings for a threshold, as the page does."""
    table = parts.questions.table(OWNER, ORG)
    engine = parts.engines.engine_for(ORG, table.policy.model)
    wanted = settings_for(least, run=run, policy=table.policy, engine=engine)
    parts.questions.save_settings(OWNER, ORG, base_revision=table.revision, policy=wanted)
    return wanted


def promised(analysis: Analysis, least: float) -> OutcomeShares:
    assert analysis.outlook is not None
    return shares_at(analysis.outlook, least)


@pytest.fixture
def built_in(tmp_path: Path, prepared_model: Path) -> Iterator[Frontline]:
    put_model(prepared_model, tmp_path)
    parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}"))
    yield parts
    parts.stop()


def test_the_built_in_engine_gives_exactly_what_was_promised(built_in: Frontline) -> None:
    first = run_of(built_in)
    analysis = analysed(built_in, first)
    seen = set()
    for least in (0.01, 0.2, 0.37, 0.5, 0.73, 0.9, 0.99):
        use(built_in, first, least)
        again = analysed(built_in, run_of(built_in))

        assert shares_now(again.rows) == promised(analysis, least)
        assert deciding_confidence(again.results.run) == pytest.approx(least)
        seen.add(shares_now(again.rows).of_a_hundred)
    assert len(seen) >= 5, "the thresholds have to differ, else nothing is proved"


def test_what_the_built_in_engine_cannot_do_is_said(built_in: Frontline) -> None:
    run = run_of(built_in)

    for least in (0.0, 1.0):
        with pytest.raises(CannotBeSet, match="from 1 % to 99 %"):
            use(built_in, run, least)
    with pytest.raises(CannotBeSet, match="is not the one that decides now"):
        use(built_in, replace(run, engine_version="all-MiniLM-L6-v2 0123, recipe 9, calibration 9"), 0.5)


class Wavering(ModelServer):
    """A server whose model is sure of some questions and not of others, and chooses a person for some."""

    def _chosen(self, request: object, mode: object) -> str:
        rng = random.Random(request.asked)  # type: ignore[attr-defined]
        self.sure = round(rng.random(), 3)
        offered = request.offered or ["1"]  # type: ignore[attr-defined]
        return rng.choice(offered)


@pytest.fixture
def asked_model(tmp_path: Path) -> Iterator[Frontline]:
    with Wavering(key="k").running() as server:
        engine = EngineSettings(base_url=server.base_url, model="m", key="k")
        parts = build(Settings(data_dir=tmp_path, database_url=f"sqlite:///{tmp_path / 'demo.db'}", engine=engine))
        yield parts
        parts.stop()


def test_a_model_server_gives_exactly_what_was_promised(asked_model: Frontline) -> None:
    first = run_of(asked_model)
    analysis = analysed(asked_model, first)
    assert analysis.lowest_threshold == 0
    seen = set()
    for least in (0.0, 0.1, 0.35, 0.6, 0.85, 1.0):
        use(asked_model, first, least)
        again = analysed(asked_model, run_of(asked_model))

        assert shares_now(again.rows) == promised(analysis, least)
        assert deciding_confidence(again.results.run) == least
        seen.add(shares_now(again.rows).of_a_hundred)
    assert len(seen) >= 4


def test_a_run_that_asked_for_much_says_nothing_of_less_and_keeps_its_word_on_more(asked_model: Frontline) -> None:
    use(asked_model, run_of(asked_model), 0.4)
    careful = run_of(asked_model)
    analysis = analysed(asked_model, careful)

    assert analysis.lowest_threshold == 0.4
    with pytest.raises(CannotBeSet, match="asked for 40 %"):
        use(asked_model, careful, 0.3)
    use(asked_model, careful, 0.7)
    assert shares_now(analysed(asked_model, run_of(asked_model)).rows) == promised(analysis, 0.7)


def test_another_way_to_ask_makes_an_old_threshold_unfit(asked_model: Frontline) -> None:
    run = run_of(asked_model)
    table = asked_model.questions.table(OWNER, ORG)
    other = replace(table.policy, model=replace(table.policy.model, description="We sell clothes."))
    asked_model.questions.save_settings(OWNER, ORG, base_revision=table.revision, policy=other)

    with pytest.raises(CannotBeSet, match="was changed since"):
        use(asked_model, run, 0.5)
