"""Health says which entries the built-in engine cannot read, and what would let it."""

import pytest

from core.commands.check.outputs import as_json, summary
from core.engines.semantic import multilingual
from core.engines.semantic.engine import SemanticEngine
from core.health.findings import Findings, HealthReport, TextFindings
from core.questions.entry import Entry, Published
from tests.conftest import missing

HOURS = Entry(id=1, question="When are you open?", answer="9 to 5.", alternates=("Opening hours",))
RETURNS = Entry(id=2, question="返品できますか", answer="はい。", alternates=("返品したい",))
THANKS = Entry(id=3, question="👍", answer="You are welcome!")
OFF = Entry(id=4, question="営業時間", answer="9時から。", enabled=False)
COSTS = Entry(id=5, question="Was kostet der Versand nach Österreich?", answer="5 €.")
MANY = tuple(Entry(id=n, question=f"Do you sell hats of size {n}?", answer="Yes.") for n in range(6, 20))
TABLE = (HOURS, RETURNS, THANKS, OFF, COSTS, *MANY)


@pytest.mark.usefixtures("_without_package")
def test_entries_in_other_languages_are_found_where_only_english_is_read(engine: SemanticEngine) -> None:
    assert engine.left_out(_published(TABLE)).unread == (2, 3, 5)
    assert engine.left_out(_published((HOURS,))).unread == ()


def test_with_the_second_model_only_what_has_no_words_is_found(engine: SemanticEngine) -> None:
    if not multilingual.is_installed():
        missing("The model for other languages")

    assert engine.left_out(_published(TABLE)).unread == (3,)


@pytest.mark.usefixtures("_without_package")
def test_they_are_told_with_the_command_that_helps() -> None:
    entries = {entry.id: entry for entry in TABLE}
    report = HealthReport(entries=entries, texts=TextFindings(), found=Findings(unread=(2, 3)))

    told = summary(report, whole=False)

    assert report.in_short == "2 things to look at: 2 entries that cannot be read"
    assert "2 entries that cannot be read\n  No. 2 “返品できますか”\n" in told
    assert "reads English only" in told
    assert multilingual.INSTALL_COMMAND in told
    assert as_json(report, 1)["unread"] == [2, 3]


@pytest.fixture
def _without_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multilingual, "PACKAGE", "a-package-that-nobody-installed")


def _published(entries: tuple[Entry, ...]) -> Published:
    return Published(org_id=f"unread-{len(entries)}", revision=1, entries=entries)
