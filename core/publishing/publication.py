"""Which revision visitors get, since when and by whom, and what an owner asks of who publishes."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.errors import FrontlineError
from core.plurals import counted

MOST_BROKEN = 100_000
MOST_DATASETS = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishingRules:
    """What is checked before a revision becomes live.

    ``dataset_ids`` are the test questions that a check asks. A publication that breaks more than ``max_broken`` of them
    needs a reason; None asks for none, and so it is where there are no test questions.
    """

    dataset_ids: tuple[str, ...] = ()
    max_broken: int | None = None

    def need_a_reason(self, *, broken: int, failed: int) -> bool:
        """Whether a publication that breaks so many test questions, and could not check ``failed``, needs one."""
        return self.max_broken is not None and (broken > self.max_broken or failed > 0)

    def as_json(self) -> dict[str, Any]:
        """As ``from_json`` reads it."""
        return {"dataset_ids": list(self.dataset_ids), "max_broken": self.max_broken}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> "PublishingRules":
        """What was kept; no rule where nothing was."""
        kept = kept or {}
        return cls(dataset_ids=tuple(kept.get("dataset_ids", ())), max_broken=kept.get("max_broken"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Publication:
    """A revision that was made live: when (UTC), by whom, why, and in place of which one.

    ``broken`` is how many test questions it broke by the check that went before, None when none was made.
    """

    number: int
    revision: int
    replaced: int
    at: datetime
    author_id: str
    author: str
    reason: str
    broken: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class KeptCheck:
    """How the test questions ended when ``revision`` was checked in place of ``replaced``, at a moment (UTC).

    ``asked_on`` names all that decided it: it holds as long as a new check would be asked on the same. ``failed`` could
    not be checked.
    """

    revision: int
    replaced: int
    asked_on: str
    at: datetime
    asked: int
    broken: int
    failed: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LiveState:
    """Where an org stands: the revision that visitors get (0: none yet), and the newest one.

    ``live_at`` is when (UTC) the live revision was saved. With ``each_save_is_live`` the two revisions are the same.
    """

    live: int
    newest: int
    live_at: datetime | None
    each_save_is_live: bool
    rules: PublishingRules = PublishingRules()

    @property
    def waiting(self) -> int:
        """How many saves visitors do not get yet; 0 also when an older revision than before was made live."""
        return self.newest - self.live


class LiveChanged(FrontlineError):
    """Another revision became live meanwhile. Nothing was published."""

    def __init__(self, live: int) -> None:
        self.live = live
        super().__init__(f"Revision {live} was published meanwhile. Look at what changes now, then publish again.")


class ReasonNeeded(FrontlineError):
    """A publication that breaks more than an owner allows without a reason. Nothing was published."""

    def __init__(self, broken: int, failed: int, max_broken: int) -> None:
        self.broken, self.failed, self.max_broken = broken, failed, max_broken
        unchecked = f", and {counted(failed, 'test question')} could not be checked" if failed else ""
        allowed = f"more than {max_broken:,} break" if max_broken else "any breaks"
        super().__init__(
            f"This breaks {counted(broken, 'test question')}{unchecked}. Your organisation asks for a reason when "
            f"{allowed} or cannot be checked: write why, then publish again."
        )
