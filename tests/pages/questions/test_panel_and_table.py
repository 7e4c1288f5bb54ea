"""Edits of the table and of the panel, saves, and another editor's saves, in any order, against a plain model."""

import random
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, OWNER
from core.questions.changes import Changes, applied
from core.questions.entry import Entry
from pages.shell import session
from tests.pages.conftest import Browser
from tests.pages.questions.test_entry_panel import done, save, shown_number, write
from tests.pages.questions.test_page import press, report

ORG = CLOTHING_ORG
FIELDS = {"question": "Question", "answer": "Answer"}
Row = dict[str, str]


@dataclass
class Model:
    """What a table must read: the saved one, the one that this person sees, and what they have not saved."""

    server: dict[int, Row]
    base: dict[int, Row] = field(default_factory=dict)
    edits: dict[int, Row] = field(default_factory=lambda: defaultdict(dict))
    added: list[Row] = field(default_factory=list)
    deleted: set[int] = field(default_factory=set)
    next_id: int = 4

    @property
    def busy(self) -> bool:
        return bool(self.edits or self.added or self.deleted)

    def refresh(self) -> None:
        if not self.busy:
            self.base = {key: dict(row) for key, row in self.server.items()}

    def view(self) -> list[Row]:
        kept = [{**row, **self.edits.get(key, {})} for key, row in self.base.items() if key not in self.deleted]
        return [*kept, *self.added]

    def edit(self, key: int, name: str, text: str) -> None:
        if key < 0:
            self.added[-1 - key][name] = text
        else:
            self.edits[key][name] = text

    def delete(self, key: int) -> None:
        self.deleted.add(key)
        self.edits.pop(key, None)

    def save(self) -> None:
        for key, fields in self.edits.items():
            self.server[key].update(fields)
        for key in self.deleted:
            del self.server[key]
        for row in self.added:
            self.server[self.next_id] = dict(row)
            self.next_id += 1
        self.edits.clear()
        self.added.clear()
        self.deleted.clear()
        self.refresh()


