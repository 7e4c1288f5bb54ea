"""What ``python -m core doctor`` finds: one sentence for each part, with what to do where something is wrong."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from core.errors import FrontlineError


class Condition(StrEnum):
    """How a part is."""

    GOOD = "ok"
    DOUBTFUL = "look"
    """It works, and somebody should know."""
    BAD = "mend"
    """It does not work, or will not for long."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """A part, how it is, and a sentence for who runs Frontline. Never a secret."""

    part: str
    condition: Condition
    words: str


Examine = Callable[[], Iterable[tuple[Condition, str]]]
"""Looks at a part. An error of Frontline's tree says by its words what is wrong; any other is told by its kind alone,
since its text could quote anything."""


def examined(part: str, examine: Examine) -> Iterator[Diagnosis]:
    """What an examination finds, or that it failed."""
    try:
        for condition, words in examine():
            yield Diagnosis(part=part, condition=condition, words=words)
    except FrontlineError as error:
        yield Diagnosis(part=part, condition=Condition.BAD, words=str(error))
    except Exception as error:  # noqa: BLE001 - the other parts are to be looked at all the same
        words = f"it could not be looked at ({type(error).__name__}). Look into the log of the server."
        yield Diagnosis(part=part, condition=Condition.BAD, words=words)
