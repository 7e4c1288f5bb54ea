"""Carries out the steps of ``.docs/Containerfile`` in a folder, where there is no engine for containers.

What a step does to ``/frontline`` and ``/data`` it does below that folder. A user of its own needs the rights of root,
so ``USER`` and ``chown`` are looked at and not done. The image of ``FROM`` is this computer's Python of its version.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from core.settings import PROJECT

FILE = PROJECT / ".docs" / "Containerfile"
_ROOTS = ("/frontline", "/data")


@dataclass
class Container:
    """What the steps have made: a folder that stands for ``/``, and how its program is started."""

    root: Path
    workdir: Path = Path("/")
    environment: dict[str, str] = field(default_factory=dict)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)
    user: str = "0"

    def inside(self, path: str) -> Path:
        """Where a path of the container is."""
        return self.root / str(self.workdir / path).lstrip("/")

    def mapped(self, text: str) -> str:
        """A command's text with the container's folders in place."""
        for folder in _ROOTS:
            text = re.sub(rf"(?<![\w.]){folder}\b", str(self.root / folder.lstrip("/")), text)
        return text

    def variables(self) -> Mapping[str, str]:
        """The environment of the container's programs, with this computer's way to packages."""
        here = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "PATH", "SSL_", "TMPDIR"))
        }
        return here | {name: self.mapped(value) for name, value in self.environment.items()}


def steps(text: str) -> Iterator[tuple[str, str]]:
    """Each instruction and its words."""
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, words = line.partition(" ")
            yield name, words.strip()


def carried_out(root: Path, text: str) -> Container:
    """Do each step below ``root``. Raises ValueError for one that is unknown, CalledProcessError for one that fails."""
    container = Container(root)
    for name, words in steps(text):
        _do(container, name, words)
    return container


def _do(container: Container, name: str, words: str) -> None:
    match name:
        case "FROM":
            wanted = re.search(r"python:(\d+\.\d+)", words)
            here = f"{sys.version_info.major}.{sys.version_info.minor}"
            if wanted is None or wanted[1] != here:
                raise ValueError(f"{words} is another Python than this one, {here}")
        case "WORKDIR":
            container.workdir = Path(words)
            container.inside(".").mkdir(parents=True, exist_ok=True)
        case "COPY":
            source, target = shlex.split(words)
            _copy(PROJECT / source, container.inside(target) / (source if target.endswith("./") else ""))
        case "RUN":
            command = container.mapped(re.sub(r"&& chown [\d:]+ /\w+", "", words))
            subprocess.run(["sh", "-ec", command], cwd=container.inside("."), env=container.variables(), check=True)
        case "ENV":
            container.environment |= dict(pair.split("=", 1) for pair in shlex.split(words))
        case "USER":
            container.user = words
        case "HEALTHCHECK":
            container.health = json.loads(words[words.index("[") :])
        case "CMD":
            container.command = json.loads(words)
        case "VOLUME" | "EXPOSE":
            pass
        case _:
            raise ValueError(f"{name} is no step that is known here")


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
    else:
        shutil.copyfile(source, target)
