"""An export of an earlier revision brings back every entry, whatever was merged, moved or deleted since."""

from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.health.repairs import merged, moved
from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from core.transfer.exporting import FORMATS
from core.transfer.item import Item, Items, ItemSource
from core.transfer.options import MatchBy, OnMatch, Options
from core.transfer.plan import Outcome, Plan, plan
from core.transfer.reading import read_files
from tests.core.transfer.tables import in_this_process, tables

NUMBERED = [one for one in FORMATS.values() if one.is_own]
RETURNS = Entry(id=173, question="Can I return it?", answer="Within 30 days", alternates=("return policy",))
REFUND = Entry(id=178, question="When do I get my money back?", answer="In a week", alternates=("refund",))
OTHER = Entry(id=180, question="Are you hiring?", answer="Yes")
NEXT_ID = 100_000


@pytest.fixture(autouse=True)
def _fast(monkeypatch: pytest.MonkeyPatch) -> None:
    in_this_process(monkeypatch)


def items(*entries: Entry) -> Items:
    found = []
    for line, entry in enumerate(entries, start=2):
        fields = {name: getattr(entry, name) for name in ("question", "answer", "alternates", "tags", "enabled")}
        source = ItemSource(f"line {line}", (("question", entry.question),))
        found.append(Item(fields=fields, sources=(source,), number=entry.id, all_phrasings=True))
    return Items(items=tuple(found))


def content(entry: Entry) -> tuple[object, ...]:
    return entry.question, entry.answer, entry.alternates, entry.tags, entry.enabled


MERGED = applied([RETURNS, REFUND, OTHER], merged(RETURNS, REFUND), NEXT_ID)


@pytest.mark.parametrize("by", MatchBy)
def test_two_entries_that_were_merged_since_come_back_as_two_in_whatever_order_they_stand(by: MatchBy) -> None:
    for rows in ((REFUND, RETURNS, OTHER), (RETURNS, REFUND, OTHER)):
        made = plan(items(*rows), MERGED, 1, Options(match_by=by))

        assert sorted(row.outcome for row in made.rows) == [Outcome.CHANGED, Outcome.NEW, Outcome.SAME]
        after = applied(MERGED, made.changes, NEXT_ID)
        assert {content(entry) for entry in after} == {content(entry) for entry in rows}
        assert not plan(items(*rows), after, 2, Options(match_by=by)).changes


def test_a_merged_entry_that_is_to_stay_as_it_is_keeps_both_rows_out() -> None:
    made = plan(items(REFUND, RETURNS), MERGED, 1, Options(on_match=OnMatch.SKIP))

    assert [row.outcome for row in made.rows] == [Outcome.KEPT, Outcome.KEPT]
    assert made.rows[0].reason == "No. 173 has this question already, and is left as it is."


@st.composite
def later(draw: st.DrawFn, entries: list[Entry]) -> list[Entry]:
    """The table after some merges, moves, deletions and new entries."""
    table, next_id = list(entries), NEXT_ID
    for step in range(draw(st.integers(0, 5))):
        what = draw(st.sampled_from(("merge", "move", "delete", "add")))
        changes = Changes()
        if what == "add":
            changes = Changes(added=({"question": f"Something new {step}", "answer": "New"},))
        elif what == "delete" and table:
            changes = Changes(deleted=frozenset({draw(st.sampled_from(table)).id}))
        elif len([one for one in table if one.enabled]) > 1:
            source, target = draw(st.permutations([one for one in table if one.enabled]))[:2]
            if what == "merge":
                changes = merged(target, source)
            elif what == "move" and source.alternates and target.id < NEXT_ID:
                changes = moved(draw(st.sampled_from(source.phrasings)), source, target)
        table = applied(table, changes, next_id)
        next_id += len(changes.added)
    return table


@pytest.mark.parametrize("by", [MatchBy.AUTO, MatchBy.NUMBER])
@given(data=st.data(), entries=tables())
@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
def test_an_earlier_export_brings_back_each_of_its_entries_once(
    by: MatchBy, data: st.DataObject, entries: list[Entry]
) -> None:
    if not entries:
        return
    table = data.draw(later(entries))
    format_ = data.draw(st.sampled_from(NUMBERED))
    file = read_files([(f"table.{format_.suffix}", format_.file(entries))]).items()

    made = plan(file, table, 1, Options(match_by=by))
    after = applied(table, made.changes, 2 * NEXT_ID)

    assert not made.of(Outcome.INVALID), [row.reason for row in made.rows]
    missing = Counter(map(content, entries)) - Counter(map(content, after))
    assert not missing
    again: Plan = plan(file, after, 2, Options(match_by=by))
    assert not again.changes
    assert not again.of(Outcome.INVALID)
