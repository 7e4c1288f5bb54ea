"""Random sequences of everything that people do with the table, on the page itself, beside a plain list of rows."""

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, OWNER
from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from core.questions.table_view import SortOrder
from pages.shell import session
from tests.pages.conftest import Browser, everything
from tests.pages.questions.test_delta_stateful import Widget
from tests.pages.questions.test_keeping import ORG, choose_tag, editor, filtered, find, tick
from tests.pages.questions.test_page import press, report

START = 5
TAGS = ("red", "blue")
places = st.integers(0, 100)


@dataclass
class Row:
    """A row as a person sees it; a new one has no number yet."""

    question: str
    answer: str
    tags: tuple[str, ...] = ()
    enabled: bool = True
    number: int = 0


Rows = list[Row]


@dataclass
class Model:
    """The table as it should be: saved, as the person opened it, and as they have it now, with each step of theirs."""

    saved: Rows
    opened: Rows = field(default_factory=list)
    mine: Rows = field(default_factory=list)
    past: list[Rows] = field(default_factory=list)
    future: list[Rows] = field(default_factory=list)

    def open_newest(self) -> None:
        self.opened, self.mine = copy.deepcopy(self.saved), copy.deepcopy(self.saved)
        self.past, self.future = [], []

    def step(self, rows: Rows) -> None:
        """These are the rows now; as a step when they are others than before."""
        if rows != self.mine:
            self.past.append(self.mine)
            self.mine, self.future = rows, []

    @property
    def is_changed(self) -> bool:
        return self.mine != self.opened


def row_of(entry: Entry, number: int) -> Row:
    return Row(entry.question, entry.answer, entry.tags, entry.enabled, number)


