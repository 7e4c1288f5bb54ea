"""A company's table that models may be shown before an org's own, one that ships or one that an owner shared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.prompts.companies import SHIPPED, ExampleCompany
from core.questions.entry import Entry

SHIPS = "ships with Frontline"
YOURS = "yours"


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """An example company as the people of any org may see it.

    ``name`` is the name it is shown under, ``whose`` says in words where it comes from. ``entries`` are numbered from
    1 and have no tags; ``negatives`` are questions that they do not answer. It holds no id of an org and no person.
    """

    example_id: str
    name: str
    whose: str
    entries: tuple[Entry, ...]
    negatives: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnExample(Example):
    """What an org shares itself, and who shared it when (UTC): for its owners only."""

    author: str
    at: datetime


def shipped_id(company: ExampleCompany) -> str:
    """The id of a company that ships, e.g. ``shipped:marrow-lane-bakery``."""
    return f"shipped:{re.sub('[^a-z0-9]+', '-', company.name.lower()).strip('-')}"


SHIPPED_BY_ID: Mapping[str, ExampleCompany] = {shipped_id(company): company for company in SHIPPED}


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredExample:
    """What an org shares: ``company`` is for everybody, all else is not."""

    org_id: str
    example_id: str
    company: ExampleCompany
    author_id: str
    author: str
    at: datetime


class ExampleStore(Protocol):
    """The shared examples of all orgs, at most one of each."""

    def keep(self, example: StoredExample) -> StoredExample:
        """Share this in place of what the org shared before, under the same id as that if there was any."""

    def drop(self, org_id: str) -> None:
        """Forget what this org shares."""

    def shared_by(self, org_id: str) -> StoredExample | None:
        """What this org shares."""

    def all_shared(self) -> list[StoredExample]:
        """What every org shares, by name."""

    def with_ids(self, example_ids: Iterable[str]) -> dict[str, ExampleCompany]:
        """Those of these examples that are shared now, by their id, whoever shares them."""
