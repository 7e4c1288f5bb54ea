"""Finds out which ways a server knows, and whether it holds a model to the answers that are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.engines.language.connection import Connection
from core.engines.language.failures import is_missing
from core.engines.language.memory import Finding, Memory, Place, Way
from core.engines.language.replies import BadReply, BrokenReply, Fault
from core.engines.language.style import Prompts, PromptStyle
from core.engines.language.ways import WAYS
from core.errors import FrontlineError
from core.questions.entry import Entry, Published

_NOT_THIS_ROUTE = {Fault.EMPTY_BODY, Fault.WEB_PAGE, Fault.NO_REPLY, Fault.NO_ANSWER}
_PROBE_KEY = "frontline-probe"
_PREFERENCE = (Finding.HELD, Finding.FREE, Finding.UNREADABLE)

SAMPLE_QUESTION = "Can I bring my dog to the lighthouse?"
SAMPLE_ANSWER = "Dogs are welcome on the ground floor."
_SAMPLE = Published(
    org_id="sample",
    revision=1,
    entries=(
        Entry(id=1, question=SAMPLE_QUESTION, answer=SAMPLE_ANSWER),
        Entry(id=2, question="How many steps has the lighthouse?", answer="It has 211 steps."),
    ),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Report:
    """What a server can do: a finding for each way, the way that will be taken, and the names of its models.

    ``reasons`` says why each way that is unreadable or missing is so, in words for people; ``models`` is empty when the
    server does not tell.
    """

    findings: Mapping[Way, Finding]
    way: Way
    models: tuple[str, ...]
    reasons: Mapping[Way, str] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether a real question was answered in the way that will be taken."""
        return self.answers_in(self.way)

    def answers_in(self, way: Way) -> bool:
        """Whether a real question was answered in this way."""
        return self.findings[way] in (Finding.HELD, Finding.FREE)


def known_way(memory: Memory, place: Place, ways: Sequence[Way]) -> Way | None:
    """What ``choose_way`` would say without asking the server; None when it has to be asked."""
    findings = {way: memory.finding(place, way) for way in ways}
    for way, finding in findings.items():
        if finding is None:
            return None
        if finding is Finding.HELD:
            return way
    return _best(findings)


async def choose_way(connection: Connection, ways: Sequence[Way]) -> Way:
    """The first of ``ways`` that holds the model to what is offered, else the first whose answers can be read.

    Where there is neither, the first that is answered at all. What is remembered is not asked again. Raises the reason
    (an EngineUnavailable or EngineFailed) when the server knows none of them, and Busy or Passing when this cannot be
    found out now.
    """
    memory, place = connection.memory, connection.settings.place
    failures: dict[Way, FrontlineError] = {}
    for way in ways:
        if memory.finding(place, way) is None:
            finding = await _finding(connection, way, failures)
            if finding is Finding.FREE:
                finding = await _answered(connection, way, finding, failures)
            memory.found(place, way, finding)
        if memory.finding(place, way) is Finding.HELD:
            return way
    if known := known_way(memory, place, ways):
        return known
    memory.forget(place)
    raise _reason(failures)


async def report(connection: Connection) -> Report:
    """Ask the server in every way, whatever was known of it, and a real question in each that it knows.

    Raises the reason, as ``choose_way``, when it can be asked in none, Busy or Passing when it does not answer now.
    """
    memory, place = connection.memory, connection.settings.place
    memory.forget(place)
    findings: dict[Way, Finding] = {}
    failures: dict[Way, FrontlineError] = {}
    for way in Way:
        finding = await _finding(connection, way, failures)
        if finding is not Finding.MISSING:
            finding = await _answered(connection, way, finding, failures)
        findings[way] = finding
        memory.found(place, way, finding)
    best = _best(findings)
    if best is None:
        memory.forget(place)
        raise _reason(failures)
    reasons = {way: str(failure) for way, failure in failures.items()}
    return Report(findings=findings, way=best, models=await _models(connection), reasons=reasons)


def _best(findings: Mapping[Way, Finding | None]) -> Way | None:
    for wanted in _PREFERENCE:
        for way, finding in findings.items():
            if finding is wanted:
                return way
    return None


def _reason(failures: Mapping[Way, FrontlineError]) -> FrontlineError:
    """A chat is what nearly every server knows: why it failed says more than that a newer route is missing."""
    return failures.get(Way.SCHEMA) or next(iter(failures.values()))


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


async def _answered(connection: Connection, way: Way, finding: Finding, failures: dict[Way, FrontlineError]) -> Finding:
    """The finding, when a real question on a small table is answered in this way too; what else it is when not."""
    prompt = Prompts(PromptStyle()).of_table(way, _SAMPLE).prompt(SAMPLE_QUESTION)
    try:
        await connection.exchange(way, prompt, _PROBE_KEY)
    except BadReply as bad:
        if isinstance(bad, BrokenReply):
            raise
        failures[way] = bad
        return Finding.UNREADABLE
    except FrontlineError as failure:
        if not is_missing(failure):
            raise
        failures[way] = failure
        return Finding.MISSING
    return finding


async def _models(connection: Connection) -> tuple[str, ...]:
    try:
        return await connection.models()
    except FrontlineError:
        return ()  # only suggestions: a server that can be asked need not tell its models
