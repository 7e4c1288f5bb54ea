"""README holds what the code has: paths of the API, commands with their options, settings, files."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import cast

import pytest

from core.api.v1 import app as api
from core.api.v1.app import OPENAPI
from core.api.v1.services import ApiServices
from core.commands.evaluate.arguments import arguments
from core.settings import PROJECT

README = (PROJECT / "README.md").read_text("utf-8")


def test_every_path_of_the_api_is_in_its_document() -> None:
    found = set(re.findall(r"(?<![\w.])/(?:api|org)/[\w/.{}$-]*", README))
    paths = set(api.api(cast(ApiServices, None)).openapi()["paths"]) | {OPENAPI}

    assert len(found) > 3
    assert {re.sub(r"\$\w+", "{org_id}", path) for path in found} <= paths


def test_the_nightly_command_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"python -m core\.evaluate (--[^`]+)", README)

    assert commands
    for command in commands:
        asked = arguments(shlex.split(command))
        assert asked.org == "Northwind Clothing"
        assert len(asked.bounds) == 2


def test_every_module_that_is_to_be_run_is_there() -> None:
    modules = set(re.findall(r"python -m ((?:core|tests)[\w.]*\w)", README))

    assert {"core.worker", "core.evaluate"} < modules
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []


def test_every_setting_is_one_that_the_code_reads() -> None:
    named = set(re.findall(r"`((?:FRONTLINE|PROPELAUTH)_[A-Z_]*[A-Z]|DATABASE_URL)`", README))
    code = "".join(path.read_text("utf-8") for path in (PROJECT / "core").rglob("*.py"))

    assert len(named) > 10
    for name in named:
        whole, ending = f'"{name}"' in code, name.rsplit("_", 1)
        assert whole or f'{ending[0]}_{{name}}"' in code, name


def test_every_file_and_folder_that_it_names_is_there() -> None:
    named = set(re.findall(r"`((?:core|pages|tests|\.ci|\.streamlit)(?:/[\w.]+)+)`|\(((?:\.docs)/[\w.]+)\)", README))
    optional = {".streamlit/secrets.toml"}

    missing = {one or other for one, other in named} - optional
    assert [name for name in missing if not (PROJECT / name).exists()] == []
