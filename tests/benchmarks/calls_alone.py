"""What the same calls take without Frontline: the measure of a machine whose speed changes from hour to hour."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
import openai
from pydantic_core import to_json

from core.engines.language.query import Query
from core.engines.language.request_modes import MODE_HANDLERS
from core.engines.language.server_memory import RequestMode
from core.engines.language.style import Prompts, PromptStyle
from core.questions.entry import Entry, Published

WARM_UP = 60


@dataclass(frozen=True, kw_only=True)
class Alone:
    """Seconds for all rows, and milliseconds of processor time a row."""

    seconds: float
    milliseconds: float


def openai_client(base_url: str, rows: int, in_flight: int, entries: int) -> Alone:
    """As the client's own documentation asks: its own connections, its own reading of the reply."""

    async def measured() -> Alone:
        bodies = _Bodies(entries)
        async with openai.AsyncOpenAI(base_url=base_url, api_key="k", max_retries=0) as client:

            async def call(row: int) -> None:
                reply = await client.chat.completions.create(**bodies.of(row))
                assert reply.choices[0].message.content

            return await _timed(call, rows, in_flight)

    return asyncio.run(measured())


def aiohttp_client(base_url: str, rows: int, in_flight: int, entries: int) -> Alone:
    """The bytes of one request sent again and again, and no reply read but its bytes: no client takes less."""

    async def measured() -> Alone:
        body = to_json(_Bodies(entries).of(1))
        headers = {"Authorization": "Bearer k", "Content-Type": "application/json"}
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

            async def call(_row: int) -> None:
                async with session.post(f"{base_url}/chat/completions", data=body, headers=headers) as reply:
                    assert await reply.read()

            return await _timed(call, rows, in_flight)

    return asyncio.run(measured())


class _Bodies:
    """The requests that a run makes on a table of so many entries."""

    def __init__(self, entries: int) -> None:
        table = tuple(
            Entry(id=i, question=f"How do I change part {i} of my order?", answer=f"Call us and ask for part {i}.")
            for i in range(1, entries + 1)
        )
        self._published = Published(org_id="any", revision=1, entries=table)
        self._built = Prompts(PromptStyle()).of_table(RequestMode.SCHEMA, self._published)

    def of(self, row: int) -> dict[str, object]:
        """The body that asks this row's question."""
        query = Query(question=f"question {row}?", offered=self._published, mode=RequestMode.SCHEMA, built=self._built)
        return MODE_HANDLERS[RequestMode.SCHEMA].body(query.prompt, "m", None, frozenset())


async def _timed(call: Callable[[int], Awaitable[None]], rows: int, in_flight: int) -> Alone:
    async def many(count: int) -> None:
        left = iter(range(count))

        async def one_after_another() -> None:
            for row in left:
                await call(row)

        await asyncio.gather(*(one_after_another() for _ in range(in_flight)))

    await many(WARM_UP)  # connections are made once
    busy, began = time.process_time(), time.perf_counter()
    await many(rows)
    seconds = time.perf_counter() - began
    return Alone(seconds=seconds, milliseconds=1000 * (time.process_time() - busy) / rows)
