"""What an org's table of fixed answers is made of."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from core.questions.policy import Policy

UNSAVED = -1
"""Stands for the number of a revision that nobody has saved yet."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """A question with its fixed answer.

    ``id`` is a small number that is unique in its org and never used again; ``alternates`` are other ways to ask the
    same question; an entry that is not ``enabled`` stays in the table and is never given to a visitor.
    """

    id: int
    question: str
    answer: str
    alternates: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    enabled: bool = True

    @property
    def phrasings(self) -> tuple[str, ...]:
        """Every stored way to ask this question, the main one first."""
        return (self.question, *self.alternates)


@dataclass(frozen=True, kw_only=True)
class Published:
    """What visitors of one org can get: the enabled entries of one revision, in table order, and the org's policy."""

    org_id: str
    revision: int
    entries: tuple[Entry, ...]
    policy: Policy = field(default_factory=Policy)

    @classmethod
    def of_table(cls, org_id: str, revision: int, entries: Iterable[Entry], policy: Policy) -> "Published":
        """What visitors would get of a whole table; ``revision`` is UNSAVED for one that nobody saved."""
        enabled = tuple(entry for entry in entries if entry.enabled)
        return cls(org_id=org_id, revision=revision, entries=enabled, policy=policy)

    @functools.cached_property
    def by_id(self) -> Mapping[int, Entry]:
        """The entries by their id."""
        return {entry.id: entry for entry in self.entries}
