"""What the examples need of a storage: the one table whose rows every organisation may read."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.prompts.companies import ExampleCompany


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
