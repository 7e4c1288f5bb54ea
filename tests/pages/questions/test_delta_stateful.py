"""Long sequences of edits, as the browser's table reports them, beside a plain list of rows."""

from dataclasses import dataclass, field
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from core.questions.lines import from_lines
from core.questions.table_view import TableView
from pages.questions.editor.delta import Shown, absorbed, shown

ENTRIES = [
    Entry(id=2 * n + 1, question=f"old {n}", answer=f"text {n}", alternates=("p", "q")[: n % 3], enabled=n != 1)
    for n in range(5)
]
BY_ID = {entry.id: entry for entry in ENTRIES}
TEXTS = {
    "question": st.sampled_from(["old 0", "old 1", "new", "blue", "red"]),
    "answer": st.sampled_from(["text 0", "text 3", "blue", 'Ä, "b"\nc']),
    "alternates": st.sampled_from(["", "p", "p\nq", "• q\n• p", "red, or blue", None]),
    "enabled": st.booleans(),
}
cells = st.sampled_from(sorted(TEXTS)).flatmap(lambda name: st.tuples(st.just(name), TEXTS[name]))
optional = {name: texts for name, texts in TEXTS.items() if name != "question"}
asked = st.fixed_dictionaries({"question": TEXTS["question"]}, optional=optional)
new_rows = asked.map(lambda row: {"enabled": True, **row})


@dataclass
class Widget:
    """The browser's side: it speaks of places in the rows that it was given, and of rows of its own."""

    table: Shown
    edited: dict[int, dict[str, Any]] = field(default_factory=dict)
    added: list[dict[str, Any]] = field(default_factory=list)
    deleted: list[int] = field(default_factory=list)

    def base(self) -> list[int]:
        return [place for place in range(len(self.table.keys)) if place not in self.deleted]

    def delta(self) -> dict[str, Any]:
        return {"edited_rows": self.edited, "added_rows": self.added, "deleted_rows": sorted(self.deleted)}

    def edit(self, row: int, name: str, value: Any) -> None:
        base = self.base()
        if row >= len(base):
            self.added[row - len(base)][name] = value
        elif self.table.frame[name].iloc[base[row]] == value:  # typed back: the browser forgets the edit
            self.edited.get(base[row], {}).pop(name, None)
        else:
            self.edited.setdefault(base[row], {})[name] = value

    def delete(self, row: int) -> None:
        base = self.base()
        if row >= len(base):
            del self.added[row - len(base)]
        else:
            self.deleted.append(base[row])
            self.edited.pop(base[row], None)


def read(name: str, value: Any) -> Any:
    return from_lines(value) if name == "alternates" else value


class Table(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.changes = Changes()
        self.rows = [
            {"id": e.id, "question": e.question, "answer": e.answer, "alternates": e.alternates, "enabled": e.enabled}
            for e in ENTRIES
        ]
        self.draw("")

    def draw(self, search: str) -> None:
        self.widget = Widget(shown(ENTRIES, self.changes, TableView(search=search)))
        self.shown = [row for row in self.rows if row["id"] is None or self._holds(row, search)]

    def _holds(self, row: dict[str, Any], search: str) -> bool:
        return search in f"{row['id']} {row['question']} {row['alternates']} {row['answer']}"

    @rule(cell=cells, data=st.data())
    @precondition(lambda self: self.shown)
    def edits(self, cell: tuple[str, Any], data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.shown) - 1))
        self.widget.edit(place, *cell)
        self.shown[place][cell[0]] = read(*cell)

    @rule(rows=st.lists(new_rows, min_size=1, max_size=4))
    def adds(self, rows: list[dict[str, Any]]) -> None:
        for row in rows:
            self.widget.added.append(dict(row))
            made = {"id": None, "question": "", "answer": "", "alternates": (), "enabled": True}
            made |= {name: read(name, value) for name, value in row.items()}
            self.rows.append(made)
            self.shown.append(made)

    @rule(data=st.data())
    @precondition(lambda self: self.shown)
    def deletes(self, data: st.DataObject) -> None:
        place = data.draw(st.integers(0, len(self.shown) - 1))
        self.widget.delete(place)
        gone = self.shown.pop(place)
        self.rows = [row for row in self.rows if row is not gone]

    @rule(search=st.sampled_from(["", "old", "blue", "zebra"]), kept=st.booleans())
    def is_drawn_anew(self, search: str, kept: bool) -> None:
        """After a search, another page, or a reload (then the changes come out of the draft)."""
        changes = absorbed(self.widget.table, BY_ID, self.widget.delta())
        self.changes = Changes.from_json(changes.as_json()) if kept else changes
        self.draw(search)

    @invariant()
    def the_changes_make_the_same_table(self) -> None:
        changes = absorbed(self.widget.table, BY_ID, self.widget.delta())
        after = [
            {
                "id": e.id or None,
                "question": e.question,
                "answer": e.answer,
                "alternates": e.alternates,
                "enabled": e.enabled,
            }
            for e in applied(ENTRIES, changes, first_new_id=0)[: len(ENTRIES) - len(changes.deleted)]
        ]
        after += [{**row, "id": None} for row in map(_made, changes.added)]
        assert after == self.rows

    @invariant()
    def only_what_differs_counts_as_edited(self) -> None:
        changes = absorbed(self.widget.table, BY_ID, self.widget.delta())
        for entry_id, fields in changes.edited.items():
            assert fields
            row = next(row for row in self.rows if row["id"] == entry_id)
            for name in fields:
                assert row[name] != getattr(BY_ID[entry_id], name)


def _made(fields: Any) -> dict[str, Any]:
    (entry,) = applied([], Changes(added=(fields,)), first_new_id=0)
    return {
        "question": entry.question,
        "answer": entry.answer,
        "alternates": entry.alternates,
        "enabled": entry.enabled,
    }


TestTable = Table.TestCase
TestTable.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
