from datetime import UTC, datetime

import pandas as pd

from core.questions.entry import Entry
from core.questions.policy import Policy
from core.runs.analysis import Analysis
from core.runs.ledger import Run, Status
from core.runs.results import Results
from core.statistics.rows import PERSON
from tests.core.statistics.ledgers import line

ENTRIES = (Entry(id=1, question="One?", answer="1"), Entry(id=2, question="Two?", answer="2"))
RUN = Run(
    org_id="org",
    run_id="run",
    name="n",
    revision=1,
    policy=Policy(),
    engine="e",
    engine_version="1",
    author_id="a",
    author="A",
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    total=3,
    finished=3,
    status=Status.DONE,
)


def analysis(*lines: dict[str, object]) -> Analysis:
    return Analysis(Results(run=RUN, entries=ENTRIES, ledger=pd.DataFrame(list(lines))))


def test_every_part_is_made_of_the_same_rows_and_only_once() -> None:
    found = analysis(
        line("a", 1, 1, confidence=0.9, tags=("t",)),
        line("b", 1, 2, confidence=0.6),
        line("c", "person", None, best=1, confidence=0.2),
    )

    assert found.rows is found.rows
    assert found.confusions[["expected", "given"]].to_numpy().tolist() == [[1, 2]]
    assert found.entries["entry_id"].tolist() == [1, 2]
    assert found.averages is not None
    assert found.averages.entries == 1
    assert found.out_of_scope.recall.count == 1
    assert found.confidences is not None
    assert len(found.confidences) == 3
    assert found.brier is not None
    assert found.risk_coverage is not None
    assert found.outlook is not None
    assert found.outlook[["right", "wrong_answer", "out_of_scope"]].iloc[0].tolist() == [2, 1, 0]
    assert found.choice(5.0) is None
    assert found.slices["tag"].tolist() == ["t"]


def test_without_any_confidence_nothing_is_said_of_it() -> None:
    found = analysis(line("a", 1, 1), line("b", "person", None))

    assert found.confidences is None
    assert found.brier is None
    assert found.risk_coverage is None
    assert found.usable is None
    assert found.outlook is None
    assert found.choice(5.0) is None


def test_ids_have_names() -> None:
    found = analysis(line("a", 1, 1))

    assert [found.name(one) for one in (1, 7, PERSON)] == ["One?", "No. 7", "a person"]
