"""What an owner promises visitors: a part of the org's settings, with what it was measured on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

MOST_WRONG = (1, 50)
"""Of 100 visitors, themselves included: what can be promised."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """ "At most ``most_wrong`` of 100 visitors get a wrong answer", as the evaluation ``run_id`` shows.

    It holds from the confidence ``threshold`` (0 to 1) of that evaluation on: there ``wrong`` of its ``visitors`` got a
    wrong answer. Of its ``questions`` the bot answers ``answered_right`` right with it, and without it
    ``answered_right_before``.
    """

    most_wrong: int
    run_id: str
    threshold: float
    visitors: int
    wrong: int
    questions: int
    answered_right: int
    answered_right_before: int

    def as_json(self) -> dict[str, Any]:
        """As ``from_json`` reads it."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Promise":
        """What was kept; names that are unknown now are passed over."""
        return cls(**{field.name: kept[field.name] for field in fields(cls)})
