"""Out and in again: what each format holds comes back character for character, and nothing else is lost."""

import pytest
from hypothesis import HealthCheck, assume, example, given, settings

from core.questions.changes import applied
from core.questions.entry import Entry
from core.transfer.exporting import FORMATS, ExportFormat
from core.transfer.headings import known_headings
from core.transfer.options import Options
from core.transfer.plan import Outcome, plan
from core.transfer.reading import read_files
from tests.core.transfer.tables import as_held, in_this_process, items_in, tables

OWN = [one for one in FORMATS.values() if one.is_own]
HOURS = Entry(id=3, question="What are your hours?", answer="9 to 5", alternates=("open?", "when"), tags=("times",))
OFF = Entry(id=8, question="Old?", answer="=gone", enabled=False)
JOBS = Entry(id=12, question="Are you hiring?", answer="- yes\n- no", tags=("jobs", "a:b", "x|y; z"))


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


def is_heading(text: object) -> bool:
    """Whether readers know this text as the name of a column."""
    return isinstance(text, str) and known_headings().name_of(text) is not None


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
@given(entries=tables())
@example(entries=[HOURS, OFF, JOBS])
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_a_file_holds_exactly_what_was_said_of_it(format_: ExportFormat, entries: list[Entry]) -> None:
    held = format_.held(entries)
    data = format_.file(entries)
    # Where a format has no headings of its own, a first line with the name of a column is one to any reader.
    assume(format_.key != "dialogflow_es" or not any(map(is_heading, (held[0].values() if held else ()))))

    if held:
        items = items_in(data, f"table.{format_.suffix}")

        assert as_held(items, numbered=format_.numbered) == [dict(one) for one in held]


@pytest.mark.parametrize("format_", FORMATS.values(), ids=FORMATS)
@given(entries=tables())
@example(entries=[HOURS, OFF, JOBS])
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_where_no_loss_is_told_importing_an_own_export_changes_nothing(
    format_: ExportFormat, entries: list[Entry]
) -> None:
    if not format_.held(entries) or format_.losses(entries):
        return
    found = read_files([(f"table.{format_.suffix}", format_.file(entries))]).items()

    made = plan(found, entries, 1, Options())

    assert not made.changes
    assert {row.outcome for row in made.rows} == {Outcome.SAME}


@pytest.mark.parametrize("format_", OWN, ids=[one.key for one in OWN])
@given(entries=tables())
@settings(max_examples=15, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_an_empty_table_becomes_the_exported_one(format_: ExportFormat, entries: list[Entry]) -> None:
    if not entries:
        return
    found = read_files([(f"table.{format_.suffix}", format_.file(entries))]).items()

    made = plan(found, (), 0, Options())

    assert not made.of(Outcome.INVALID)
    renumbered = [Entry(**{**_fields(entry), "id": i}) for i, entry in enumerate(entries, start=1)]
    assert applied((), made.changes, 1) == renumbered


def _fields(entry: Entry) -> dict[str, object]:
    return {name: getattr(entry, name) for name in ("question", "answer", "alternates", "tags", "enabled")}


def test_own_formats_lose_nothing_and_other_formats_say_what_they_lose() -> None:
    entries = [HOURS, OFF, JOBS]

    told = {key: one.losses(entries) for key, one in FORMATS.items()}

    assert [told[one.key] for one in OWN] == [[]] * 4
    assert told["chatwoot"] == [
        "1 entry switched off is left out.",
        "The tags of 2 entries are left out.",
        "Each phrasing is a row. When you import the file again, say that rows with the same answer are one entry.",
    ]
    assert told["dialogflow_cx"][2] == "The answers are left out: this format has only questions."
    assert told["qnabot_json"] == [
        "1 entry switched off is left out.",
        "QnABot has one topic: tags are written into it with a “;” between them, and read apart at each “;”. "
        "This concerns 1 entry.",
    ]


def test_phrasings_that_no_cell_of_a_workbook_can_hold_go_on_in_another_column() -> None:
    many = Entry(id=1, question="Q?", answer="A", alternates=tuple(f"{i} " + "x" * 490 for i in range(100)))

    (item,) = items_in(FORMATS["xlsx"].file([many]), "table.xlsx")

    assert item.fields["alternates"] == many.alternates
