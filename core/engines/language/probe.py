"""Finds out which ways a server knows, and whether it holds a model to the answers that are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.engines.language.connection import Connection
from core.engines.language.failures import is_missing
from core.engines.language.memory import Finding, Memory, Place, Way
from core.engines.language.replies import BadReply, BrokenReply, Fault
from core.engines.language.ways import WAYS
from core.errors import EngineUnavailable, FrontlineError

_NOT_THIS_ROUTE = {Fault.EMPTY_BODY, Fault.WEB_PAGE, Fault.NO_REPLY, Fault.NO_ANSWER}
_PROBE_KEY = "frontline-probe"


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a server can do: a finding for each way, the way that will be taken, and the names of its models.

    ``way`` is None when the server knows none; ``models`` is empty when it does not tell.
    """

    findings: Mapping[Way, Finding]
    way: Way | None
    models: tuple[str, ...]


def known_way(memory: Memory, place: Place, ways: Sequence[Way]) -> Way | None:
    """What ``choose_way`` would say without asking the server; None when it has to be asked."""
    free: Way | None = None
    for way in ways:
        finding = memory.finding(place, way)
        if finding is None:
            return None
        if finding is Finding.HELD:
            return way
        if finding is Finding.FREE:
            free = free or way
    return free


async def choose_way(connection: Connection, ways: Sequence[Way]) -> Way:
    """The first of ``ways`` that holds the model to what is offered, else the first that is answered at all.

    What is remembered is not asked again. Raises EngineUnavailable with the reason when the server knows none of them,
    and Busy or Passing when this cannot be found out now.
    """
    memory, place = connection.memory, connection.settings.place
    failures: dict[Way, FrontlineError] = {}
    for way in ways:
        if memory.finding(place, way) is None:
            memory.found(place, way, await _finding(connection, way, failures))
        if memory.finding(place, way) is Finding.HELD:
            return way
    if known := known_way(memory, place, ways):
        return known
    memory.forget(place)
    # A chat is what nearly every server knows: why it failed says more than that a newer route is missing.
    raise failures.get(Way.SCHEMA) or next(iter(failures.values()), _nothing(connection))


async def report(connection: Connection) -> Report:
    """Ask the server in every way, whatever was known of it.

    Raises EngineUnavailable with the reason when it can be asked in none, Busy or Passing when it does not answer now.
    """
    memory, place = connection.memory, connection.settings.place
    memory.forget(place)
    findings: dict[Way, Finding] = {}
    failures: dict[Way, FrontlineError] = {}
    for way in Way:
        findings[way] = await _finding(connection, way, failures)
        memory.found(place, way, findings[way])
    return Report(findings=findings, way=await choose_way(connection, tuple(Way)), models=await _models(connection))


async def _finding(connection: Connection, way: Way, failures: dict[Way, FrontlineError]) -> Finding:
    """One probe: an answer out of those offered, although another was asked for, shows that the model is held.

    A finding, no proof: a model may choose an offered answer by chance. So each reply is checked all the same.
    """
    try:
        await connection.exchange(way, WAYS[way].probe, _PROBE_KEY)
    except BadReply as bad:
        if bad.fault not in _NOT_THIS_ROUTE:
            if isinstance(bad, BrokenReply):
                raise
            return Finding.FREE
        failures[way] = bad
        return Finding.MISSING
    except FrontlineError as failure:
        if not is_missing(failure):
            raise
        failures[way] = failure
        return Finding.MISSING
    return Finding.FREE if way is Way.COMPLETION else Finding.HELD


async def _models(connection: Connection) -> tuple[str, ...]:
    try:
        return await connection.models()
    except FrontlineError:
        return ()  # only suggestions: a server that can be asked need not tell its models


def _nothing(connection: Connection) -> EngineUnavailable:
    return EngineUnavailable(
        f"The server at {connection.settings.host} cannot be asked in any way that Frontline knows. Check its address."
    )
