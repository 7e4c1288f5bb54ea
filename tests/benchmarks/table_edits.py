"""How long the server takes for each thing that people do with a table of 10,000 entries of five phrasings.

An edit is compared with a bare Streamlit page that shows a data editor of the very same frame.
Run: python -m tests.benchmarks.table_edits
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core import bootstrap
from core.bootstrap import Frontline
from core.identity.demo import CLOTHING_ORG, OWNER
from core.questions.changes import Changes
from pages.shell import session
from tests.pages.conftest import Browser
from tests.pages.questions.test_keeping import filtered, find, tick
from tests.pages.questions.test_page import edit, press

ENTRIES = 10_000
REPEATS = 15
ORG = CLOTHING_ORG


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRONTLINE_DATA_DIR", folder)
        frontline = bootstrap.frontline()
        fill(frontline)
        tab = Browser(frontline, patch).open("questions", ORG, person=OWNER)
        frame: pd.DataFrame = tab.session_state[session.key("questions", ORG, "editor")].table.frame
        ours, bare = edits(tab), bare_edits(frame, Path(folder))
        print(f"an edit               {1000 * ours:6.0f} ms, bare page {1000 * bare:.0f} ms, ratio {ours / bare:.2f}")
        everything_else(tab)
        frontline.stop()


def fill(frontline: Frontline) -> None:
    base = frontline.questions.table(OWNER, ORG)
    rows = [
        {
            "question": f"What about thing number {i}, and is it {i % 97} or {i % 89}?",
            "answer": f"This is the fixed answer about thing number {i}. It is as long as answers are.",
            "alternates": [f"thing {i}", f"tell me about {i}", f"how is {i} done", f"I want to know of {i}"],
            "tags": [f"topic {i % 10}"],
        }
        for i in range(ENTRIES)
    ]
    changes = Changes(added=rows, deleted=frozenset(entry.id for entry in base.entries))
    frontline.questions.save(OWNER, ORG, base_revision=base.revision, changes=changes)


def edits(tab: AppTest) -> float:
    """Seconds of one edit more, with those before it unsaved."""
    took = []
    for n in range(REPEATS):
        cells = {row: {"answer": f"new {row}"} for row in range(n + 1)}
        took.append(seconds(lambda cells=cells: edit(tab, {"edited_rows": cells})))  # type: ignore[misc]
    return statistics.median(took[2:])  # the first ones draw the bar and read the rules


def bare_edits(frame: pd.DataFrame, folder: Path) -> float:
    """The same on a page with nothing but the table."""
    data, script = folder / "frame.pkl", folder / "bare.py"
    frame.to_pickle(data)
    script.write_text(
        "import pandas as pd, streamlit as st\n"
        "if 'frame' not in st.session_state:\n"
        f"    st.session_state.frame = pd.read_pickle({str(data)!r})\n"
        "st.data_editor(st.session_state.frame, key='table', num_rows='dynamic', hide_index=True)\n"
    )
    tab = AppTest.from_file(str(script), default_timeout=60).run()
    took = []
    for n in range(REPEATS):
        cells = {row: {"answer": f"new {row}"} for row in range(n + 1)}
        tab.session_state["table"] = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
        took.append(seconds(tab.run))
    return statistics.median(took[2:])


def everything_else(tab: AppTest) -> None:
    """Each once: what is worked out of a table for the first time is in it."""
    steps: dict[str, Callable[[], Any]] = {
        "the first search": lambda: find(tab, "number 77"),
        "another search": lambda: find(tab, "thing 88"),
        "a mistyped search": lambda: find(tab, "nubmer 99"),
        "all again": lambda: find(tab, ""),
        "a filter": lambda: filtered(tab, "Tag: topic 3"),
        "without it": lambda: filtered(tab),
        "selecting": lambda: tab.toggle[0].set_value(True).run(),
        "all selected": lambda: tick(tab, "table_", *range(ENTRIES)),
        "all switched off": lambda: press(tab, "Switch off"),
        "a run with all changed": tab.run,
        "undo": lambda: press(tab, "Undo"),
    }
    for name, step in steps.items():
        print(f"{name:22}{1000 * seconds(step):6.0f} ms")


def seconds(step: Callable[[], Any]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
