"""How long people wait, and what the server's memory does, while fifty of them work and a batch runs beside them.

    python -m tests.benchmarks.many_people [--people 50] [--minutes 15] [--without-batch]

Each person is a session as a browser has one: a websocket that sends what a click sends, and calls again what the page
wants to be called again by itself. All work in one org of 300 entries: they look at pages, search, edit a cell, ask and
chat, with 5 to 15 seconds between two clicks. The batch is one evaluation after the other with the built-in engine.
What a click takes is counted from sending it until the script has ended; the browser's own drawing comes on top.
"""

import argparse
import asyncio
import contextlib
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

from core.bootstrap import Frontline
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.settings import Settings
from tests.browser.conftest import Server, running, streamlit_command
from tests.browser.test_downloads import signed_in
from tests.conftest import free_port
from tests.tutorial import QUESTIONS, build

ENTRIES = 300
ROWS_OF_A_RUN = 20_000
PAUSE_SECONDS = (5.0, 15.0)
PATIENCE_SECONDS = 60.0
WARM_UP_SECONDS = 60.0
"""The first minute is told apart: the engine reads its model and the table in it."""
TABLE = "dataframe"
WORDS = ("are you open on sundays", "can I bring shoes back", "do you ship to France", "is there parking", "thanks!")


class Tab:
    """One person's browser tab, without a browser."""

    def __init__(self, websocket: ClientConnection) -> None:
        self._websocket = websocket
        self._elements: dict[str, tuple[Element, str]] = {}
        self._again: dict[str, float] = {}  # seconds between two calls, by fragment
        self._wanted: dict[str, float] = {}  # those of the run that goes on
        self._kept: dict[str, ForwardMsg] = {}
        self._lock = asyncio.Lock()
        self._page = ""
        self.edited: dict[str, dict[str, str]] = {}
        """The cells of the table that were edited since the page was opened, by row and column."""

    async def go(self, page: str) -> float:
        """Choose a page in the menu. The seconds until it stands, as with the others."""
        self._elements.clear()
        self._again.clear()
        self.edited.clear()
        self._page = page
        return await self._rerun([])

    async def send(self, label: str, value: Callable[[WidgetState], None], button: str = "") -> float:
        """Give the field of this label a value, and press a button with it where its form has one."""
        element, fragment = self._elements[label]
        states = [_state(element, value)]
        if button:
            states.append(_state(self._elements[button][0], lambda state: setattr(state, "trigger_value", True)))
        return await self._rerun(states, fragment)

    def shows(self, label: str) -> bool:
        """Whether there is such a field now."""
        return label in self._elements

    async def look_again(self) -> None:
        """Call what wants to be called again by itself, as browsers do, until cancelled."""
        due: dict[str, float] = {}
        while True:
            await asyncio.sleep(0.1)
            now = time.perf_counter()
            for fragment, interval in list(self._again.items()):
                if now >= due.setdefault(fragment, now + interval):
                    due[fragment] = now + interval
                    await self._rerun([], fragment, by_itself=True)

    async def _rerun(self, states: list[WidgetState], fragment: str = "", *, by_itself: bool = False) -> float:
        back = BackMsg()
        back.rerun_script.query_string = f"org={CLOTHING_ORG}"
        back.rerun_script.page_name = self._page
        back.rerun_script.fragment_id = fragment
        back.rerun_script.is_auto_rerun = by_itself
        back.rerun_script.widget_states.widgets.extend(states)
        async with self._lock:
            if by_itself and fragment not in self._again:
                return 0.0  # a click took it from the page meanwhile
            began = time.perf_counter()
            await self._websocket.send(back.SerializeToString())
            async with asyncio.timeout(PATIENCE_SECONDS):
                while not self._ended(await self._websocket.recv(decode=False)):
                    pass
            return time.perf_counter() - began

    def _ended(self, received: bytes) -> bool:
        message = ForwardMsg.FromString(received)
        kind = message.WhichOneof("type")
        if kind == "ref_hash":
            message = self._kept[message.ref_hash]
            kind = message.WhichOneof("type")
        if message.metadata.cacheable:
            self._kept[message.hash] = message
        if kind == "delta":
            self._note(message.delta)
        elif kind == "auto_rerun":
            self._wanted[message.auto_rerun.fragment_id] = message.auto_rerun.interval
        elif kind == "new_session":
            self._wanted = {}
        elif kind == "script_finished":
            whole_page = message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
            self._again = self._wanted if whole_page else self._again | self._wanted
        # A script that stops for another run is no answer yet: its page comes with the next one.
        return kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN

    def _note(self, delta: Delta) -> None:
        element = delta.new_element
        kind = element.WhichOneof("type")
        if kind in ("text_input", "button", "chat_input", "dataframe") and (inner := getattr(element, kind)).id:
            label = getattr(inner, "label", "") or str(kind)
            self._elements[label] = (element, delta.fragment_id)


