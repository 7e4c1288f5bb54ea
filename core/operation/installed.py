"""Which packages are installed, beside those that ``requirements.txt`` asks for."""

import importlib.metadata
import platform
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement

from core.operation.examination import Condition
from core.settings import PROJECT

REQUIREMENTS = PROJECT / "requirements.txt"
_INSTALL = "run: pip install -r requirements.txt"


def versions(requirements: Path = REQUIREMENTS) -> Iterator[tuple[Condition, str]]:
    """Python and SQLite, and every package that is lacking or outside its range."""
    wrong, known = [], []
    for line in requirements.read_text("utf-8").splitlines():
        if text := line.partition("#")[0].strip():
            needed = Requirement(text)
            try:
                found = importlib.metadata.version(needed.name)
            except importlib.metadata.PackageNotFoundError:
                wrong.append(f"{needed.name} is not installed")
                continue
            known.append(f"{needed.name} {found}")
            if not needed.specifier.contains(found, prereleases=True):
                wrong.append(f"{needed.name} is {found}, and {needed.specifier} is needed")
    told = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {', '.join(known[:2])}"
    if wrong:
        yield Condition.BAD, f"{'; '.join(wrong)}: {_INSTALL}"
    yield Condition.GOOD, f"{told}; {len(known)} packages of {requirements.name} are looked at."
