"""README and the pages of .docs hold what the code has: paths of the API, commands, options, settings, files."""

import importlib.util
import re
import shlex
from pathlib import Path
from typing import cast

import pytest

from core.__main__ import COMMANDS, main
from core.api.v1 import app as api
from core.api.v1.app import OPENAPI
from core.api.v1.services import ApiServices
from core.commands.evaluate.arguments import arguments
from core.settings import PROJECT

PAGES = (PROJECT / "README.md", *sorted((PROJECT / ".docs").glob("*.md")))
README_BYTES = 6_000
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*")
SETTING = re.compile(r"\b((?:FRONTLINE|PROPELAUTH)_[A-Z_]*[A-Z])\b")
MADE_UP_LATER = {".streamlit/secrets.toml"}
"""Files that a deployment has, and the repository has not."""


def page(name: str) -> str:
    return (PROJECT / ".docs" / name).read_text("utf-8")


def settings_read_by_core() -> set[str]:
    """The variables that core names as whole texts, or puts together from a name's ending."""
    code = "".join(path.read_text("utf-8") for path in sorted((PROJECT / "core").rglob("*.py")))
    whole = set(re.findall(r'"((?:FRONTLINE|PROPELAUTH)_[A-Z_]*[A-Z])"', code))
    return whole | {f"FRONTLINE_ENGINE_{name}" for name in ("URL", "MODEL", "KEY")}


def test_readme_is_short() -> None:
    assert len((PROJECT / "README.md").read_bytes()) <= README_BYTES


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_link_and_picture_leads_somewhere(path: Path) -> None:
    links = re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8"))
    relative = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]

    assert [link for link in relative if not (path.parent / link).exists()] == []


def test_every_page_and_picture_of_docs_is_shown_somewhere() -> None:
    named = {
        (path.parent / link.partition("#")[0]).resolve()
        for path in PAGES
        for link in re.findall(r"\]\(([^)]+)\)", path.read_text("utf-8"))
    }

    assert [path.name for path in sorted((PROJECT / ".docs").iterdir()) if path.resolve() not in named] == []


def test_the_api_page_has_every_path_of_the_api_and_no_other() -> None:
    found = set(re.findall(r"`(?:[A-Z, ]+ )?(/(?:api|org)/[\w/.{}]*)`", page("api.md")))

    assert found == set(api.api(cast(ApiServices, None)).openapi()["paths"]) | {OPENAPI}


def test_the_api_page_names_the_methods_of_every_path() -> None:
    told = {
        path: set(methods.split(", "))
        for methods, path in re.findall(r"^\| ([A-Z, ]+) `(/[^`]+)`", page("api.md"), re.MULTILINE)
    }
    paths = api.api(cast(ApiServices, None)).openapi()["paths"]

    assert told == {path: {method.upper() for method in operations} for path, operations in paths.items()}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_no_page_names_a_path_that_the_api_has_not(path: Path) -> None:
    found = set(re.findall(r"(?<![\w.])/(?:api|org)/[\w/.{}$-]*", path.read_text("utf-8")))
    paths = set(api.api(cast(ApiServices, None)).openapi()["paths"]) | {OPENAPI}

    assert {re.sub(r"\$\w+", "{org_id}", one) for one in found} <= paths


def test_the_nightly_command_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^python -m core evaluate (--.+)$", page("command-line.md"), re.MULTILINE)

    assert commands
    for command in commands:
        asked = arguments(shlex.split(command))
        assert asked.org == "Northwind Clothing"
        assert len(asked.bounds) == 2


SECTION = re.compile(r"^## (\w+)\b.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
SECTIONS = {found[1]: found[0] for found in SECTION.finditer(page("command-line.md")) if found[1] in COMMANDS}


@pytest.mark.parametrize("command", SECTIONS)
def test_every_option_of_a_command_is_in_its_section_and_no_other(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])
    helped = set(OPTION.findall(capsys.readouterr().out)) - {"--help"}

    assert {"evaluate", "publish"} <= SECTIONS.keys()
    assert set(OPTION.findall(SECTIONS[command])) - {"--help"} == helped


def test_every_command_is_on_its_page() -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", page("command-line.md"), re.MULTILINE)) == set(COMMANDS)


def test_every_module_that_is_to_be_run_is_there() -> None:
    texts = "".join(path.read_text("utf-8") for path in PAGES)
    modules = set(re.findall(r"python -m ((?:core|tests)(?:\.\w+)*)", texts))

    assert {"core", "core.worker", "core.evaluate"} < modules
    assert [name for name in modules if importlib.util.find_spec(name) is None] == []
    assert set(re.findall(r"python -m core ([a-z]+)", texts)) <= set(COMMANDS)


def test_every_setting_that_the_code_reads_is_told_and_no_other() -> None:
    named = {name for path in PAGES for name in SETTING.findall(path.read_text("utf-8"))}

    assert set(SETTING.findall(page("operating.md"))) == settings_read_by_core()
    assert named <= settings_read_by_core()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_file_and_folder_that_it_names_is_there(path: Path) -> None:
    named = set(re.findall(r"`((?:core|pages|tests|\.ci|\.docs|\.streamlit)(?:/[\w.]+)*/?)`", path.read_text("utf-8")))

    missing = named - MADE_UP_LATER
    assert [name for name in sorted(missing) if not (PROJECT / name).exists()] == []


@pytest.mark.parametrize("name", ["requirements.txt", "tests/requirements.txt"])
def test_every_dependency_has_its_reason_and_an_upper_bound(name: str) -> None:
    lines = [line for line in (PROJECT / name).read_text("utf-8").splitlines() if line and not line.startswith("#")]

    assert lines
    assert [line for line in lines if not re.fullmatch(r"[\w\[\]-]+(?:==\S+|>=\S+,<\S+)  # \S.+", line)] == []


def test_the_map_has_every_room() -> None:
    text = page("contributing.md")
    drawn = text[text.index("```text") : text.index("```\n", text.index("```text") + 3)]
    folders = {room: sorted((PROJECT / room).iterdir()) for room in ("core", "pages")}
    rooms = {room: [path.name for path in found if (path / "__init__.py").exists()] for room, found in folders.items()}

    assert [name for name in rooms["core"] if f"core/{name}" not in drawn] == []
    assert [name for name in rooms["pages"] if not re.search(rf"\b{name}\b", drawn)] == []
    assert [room for room in re.findall(r"core/\w+(?:\.py)?", drawn) if not (PROJECT / room).exists()] == []