def _state(element: Element, value: Callable[[WidgetState], None]) -> WidgetState:
    state = WidgetState(id=getattr(element, str(element.WhichOneof("type"))).id)
    value(state)
    return state


def _text(words: str) -> Callable[[WidgetState], None]:
    return lambda state: setattr(state, "string_value", words)


def _edits(cells: Mapping[str, Mapping[str, str]]) -> Callable[[WidgetState], None]:
    state_of_table = {"edited_rows": cells, "added_rows": [], "deleted_rows": []}
    return lambda state: setattr(state, "json_value", json.dumps(state_of_table))


def _message(words: str) -> Callable[[WidgetState], None]:
    return lambda state: setattr(state.chat_input_value, "data", words)


@dataclass(frozen=True)
class Click:
    """Something a person did."""

    what: str
    at: float
    """Seconds since the server was there."""
    took: float
    """Seconds until the page stood."""


class Clicks(list[Click]):
    """What all people did, in the order in which it ended."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.perf_counter()

    def note(self, what: str, took: float) -> None:
        """One more, that has just ended."""
        self.append(Click(what, time.perf_counter() - self._began - took, took))


async def _person(server: Server, cookie: str, seed: int, until: float, clicks: Clicks) -> None:
    """One person's work, until that time."""
    choose = random.Random(seed)
    address = f"ws://localhost:{server.port}/_stcore/stream"
    connection = connect(address, subprotocols=["streamlit"], additional_headers={"Cookie": cookie}, max_size=None)  # type: ignore[list-item]  # any word is a subprotocol
    async with connection as websocket:
        tab = Tab(websocket)
        await asyncio.sleep(choose.uniform(0, PAUSE_SECONDS[1]))
        clicks.note("first page", await tab.go(""))
        async with _beside(tab.look_again()):
            while time.perf_counter() < until:
                await asyncio.sleep(choose.uniform(*PAUSE_SECONDS))
                clicks.note(*await _next(tab, choose))


@contextlib.asynccontextmanager
async def _beside(work: Coroutine[object, object, None]) -> AsyncIterator[None]:
    task = asyncio.create_task(work)
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _next(tab: Tab, choose: random.Random) -> tuple[str, float]:
    """The next click, and the seconds it took."""
    words = choose.choice(WORDS)
    if tab.shows(TABLE) and choose.random() < 0.5:
        tab.edited[str(choose.randrange(30))] = {"answer": f"{words} {choose.random()}"}
        return "edit", await tab.send(TABLE, _edits(tab.edited))
    if tab.shows("Find") and choose.random() < 0.5:
        return "find", await tab.send("Find", _text(words))
    if tab.shows("Question") and choose.random() < 0.7:
        return "ask", await tab.send("Question", _text(f"{words} {choose.randrange(1000)}"), button="Ask")
    if tab.shows("chat_input") and choose.random() < 0.7:
        return "chat", await tab.send("chat_input", _message(words))
    page = choose.choice(("", "questions", "ask", "evaluations", "settings", "chat"))
    return f"page {page or 'overview'}", await tab.go(page)


