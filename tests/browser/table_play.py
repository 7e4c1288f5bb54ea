"""Plays random edits of the table in a browser beside a plain model, and compares everything after each step."""

import contextlib
import itertools
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from core.identity.demo import OWNER
from core.questions.changes import Changes, applied
from core.questions.lines import from_lines
from core.questions.service import Questions
from pages.questions.editor.table_look import ROW_HEIGHT
from tests.browser.conftest import menu, settled
from tests.browser.grid import FIRST_ROW

COLUMNS = {2: "question", 3: "answer", 4: "alternates"}
"""Columns of the grid as assistive technology sees it, from 1 with the number."""
A_MOMENT = 100
"""Milliseconds between the last letter and the key that leaves the cell: nobody is faster, and the grid is slower."""
PATIENCE_SECONDS = 10.0
REACHED = 4
"""Rows are clicked only as far down as they are surely on the screen."""
READ = """() => Object.fromEntries([...document.querySelectorAll('[data-testid="data-grid-canvas"] td')]
    .map(cell => [cell.id.replace("glide-cell-", ""), cell.textContent]))"""
HEARS = "() => !!document.activeElement?.closest('[data-testid=\"data-grid-canvas\"]')"
"""Whether the table hears the keyboard, as it does again after a cell was left."""
SELECTED = '() => !!document.querySelector(\'[data-testid="data-grid-canvas"] td[aria-selected="true"]\')'
"""Whether a cell is selected: none is after a row was deleted, and then the keys for moving do nothing."""
STEPS = ("write", "write", "append", "paste", "paste", "delete", "search", "elsewhere", "reload", "save")


@dataclass(frozen=True)
class Row:
    """A row as the person sees it; a new one has no number yet."""

    question: str
    answer: str
    alternates: tuple[str, ...] = ()
    number: int = 0


@dataclass
class Model:
    """The table as it should be: what is saved, what the person made of it, and which rows the screen shows."""

    saved: dict[int, Row]
    rows: list[Row] = field(default_factory=list)
    shown: list[int] = field(default_factory=list)
    """Places in ``rows``."""
    search: str = ""

    def show(self, search: str = "") -> None:
        """Draw the table anew: under a search only the rows that hold it, and the new ones."""
        self.search = search
        self.shown = [
            i
            for i, row in enumerate(self.rows)
            if not row.number or search in f"{row.question} {row.answer} {row.alternates}"
        ]

    def counted(self) -> str:
        """What the foot announces; empty when nothing is unsaved."""
        here = {row.number: row for row in self.rows if row.number}
        edited = sum(self.saved[number] != row for number, row in here.items())
        new, deleted = len(self.rows) - len(here), len(self.saved) - len(here)
        parts = ((edited, "edited"), (new, "new"), (deleted, "deleted"))
        return ", ".join(f"{count} {word}" for count, word in parts if count)

    def delete(self, places: set[int]) -> None:
        """Delete these of the shown rows."""
        gone = sorted(self.shown[place] for place in places)
        self.shown = [i for place, i in enumerate(self.shown) if place not in places]
        self.rows = [row for i, row in enumerate(self.rows) if i not in gone]
        self.shown = [i - sum(each < i for each in gone) for i in self.shown]

    def add(self, rows: list[Row]) -> None:
        """New rows at the end."""
        self.shown += range(len(self.rows), len(self.rows) + len(rows))
        self.rows += rows