class Keeping(RuleBasedStateMachine):
    """One person at the table, and another who saves it meanwhile."""

    def __init__(self, browser: Browser, frontline: Frontline) -> None:
        super().__init__()
        self.browser, self.frontline = browser, frontline
        self.words = 0
        base = frontline.questions.table(OWNER, ORG)
        frontline.questions.save(
            OWNER,
            ORG,
            base_revision=base.revision,
            changes=Changes(
                added=[{"question": self.word(), "answer": self.word(), "tags": TAGS[: n % 3]} for n in range(START)],
                deleted=frozenset(entry.id for entry in base.entries),
            ),
        )
        self.model = Model(saved=self.stored())
        self.model.open_newest()
        self.tab = browser.open("questions", ORG, person=OWNER)
        self.look()

    def teardown(self) -> None:
        for draft in self.frontline.questions.drafts(OWNER, ORG):
            self.frontline.questions.keep_draft(OWNER, ORG, base_revision=0, changes=Changes(), tab=draft.tab)

    def word(self) -> str:
        """A text that nothing else reads like."""
        self.words += 1
        return f"{'apple' if self.words % 2 else 'zebra'} w{self.words}w"

    def stored(self) -> Rows:
        return [row_of(entry, entry.id) for entry in self.frontline.questions.table(OWNER, ORG).entries]

    def look(self) -> None:
        """See which table is on the screen: an edit goes into that one."""
        now = editor(self.tab)
        if getattr(self, "seen", None) is now:
            return
        numbers = {row.number: row for row in self.model.mine if row.number}
        if getattr(self, "on_screen", None) == (id(self.tab), now.generation):  # saved, and the browser's table stays
            self.shown = [numbers[key] for key in now.table.keys if key in numbers]
        else:
            self.widget = Widget(now.table)
            new = [row for row in self.model.mine if not row.number]
            self.shown = [numbers[key] if key > 0 else new[-1 - key] for key in now.table.keys]
        self.seen, self.on_screen = now, (id(self.tab), now.generation)

    @property
    def is_selecting(self) -> bool:
        return bool(self.tab.toggle and self.tab.toggle[0].value)

    def heard(self) -> AppTest:
        """The browser reports what is typed with whatever the person does next."""
        report(self.tab, self.widget.delta())
        return self.tab

    def run(self) -> None:
        if not self.is_selecting:
            self.heard()
        self.tab.run()
        self.after()

    def after(self) -> None:
        """A newer table of another is shown at once where nothing is unsaved or undone."""
        if not self.model.is_changed and not self.model.future and self.model.opened != self.model.saved:
            self.model.open_newest()
            if editor(self.tab).snapshot.revision != self.frontline.questions.newest_revision(OWNER, ORG):
                self.tab.run()
        self.look()

    @precondition(lambda self: not self.is_selecting and self.shown)
    @rule(place=places, name=st.sampled_from(["question", "answer", "tags", "enabled"]), back=st.booleans())
    def edits(self, place: int, name: str, back: bool) -> None:
        i = place % len(self.shown)
        row = self.shown[i]
        value: Any = not row.enabled if name == "enabled" else "" if name == "tags" and row.tags else self.word()
        before = next((old for old in self.model.opened if old.number == row.number), None)
        if back and before and name in ("question", "answer"):
            value = getattr(before, name)  # typed back to what is stored
        self.widget.edit(i, name, value)
        rows = copy.deepcopy(self.model.mine)
        rows[self.model.mine.index(row)] = changed = copy.deepcopy(row)
        setattr(changed, name, tuple(filter(None, [value])) if name == "tags" else value)
        self.take(rows)
        self.shown[i] = changed if any(changed is mine for mine in self.model.mine) else row  # the same was typed again
        self.run()

    def take(self, rows: Rows) -> None:
        """The rows are others now: those on the screen are the same ones by place."""
        kept = {id(old): new for old, new in zip(self.model.mine, rows, strict=False)}
        self.shown = [kept.get(id(row), row) for row in self.shown]
        before = self.model.mine
        self.model.step(rows)
        if self.model.mine is before:
            self.shown = [before[rows.index(row)] if row in rows else row for row in self.shown]

    @precondition(lambda self: not self.is_selecting)
    @rule(count=st.integers(1, 3))
    def adds(self, count: int) -> None:
        new = [Row(self.word(), self.word()) for _ in range(count)]
        self.widget.added += [{"question": row.question, "answer": row.answer, "enabled": True} for row in new]
        self.model.step([*self.model.mine, *new])
        self.shown += new
        self.run()

    @precondition(lambda self: not self.is_selecting and self.shown)
    @rule(place=places)
    def deletes(self, place: int) -> None:
        i = place % len(self.shown)
        self.widget.delete(i)
        gone = self.shown.pop(i)
        self.model.step([row for row in self.model.mine if row is not gone])
        self.run()

    @rule(words=st.sampled_from(["", "apple", "zebra", "w3w", "nothing"]))
    def searches(self, words: str) -> None:
        self.then(lambda tab: find(tab, words))

    @rule(names=st.sets(st.sampled_from(["Off", "No tag", "Changed, not saved", "Tag: red"]), max_size=2))
    def filters(self, names: set[str]) -> None:
        options = next(field for field in self.tab.multiselect if field.label == "Filter").options
        self.then(lambda tab: filtered(tab, *sorted(names.intersection(options))))

    @rule(order=st.sampled_from(list(SortOrder)))
    def sorts(self, order: SortOrder) -> None:
        self.then(lambda tab: next(box for box in tab.selectbox if box.label == "Sort by").set_value(order).run())

    @rule()
    def switches_between_changing_and_selecting(self) -> None:
        self.then(lambda tab: tab.toggle[0].set_value(not tab.toggle[0].value).run())

    @precondition(lambda self: self.is_selecting and self.shown)
    @rule(
        ticked=st.sets(places, min_size=1, max_size=4),
        action=st.sampled_from(["Add tag", "Remove tag", "Switch on", "Switch off", "Delete"]),
    )
    def changes_what_is_selected(self, ticked: set[int], action: str) -> None:
        chosen = sorted({place % len(self.shown) for place in ticked})
        tick(self.tab, "table_", *chosen)
        if "tag" in action:
            boxes = [box for box in self.tab.selectbox if box.label == "Tag"]
            if "red" not in boxes[0].options:
                return
            choose_tag(self.tab, "red")
        picked = {id(self.shown[place]) for place in chosen}
        self.model.step([after for row in self.model.mine for after in done(row, action, id(row) in picked)])
        press(self.tab, action)
        self.after()

    @precondition(lambda self: self.model.past)
    @rule()
    def undoes(self) -> None:
        self.model.future.insert(0, self.model.mine)
        self.model.mine = self.model.past.pop()
        self.then(lambda tab: press(tab, "Undo"))

    @precondition(lambda self: self.model.future)
    @rule()
    def redoes(self) -> None:
        self.model.past.append(self.model.mine)
        self.model.mine = self.model.future.pop(0)
        self.then(lambda tab: press(tab, "Redo"))

    def then(self, action: Any) -> None:
        action(self.tab if self.is_selecting else self.heard())
        self.after()

    @rule()
    def comes_back_from_another_page(self) -> None:
        if not self.is_selecting:
            self.heard()
        self.browser.go(self.browser.go(self.tab, "ask"), "questions")
        self.after()

    @rule()
    def reloads(self) -> None:
        if not self.is_selecting:
            self.run()
        self.tab = self.browser.open("questions", ORG, person=OWNER)
        if not self.model.is_changed:
            self.model.open_newest()
        self.model.past, self.model.future = [], []
        self.after()

    @rule(place=places, what=st.sampled_from(["edit", "delete", "add"]))
    def another_saves(self, place: int, what: str) -> None:
        saved = self.model.saved
        number = saved[place % len(saved)].number if saved else 0
        if what == "add" or not number:
            changes = Changes(added=({"question": self.word(), "answer": self.word()},))
        elif what == "delete":
            changes = Changes(deleted=frozenset({number}))
        else:
            changes = Changes(edited={number: {"answer": self.word()}})
        newest = self.frontline.questions.newest_revision(ADMIN, ORG)
        self.frontline.questions.save(ADMIN, ORG, base_revision=newest, changes=changes)
        self.model.saved = self.stored()
        self.run()

    @precondition(lambda self: self.model.is_changed)
    @rule(use_mine=st.booleans())
    def saves(self, use_mine: bool) -> None:
        expected, asked = merged(self.model, use_mine)
        press(self.tab if self.is_selecting else self.heard(), "Save")
        assert [radio.label for radio in self.tab.radio] == [f"Which text of No. {number}?" for number in asked]
        if asked:
            for radio in list(self.tab.radio):
                radio.set_value("Use mine" if use_mine else "Keep theirs").run()
            press(self.tab, "Save with these choices")
        now = self.stored()
        assert sorted(contents(now)) == sorted(contents(expected))
        assert {row.number for row in now} >= {row.number for row in expected if row.number}
        self.model.saved = now
        self.model.open_newest()
        self.after()

    @invariant()
    def nothing_is_lost_and_nothing_comes_out_of_nothing(self) -> None:
        if not hasattr(self, "tab"):
            return
        assert "had lost unsaved changes" not in everything(self.tab)
        now, steps = editor(self.tab), self.tab.session_state[session.key("questions", ORG, "unsaved")]
        rows = applied(now.snapshot.entries, steps.present, first_new_id=10**6)
        assert [row_of(entry, entry.id if entry.id < 10**6 else 0) for entry in rows] == self.model.mine
        assert bool(steps.present) == self.model.is_changed
        assert (len(steps.past), len(steps.future)) == (len(self.model.past), len(self.model.future))
        draft = self.frontline.questions.draft(OWNER, ORG)
        drafted = draft.changes if draft else Changes()
        assert applied(now.snapshot.entries, drafted, first_new_id=10**6) == rows
        assert self.stored() == self.model.saved


