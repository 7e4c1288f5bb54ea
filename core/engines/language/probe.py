"""Finds out which modes a server knows, and whether it holds a model to the answers that are offered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.engines.language.connection import Connection
from core.engines.language.failures import is_missing
from core.engines.language.missing import in_detail, listed_models
from core.engines.language.replies import BadReply, BrokenReply, Fault
from core.engines.language.request_modes import MODE_HANDLERS
from core.engines.language.server_memory import Endpoint, Finding, RequestMode, ServerMemory
from core.engines.language.style import Prompts, PromptStyle
from core.errors import FrontlineError
from core.questions.entry import Entry, Published

_NOT_THIS_ROUTE = {Fault.EMPTY_BODY, Fault.WEB_PAGE, Fault.NO_REPLY, Fault.NO_ANSWER}
NOT_FOUND = 404
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
class ProbeReport:
    """What a server can do: a finding for each mode, the mode that will be taken, and the names of its models.

    ``reasons`` says why each mode that is unreadable or missing is so, in words for people; ``models`` is empty when
    the server does not tell.
    """

    findings: Mapping[RequestMode, Finding]
    mode: RequestMode
    models: tuple[str, ...]
    reasons: Mapping[RequestMode, str] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether a real question was answered in the mode that will be taken."""
        return self.answers_in(self.mode)

    def answers_in(self, mode: RequestMode) -> bool:
        """Whether a real question was answered in this mode."""
        return self.findings[mode] in (Finding.HELD, Finding.FREE)


def known_mode(memory: ServerMemory, endpoint: Endpoint, modes: Sequence[RequestMode]) -> RequestMode | None:
    """What ``choose_mode`` would say without asking the server; None when it has to be asked."""
    findings = {mode: memory.finding(endpoint, mode) for mode in modes}
    for mode, finding in findings.items():
        if finding is None:
            return None
        if finding is Finding.HELD:
            return mode
    return _best(findings)


async def choose_mode(connection: Connection, modes: Sequence[RequestMode]) -> RequestMode:
    """The first of ``modes`` that holds the model to what is offered, else the first whose answers can be read.

    Where there is neither, the first that is answered at all. What is remembered is not asked again. Raises the reason
    (an EngineUnavailable or EngineFailed) when the server knows none of them, and ServerBusy or ServerStumbles when it
    does not answer now.
    """
    memory, endpoint = connection.memory, connection.settings.endpoint
    failures: dict[RequestMode, FrontlineError] = {}
    for mode in modes:
        if memory.finding(endpoint, mode) is None:
            finding = await _finding(connection, mode, failures)
            if finding is Finding.FREE:
                finding = await _answered(connection, mode, finding, failures)
            memory.found(endpoint, mode, finding)
        if memory.finding(endpoint, mode) is Finding.HELD:
            return mode
    if known := known_mode(memory, endpoint, modes):
        return known
    memory.forget(endpoint)
    raise await in_detail(connection, _reason(failures), None)


async def report(connection: Connection) -> ProbeReport:
    """Ask the server in every mode, whatever was known of it, and a real question in each that it knows.

    Raises the reason, as ``choose_mode``, when it can be asked in none, ServerBusy or ServerStumbles when it does not
    answer.
    """
    memory, endpoint = connection.memory, connection.settings.endpoint
    memory.forget(endpoint)
    findings: dict[RequestMode, Finding] = {}
    failures: dict[RequestMode, FrontlineError] = {}
    for mode in RequestMode:
        finding = await _finding(connection, mode, failures)
        if finding is not Finding.MISSING:
            finding = await _answered(connection, mode, finding, failures)
        findings[mode] = finding
        memory.found(endpoint, mode, finding)
    best = _best(findings)
    if best is None:
        memory.forget(endpoint)
        raise await in_detail(connection, _reason(failures), None)
    reasons = {mode: _why(failure, connection.settings.host) for mode, failure in failures.items()}
    return ProbeReport(findings=findings, mode=best, models=await listed_models(connection), reasons=reasons)


def _why(failure: FrontlineError, host: str) -> str:
    """Why a server that is answered in another mode is not in this one: its model and its address are right."""
    if getattr(failure, "status", None) != NOT_FOUND:
        return str(failure)
    return f"The server at {host} does not know this way." + getattr(failure, "said", "")


def _best(findings: Mapping[RequestMode, Finding | None]) -> RequestMode | None:
    for wanted in _PREFERENCE:
        for mode, finding in findings.items():
            if finding is wanted:
                return mode
    return None


def _reason(failures: Mapping[RequestMode, FrontlineError]) -> FrontlineError:
    """A chat is what nearly every server knows: why it failed says more than that a newer route is missing."""
    return failures.get(RequestMode.SCHEMA) or next(iter(failures.values()))


async def _finding(connection: Connection, mode: RequestMode, failures: dict[RequestMode, FrontlineError]) -> Finding:
    """One probe: an answer out of those offered, although another was asked for, shows that the model is held.

    A finding, no proof: a model may choose an offered answer by chance. So each reply is checked all the same.
    """
    try:
        await connection.exchange(mode, MODE_HANDLERS[mode].probe, _PROBE_KEY)
    except BadReply as bad:
        if bad.fault not in _NOT_THIS_ROUTE:
            if isinstance(bad, BrokenReply):
                raise
            return Finding.FREE
        failures[mode] = bad
        return Finding.MISSING
    except FrontlineError as failure:
        if not is_missing(failure):
            raise
        failures[mode] = failure
        return Finding.MISSING
    return Finding.FREE if mode is RequestMode.COMPLETION else Finding.HELD


async def _answered(
    connection: Connection, mode: RequestMode, finding: Finding, failures: dict[RequestMode, FrontlineError]
) -> Finding:
    """The finding, when a real question on a small table is answered in this mode too; what else it is when not."""
    prompt = Prompts(PromptStyle()).of_table(mode, _SAMPLE).prompt(SAMPLE_QUESTION)
    try:
        await connection.exchange(mode, prompt, _PROBE_KEY)
    except BadReply as bad:
        if isinstance(bad, BrokenReply):
            raise
        failures[mode] = bad
        return Finding.UNREADABLE
    except FrontlineError as failure:
        if not is_missing(failure):
            raise
        failures[mode] = failure
        return Finding.MISSING
    return finding