class Play:
    """One person at one table."""

    def __init__(self, page: Page, questions: Questions, org_id: str, seed: int) -> None:
        self.page = page
        self.questions = questions
        self.org_id = org_id
        self.random = random.Random(seed)
        self.words = 0
        self.log: list[str] = []
        entries = questions.table(OWNER, org_id).entries
        saved = {entry.id: Row(entry.question, entry.answer, entry.alternates, entry.id) for entry in entries}
        self.model = Model(saved=saved, rows=list(saved.values()))
        self.model.show()

    def step(self) -> None:
        """One thing that a person does; everything agrees afterwards."""
        name = self.random.choice(STEPS)
        self.log.append(name)
        action: Callable[[], None] = getattr(self, f"_{name}")
        action()
        try:
            self._compare()
        except AssertionError as error:
            raise AssertionError(f"after {self.log}: {error}") from error

    def _word(self) -> str:
        self.words += 1
        return f"{self.random.choice(('apple', 'pear', 'plum'))} {self.words} of {self.random.randrange(10**6)}"

    def _new_rows(self, count: int) -> list[Row]:
        return [Row(f"Is it {self._word()}?", f"An answer, {self._word()}") for _ in range(count)]

    def _top(self) -> None:
        if not (self.page.evaluate(HEARS) and self.page.evaluate(SELECTED)):  # a second click would open the cell
            canvas = self.page.get_by_test_id("data-grid-canvas").first
            canvas.scroll_into_view_if_needed()
            box = canvas.bounding_box()
            assert box is not None
            self.page.mouse.click(box["x"] + 120, box["y"] + FIRST_ROW)
            self.page.wait_for_function(HEARS)
        self.page.keyboard.press("Control+Home")

    def _go(self, column: int, place: int) -> None:
        """Select a cell by the keyboard."""
        self._top()
        for _ in range(place):
            self.page.keyboard.press("ArrowDown")
        for _ in range(column - 1):
            self.page.keyboard.press("ArrowRight")
        expect(self.page.get_by_test_id(f"glide-cell-{column}-{place}")).to_have_attribute("aria-selected", "true")

    def _blank_row(self) -> None:
        """Select the question of the line for new rows; in an empty table a click makes it the first row."""
        if self.model.shown:
            self._top()
            for key in ("ArrowRight", "Control+ArrowDown", "ArrowDown"):
                self.page.keyboard.press(key)
            return
        box = self.page.get_by_test_id("data-grid-canvas").first.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + 200, box["y"] + FIRST_ROW)
        self.page.locator("#portal textarea").wait_for()
        self.page.keyboard.press("Escape")
        self.page.locator("#portal textarea").wait_for(state="detached")
        self.page.wait_for_function(HEARS)

    def _type(self, text: str) -> None:
        """Open the selected cell and write into it, as fast as its field takes it."""
        self.page.keyboard.press("Enter")
        field = self.page.locator("#portal textarea")
        expect(field).to_be_focused()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)
        expect(field).to_have_value(text)
        self.page.wait_for_timeout(A_MOMENT)

    def _leave(self) -> None:
        """Leave the open cell in one of the ways people do; each keeps what was typed."""
        way = self.random.choice(("Enter", "Tab", "click"))
        if way == "click":
            self.page.get_by_role("heading", level=1).click()
        else:
            self.page.keyboard.press(way)

    def _write(self) -> None:
        if not self.model.shown:
            return self._append()
        place = self.random.randrange(min(len(self.model.shown), REACHED))
        column = self.random.choice(list(COLUMNS))
        texts = [self._word() for _ in range(self.random.choice((1, 2, 3)) if column == 4 else 1)]
        if column == 4:
            texts[0] += ', "or so", please'
        self._go(column, place)
        self._type("\n".join(texts))
        self._leave()
        i = self.model.shown[place]
        value = tuple(texts) if column == 4 else texts[0]
        self.model.rows[i] = replace(self.model.rows[i], **{COLUMNS[column]: value})
        return None

    def _append(self) -> None:
        (row,) = self._new_rows(1)
        self._blank_row()
        self._type(row.question)
        self.page.keyboard.press("Tab")  # to the answer
        self.page.locator("#portal textarea").wait_for(state="detached")
        self._type(row.answer)
        self._leave()
        self.model.add([row])

    def _paste(self) -> None:
        rows = self._new_rows(self.random.choice((1, 2, 4, 9, 30, 40)))
        text = "\n".join(f"{row.question}\t{row.answer}" for row in rows)
        self.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        self._blank_row()
        self.page.keyboard.press("Control+V")
        self.model.add(rows)

    def _delete(self) -> None:
        if not self.model.shown:
            return
        place = self.random.randrange(min(len(self.model.shown), REACHED))
        self._top()
        box = self.page.get_by_test_id("data-grid-canvas").first.bounding_box()
        assert box is not None
        self.page.mouse.click(box["x"] + 16, box["y"] + FIRST_ROW + ROW_HEIGHT * place)
        self.page.keyboard.press("Delete")
        self.model.delete({place})

    def _search(self) -> None:
        wanted = "" if self.model.search else self.random.choice(("apple", "pear", "zebra"))
        field = self.page.get_by_placeholder("Find in questions")
        field.click()
        field.fill(wanted)
        field.press("Enter")
        self.model.show(wanted)

    def _elsewhere(self) -> None:
        menu(self.page, "Ask")
        menu(self.page, "Questions & answers")
        self.model.show()

    def _reload(self) -> None:
        self.page.reload()
        self.model.show()

    def _save(self) -> None:
        if not self.model.counted():
            return
        self.page.get_by_role("button", name="Save", exact=True).click()
        expect(self.page.get_by_text("Saved as revision").last).to_be_visible()
        expect(self.page.get_by_text("not saved yet")).to_have_count(0)
        numbers = iter(sorted(entry.id for entry in self.questions.table(OWNER, self.org_id).entries)[-self._new() :])
        self.model.rows = [row if row.number else replace(row, number=next(numbers)) for row in self.model.rows]
        self.model.saved = {row.number: row for row in self.model.rows}
        self.model.show(self.model.search)

    def _new(self) -> int:
        return sum(not row.number for row in self.model.rows)

    def _compare(self) -> None:
        counted = self.model.counted()
        if counted:
            foot = self.page.get_by_test_id("stBottomBlockContainer")
            expect(foot).to_contain_text(f"{counted}, not saved yet", timeout=20_000)
        else:
            expect(self.page.get_by_text("not saved yet")).to_have_count(0, timeout=20_000)
        settled(self.page)
        assert self.page.get_by_test_id("stAlert").filter(has_text="had lost").count() == 0
        self._compare_grid()
        table = self.questions.table(OWNER, self.org_id)
        assert {e.id: Row(e.question, e.answer, e.alternates, e.id) for e in table.entries} == self.model.saved
        until = time.monotonic() + PATIENCE_SECONDS
        while wrong := self._wrong_drafted():
            assert time.monotonic() < until, f"the draft: {wrong}"
            self.page.wait_for_timeout(A_MOMENT)

    def _wrong_drafted(self) -> list[object]:
        """The rows in which the table with the draft in it is not the model's."""
        table, draft = self.questions.table(OWNER, self.org_id), self.questions.draft(OWNER, self.org_id)
        after = applied(table.entries, draft.changes if draft else Changes(), first_new_id=10**6)
        drafted = [Row(e.question, e.answer, e.alternates, e.id if e.id < 10**6 else 0) for e in after]
        return [pair for pair in itertools.zip_longest(drafted, self.model.rows) if pair[0] != pair[1]]

    def _compare_grid(self) -> None:
        grid = self.page.get_by_test_id("data-grid-canvas").first.locator("table")
        expect(grid).to_have_attribute("aria-rowcount", str(len(self.model.shown) + 2), timeout=20_000)
        if not self.model.shown:
            return
        self._top()
        self._compare_cells()
        self._to_the_last_row()
        self._compare_cells()

    def _to_the_last_row(self) -> None:
        """A person presses the keys again where the page was just drawn and the grid did not hear them."""
        cell = self.page.locator(f"[id^='glide-cell-'][id$='-{len(self.model.shown) - 1}']").first
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            self._top()
            self.page.keyboard.press("Control+ArrowDown")
            with contextlib.suppress(PlaywrightTimeout):
                cell.wait_for(state="attached", timeout=1_000)
                return
            assert time.monotonic() < until, "the last row cannot be reached"

    def _compare_cells(self) -> None:
        """The grid tells assistive technology a moment later what it shows, on a busy machine later still."""
        until = time.monotonic() + PATIENCE_SECONDS
        while wrong := self._wrong_cells():
            assert time.monotonic() < until, f"cells {wrong}"
            self.page.wait_for_timeout(A_MOMENT)

    def _wrong_cells(self) -> dict[str, str]:
        """The cells that are to be read now and hold another text than in the model."""
        cells = self.page.evaluate(READ)
        wrong = {} if cells else {"": "no cell to read"}
        for name, text in cells.items():
            column, place = map(int, name.split("-"))
            if column not in COLUMNS or place >= len(self.model.shown):
                continue
            expected = getattr(self.model.rows[self.model.shown[place]], COLUMNS[column])
            if (from_lines(text) if column == 4 else text) != expected:
                wrong[name] = f"{text!r}, not {expected!r}"
        return wrong