def done(row: Row, action: str, is_picked: bool) -> Iterator[Row]:
    """What becomes of a row; nothing of a deleted one."""
    after = copy.deepcopy(row)
    if is_picked:
        if action == "Delete":
            return
        if action == "Add tag":
            after.tags = (*row.tags, *(["red"] if "red" not in row.tags else []))
        elif action == "Remove tag":
            after.tags = tuple(tag for tag in row.tags if tag != "red")
        else:
            after.enabled = action == "Switch on"
    yield after


def merged(model: Model, use_mine: bool) -> tuple[Rows, list[int]]:
    """The table after a save, and the entries about which the person is asked, as they were changed by both."""
    opened, theirs = ({row.number: row for row in rows} for rows in (model.opened, model.saved))
    mine = {row.number: row for row in model.mine if row.number}
    rows = {number: row for number, row in theirs.items() if number not in opened}
    new = [row for row in model.mine if not row.number]
    asked = []
    for number, before in opened.items():
        my, their = mine.get(number), theirs.get(number)
        is_asked = my not in (before, their) and their != before
        if is_asked:
            asked.append(number)
        kept = my if (is_asked and use_mine) or (their == before) else their
        if kept is not None and their is None:
            new.append(kept)  # deleted by the other, and wanted by this person: it comes back as a new one
        elif kept is not None:
            rows[number] = kept
    return [*rows.values(), *(Row(row.question, row.answer, row.tags, row.enabled) for row in new)], asked


def contents(rows: Rows) -> list[tuple[str, str, tuple[str, ...], bool]]:
    return [(row.question, row.answer, row.tags, row.enabled) for row in rows]


LONG = pytest.param((30, 40), marks=pytest.mark.slow)


@pytest.mark.parametrize("size", [(5, 20), LONG], ids=["short", "long"])
def test_no_change_gets_lost_or_comes_out_of_nothing(
    browser: Browser, frontline: Frontline, size: tuple[int, int]
) -> None:
    examples, steps = size
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        lambda: Keeping(browser, frontline),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