def main() -> None:
    """Let them work, and print what they waited and what the server's memory did."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--without-batch", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, _server(Path(folder)) as (server, parts):
        clicks, megabytes, rows = asyncio.run(_work(server, parts, asked))
    warm = [click for click in clicks if click.at >= WARM_UP_SECONDS]
    for what in sorted({click.what for click in warm}):
        _show(what, [click for click in warm if click.what == what])
    _show("all", warm)
    _show("in the first minute", [click for click in clicks if click.at < WARM_UP_SECONDS])
    slowest = sorted(warm, key=lambda click: -click.took)[:5]
    print("slowest:", *(f"{click.what} {click.took:.1f} s at {click.at:.0f} s;" for click in slowest))
    print(f"rows answered beside: {rows:,}")
    each = max(1, len(megabytes) // 15)
    print("megabytes, over the time:", *(f"{found:.0f}" for found in megabytes[::each]))


def _show(what: str, clicks: Sequence[Click]) -> None:
    if not clicks:
        return
    took = sorted(click.took for click in clicks)
    at = [took[min(len(took) - 1, int(share * len(took)))] for share in (0.5, 0.95, 0.99)]
    quick = sum(each < 1 for each in took) / len(took)
    shown = ", ".join(f"{words} {each:5.2f} s" for words, each in zip(("median", "95 %", "99 %"), at, strict=True))
    print(f"{what:20} {len(took):6} times, {shown}, {quick:.1%} under 1 s")


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[tuple[Server, Frontline]]:
    parts = build(Settings.from_environment({"FRONTLINE_DATA_DIR": str(folder)}, secrets_file=folder / "none"))
    table = parts.questions.table(OWNER, CLOTHING_ORG)
    added = [
        {
            "question": f"What about thing number {i}?",
            "answer": f"The answer about thing number {i}.",
            "alternates": [f"thing {i}", f"tell me about number {i}"],
        }
        for i in range(ENTRIES - len(table.entries))
    ]
    parts.questions.save(OWNER, CLOTHING_ORG, base_revision=table.revision, changes=Changes(added=tuple(added)))
    parts.answering.ask(OWNER, CLOTHING_ORG, WORDS[0])  # makes the model, as an installation's first start does
    port = free_port()
    try:
        with running(streamlit_command(port), port, folder) as server:
            yield server, parts
    finally:
        parts.stop()


async def _work(server: Server, parts: Frontline, asked: argparse.Namespace) -> tuple[Clicks, list[float], int]:
    clicks = Clicks()
    megabytes: list[float] = []
    until = time.perf_counter() + 60 * asked.minutes
    cookies = [signed_in(server, person.user_id) for person in (OWNER, ADMIN, MEMBER)]
    async with asyncio.TaskGroup() as group:
        group.create_task(_watch(server, until, megabytes))
        batch = None if asked.without_batch else group.create_task(_batches(parts, until))
        for seed in range(asked.people):
            group.create_task(_person(server, cookies[seed % len(cookies)], seed, until, clicks))
    return clicks, megabytes, batch.result() if batch else 0


async def _watch(server: Server, until: float, megabytes: list[float]) -> None:
    status = Path(f"/proc/{server.process.pid}/status")
    while time.perf_counter() < until:
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
        megabytes.append(int(line.split()[1]) / 1024)
        await asyncio.sleep(5)


async def _batches(parts: Frontline, until: float) -> int:
    """One evaluation after the other; how many rows were answered."""
    answered = 0
    while time.perf_counter() < until:
        run = await asyncio.to_thread(_start, parts)
        while (found := parts.runs.run(OWNER, CLOTHING_ORG, run)).active and time.perf_counter() < until:
            await asyncio.sleep(2)
        answered += found.finished
    return answered


def _start(parts: Frontline) -> str:
    """Queue an evaluation of questions that are all different; the server works on it."""
    own = pd.read_csv(QUESTIONS)
    many = own.loc[own.index.repeat(ROWS_OF_A_RUN // len(own))].reset_index(drop=True)
    many["question"] = many["question"] + " " + many.index.astype(str)
    data = many.to_csv(index=False)
    found = parts.intake.read(OWNER, CLOTHING_ORG, data.encode(), "rows.csv")
    checked = parts.intake.check(OWNER, CLOTHING_ORG, found)
    run = parts.runs.start(OWNER, CLOTHING_ORG, name="batch", preview=checked.preview, revision=checked.revision)
    return run.run_id


if __name__ == "__main__":
    main()
