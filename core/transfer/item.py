"""What a file of questions and answers comes to, whatever format it has: one item for each entry it tells of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Cells = tuple[tuple[str, str], ...]
"""The cells of a row as they stand in the file, each with its heading."""


@dataclass(frozen=True, slots=True)
class ItemSource:
    """A row of a file: ``place`` says where for people ("line 3", "sheet “B”, line 3"), ``cells`` what stands there."""

    place: str
    cells: Cells = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    """What a file says of one entry.

    ``fields`` has only what it does say: at least the question, and of the answer, the alternates, the tags and
    whether it is enabled those that its format holds. With ``all_phrasings`` the alternates are all there are; else
    the entry may have others. ``number`` is the entry's where the file has numbers. ``sources`` are its rows.
    """

    fields: Mapping[str, Any]
    sources: tuple[ItemSource, ...]
    number: int | None = None
    all_phrasings: bool = False

    @property
    def question(self) -> str:
        """The main question; empty when the file has none."""
        return str(self.fields.get("question") or "")

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every way to ask it that the file tells, the main one first."""
        return (self.question, *self.fields.get("alternates", ()))

    @property
    def is_on(self) -> bool:
        """Whether visitors would get it."""
        return bool(self.fields.get("enabled", True))

    @property
    def place(self) -> str:
        """Where it begins in the file."""
        return self.sources[0].place


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that cannot be used, and why."""

    source: ItemSource
    reason: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Items:
    """All of a file. ``notes`` are sentences on how it was understood; ``joinable`` says that its rows have one
    question each and nothing that tells which of them belong together, but perhaps the same answer.
    """

    items: tuple[Item, ...]
    rejected: tuple[Rejected, ...] = ()
    notes: tuple[str, ...] = field(default=())
    joinable: bool = False