class Play:
    """One browser tab beside the model, and the steps that both take."""

    def __init__(self, tab: AppTest, frontline: Frontline, seed: int) -> None:
        self.tab, self.frontline, self.random = tab, frontline, random.Random(seed)
        entries = frontline.questions.table(OWNER, ORG).entries
        self.model = Model({one.id: {"question": one.question, "answer": one.answer} for one in entries})
        self.model.refresh()
        self.others: set[int] = set()
        self.delta: dict[str, Any] = {}
        self.shown: int | None = None
        self.texts = 0

    @property
    def editor(self) -> Any:
        return self.tab.session_state[session.key("questions", ORG, "editor")]

    def text(self) -> str:
        self.texts += 1
        return f"text {self.texts}"

    def mine(self) -> list[int]:
        """Entries that nobody else has changed since this person saw them."""
        return [key for key in self.model.base if key not in self.model.deleted | self.others]

    def in_table(self, change: dict[str, Any]) -> None:
        """Report one more edit of the table on the screen, after those that it had."""
        if (now := self.editor.generation) != self.shown:
            self.shown, self.delta = now, {"edited_rows": {}, "added_rows": [], "deleted_rows": []}
        for place, cells in change.get("edited_rows", {}).items():
            self.delta["edited_rows"].setdefault(place, {}).update(cells)
        self.delta["added_rows"].extend(change.get("added_rows", []))
        self.delta["deleted_rows"].extend(change.get("deleted_rows", []))
        report(self.tab, self.delta)
        self.tab.run()

    def edit_a_cell(self) -> None:
        keys = [key for key in self.editor.table.keys if key < 0 or key in self.mine()]
        if keys:
            key, name, text = self.random.choice(keys), self.random.choice([*FIELDS]), self.text()
            self.model.edit(key, name, text)
            self.in_table({"edited_rows": {self.editor.table.keys.index(key): {name: text}}})

    def add_a_row(self) -> None:
        row = {"question": self.text(), "answer": self.text()}
        self.model.added.append(dict(row))
        self.in_table({"added_rows": [{**row, "enabled": True}]})

    def delete_a_row(self) -> None:
        keys = [key for key in self.editor.table.keys if key in self.mine()]
        if len(self.mine()) > 2 and keys:
            key = self.random.choice(keys)
            self.model.delete(key)
            self.in_table({"deleted_rows": [self.editor.table.keys.index(key)]})

    def write_in_the_panel(self) -> None:
        if not self.mine():
            return
        key, texts = self.random.choice(self.mine()), 0
        numbers = next(one for one in self.tab.number_input if one.label.startswith("Open an entry"))
        numbers.set_value(key).run()
        assert shown_number(self.tab) == key
        for name in self.random.sample([*FIELDS], self.random.randint(0, 2)):
            texts += 1
            text = self.text()
            self.model.edit(key, name, text)
            write(self.tab, FIELDS[name], text)
        if texts and self.random.random() < 0.3:
            self.saved(save)
        else:
            done(self.tab)

    def save_by_the_bar(self) -> None:
        if self.model.busy:
            self.saved(lambda tab: press(tab, "Save"))

    def saved(self, by: Any) -> None:
        by(self.tab)
        self.model.save()
        self.others.clear()

    def another_saves(self) -> None:
        free = [key for key in self.mine() if key not in self.model.edits]
        if free:
            key, text = self.random.choice(free), self.text()
            base = self.frontline.questions.newest_revision(OWNER, ORG)
            changes = Changes(edited={key: {"answer": text}})
            self.frontline.questions.save(OWNER, ORG, base_revision=base, changes=changes)
            self.model.server[key]["answer"] = text
            if self.model.busy:
                self.others.add(key)  # an edit of it would be a conflict, which has tests of its own
            self.model.refresh()

    def step(self) -> None:
        self.random.choice(
            [
                self.edit_a_cell,
                self.edit_a_cell,
                self.add_a_row,
                self.delete_a_row,
                self.write_in_the_panel,
                self.write_in_the_panel,
                self.save_by_the_bar,
                self.another_saves,
            ]
        )()
        self.tab.run()
        changes = self.editor.current(self.reported())
        assert read(applied(self.editor.snapshot.entries, changes, 1_000)) == self.model.view()
        table = self.frontline.questions.table(OWNER, ORG).entries
        assert {one.id: row for one, row in zip(table, read(table), strict=True)} == self.model.server
        drafts = self.frontline.questions.drafts(ADMIN, ORG)
        assert [draft.changes for draft in drafts] == ([changes] if self.model.busy else [])

    def reported(self) -> Any:
        """What the widget of the table on the screen reports."""
        visits = self.tab.session_state[session.key("shell", "", "visit")][1]
        name = f"table_{self.editor.generation}_{visits}"
        key = session.key("questions", ORG, name)
        return self.tab.session_state[key] if key in self.tab.session_state else None  # noqa: SIM401 - it has no get


def read(entries: Any) -> list[Row]:
    def row(one: Entry) -> Row:
        return {"question": one.question, "answer": one.answer}

    return [row(one) for one in entries]


def play(browser: Browser, frontline: Frontline, seed: int, steps: int) -> None:
    game = Play(browser.open("questions", ORG, person=ADMIN), frontline, seed)
    for _ in range(steps):
        game.step()
        assert not game.tab.error, [one.value for one in game.tab.error]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_no_edit_is_lost_and_none_is_made_up(browser: Browser, frontline: Frontline, seed: int) -> None:
    play(browser, frontline, seed, steps=20)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(10, 20))
def test_no_edit_is_lost_and_none_is_made_up_in_long_plays(browser: Browser, frontline: Frontline, seed: int) -> None:
    play(browser, frontline, seed, steps=150)
