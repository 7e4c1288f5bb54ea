"""Test questions that can be run, wherever they come from: a file, or what was kept of one."""

from dataclasses import dataclass

from core.datasets.coverage import Coverage
from core.datasets.leakage import Leak
from core.datasets.preview import Preview
from core.datasets.understanding import NOTHING_SAID, Understanding
from core.runs.ledger import DatasetRef


@dataclass(frozen=True, kw_only=True)
class RunInput:
    """A preview against a revision. ``key`` changes with anything that it follows from.

    ``name`` is what a run of it is called, ``source`` the name of the file; ``dataset`` says which kept version it is,
    None for a file that is not kept yet. ``understood`` is what somebody said of how the file is read.
    """

    key: str
    name: str
    source: str
    preview: Preview
    revision: int
    dataset: DatasetRef | None = None
    understood: Understanding = NOTHING_SAID


@dataclass(frozen=True)
class Concerns:
    """What a person should know before running it: questions that are stored already, and what no question tests."""

    key: str
    leaks: list[Leak]
    coverage: Coverage
