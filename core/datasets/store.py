"""What the datasets need of a storage."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from core.audit.event import Event
from core.datasets.dataset import Dataset, DatasetRow, Version
from core.datasets.understanding import Understanding
from core.errors import FrontlineError


class NameTaken(FrontlineError):
    """Another dataset of the org has the name."""

    def __init__(self, name: str) -> None:
        super().__init__(f"There are test questions named “{name}” already. Choose another name.")


class DatasetEdit(Protocol):
    """One dataset under its lock, while a change is decided and written."""

    dataset: Dataset
    next_row: int
    """A number that no row of any version has, and so are all above it."""

    def rows(self, version: int | None = None) -> list[DatasetRow]:
        """The rows of a version, by default the newest, by line."""

    def write(
        self, version: Version, *, ended: Iterable[int], written: Sequence[DatasetRow], event: Event | None = None
    ) -> None:
        """Make a version: the rows with the numbers ``ended`` are no longer in it, and those ``written`` are."""

    def understood(self) -> Understanding:
        """How its files were read."""

    def understand(self, understood: Understanding) -> None:
        """Keep how its files were read."""

    def rename(self, name: str, event: Event | None = None) -> None:
        """Give it another name. Raises NameTaken."""

    def archive(self, event: Event | None = None) -> None:
        """No longer offer it; its name is free again."""


class DatasetStore(Protocol):
    """The datasets of all orgs; every method works on one org."""

    def datasets(self, org_id: str) -> list[Dataset]:
        """Those that are not archived, the one with the newest version first."""

    def dataset(self, org_id: str, dataset_id: str) -> Dataset | None:
        """One dataset, archived or not."""

    def named(self, org_id: str, name: str) -> Dataset | None:
        """The dataset of this name, whatever its case, that is not archived."""

    def understood(self, org_id: str, name: str) -> Understanding | None:
        """How the files of the dataset of this name were read; None where there is none that is not archived."""

    def create(
        self,
        dataset: Dataset,
        version: Version,
        rows: Sequence[DatasetRow],
        event: Event | None = None,
        understood: Understanding | None = None,
    ) -> None:
        """Keep a new dataset with its first version, and how its file was read. Raises NameTaken."""

    def versions(self, org_id: str, dataset_id: str) -> list[Version]:
        """The versions of a dataset, newest first."""

    def rows(self, org_id: str, dataset_id: str, version: int) -> list[DatasetRow]:
        """The rows of a version, by line."""

    def row_at(self, org_id: str, dataset_id: str, version: int, line: int) -> DatasetRow | None:
        """The row on a line of a version."""

    def newest(self, org_id: str, dataset_id: str, row: int) -> DatasetRow | None:
        """A row by its number as it reads in the newest version."""

    def editing(self, org_id: str, dataset_id: str) -> AbstractContextManager[DatasetEdit]:
        """One change of a dataset at a time, whole or not at all. Raises NotFound."""
