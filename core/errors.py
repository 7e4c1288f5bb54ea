"""One tree of errors; each message is written for the person who reads it in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.usage import NOTHING, Usage


class FrontlineError(Exception):
    """Anything Frontline refuses or cannot do. ``str(error)`` says what happened and what to do."""


class ConfigurationError(FrontlineError):
    """The deployment's settings are missing, weak or contradict each other."""


class AccessDenied(FrontlineError):
    """The person may not do this here. Says the same for a foreign org and for one that does not exist."""


class Outsider(AccessDenied):
    """The person does not belong to the org at all."""


class Unauthenticated(FrontlineError):
    """Nobody knows who this is: the token is missing, wrong, too old or was taken back."""


class CannotConfirm(FrontlineError):
    """Whether somebody may do this cannot be found out now. Neither a yes nor a no: nothing was done."""


class NotFound(FrontlineError):
    """The thing asked for is not in this org (or not any more)."""


class TooBusy(FrontlineError):
    """So much is under way that there was no turn for this in time. Nothing was done."""

    def __init__(self, words: str = "") -> None:
        super().__init__(words or "Too much is being done at this moment. Try again in some seconds.")


class FileRejected(FrontlineError):
    """An upload cannot be read; the message says why and what to do."""


class StorageUnavailable(FrontlineError):
    """The database cannot be used now: it is away, full, busy, damaged, or only to be read. Nothing was saved.

    ``remedy`` is what the person who runs Frontline has to do, ``detail`` what the database itself said, ``passes``
    whether it may end by itself.
    """

    def __init__(self, words: str, *, remedy: str, detail: str, passes: bool = False) -> None:
        super().__init__(words)
        self.remedy = remedy
        self.detail = detail
        self.passes = passes


class EngineUnavailable(FrontlineError):
    """The engine cannot run on this installation; the message holds the command that mends it."""


class EngineFailed(FrontlineError):
    """One call of an engine failed. Never to be read as a wrong answer or as the fallback.

    ``usage`` is what the server counted all the same; ``is_the_engines`` says that the engine itself failed, and not
    this question, so that others will fail too.
    """

    usage: Usage = NOTHING
    is_the_engines: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing wrong with one cell. ``row`` says where, as its reader counts (entry number, line of a file)."""

    row: str
    field: str
    reason: str

    def __str__(self) -> str:
        return f"{self.row}, {self.field}: {self.reason}"


class InvalidInput(FrontlineError):
    """Input that breaks a rule, with every problem found: nothing of it was saved."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))
