"""Reads the imports of the code and holds the direction of its dependencies."""

import ast
import graphlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted([ROOT / "app.py", *(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in FILES}


@cache
def imports(path: Path) -> frozenset[str]:
    """Every module that a file imports, inside functions too; ``from a import b`` counts as a.b where that is one."""
    return frozenset(_imports(ast.parse(path.read_text(encoding="utf-8"))))


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def importers(library: str) -> list[str]:
    """The modules that import a library or package, itself aside."""
    return sorted(
        name
        for name, path in MODULES.items()
        if not is_in(name, library) and any(is_in(found, library) for found in imports(path))
    )


def is_in(module: str, *packages: str) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("streamlit", ("app", "pages")),
        ("sqlalchemy", ("core.storage",)),
        ("alembic", ("core.storage",)),
        ("openai", ("core.engines",)),
        ("dbos", ("core.runs",)),
        ("onnxruntime", ("core.engines",)),
        ("propelauth_py", ("core.identity",)),
        ("genai_prices", ("core.spending",)),
        ("cryptography", ("core.servers",)),
        ("fastapi", ("core.api",)),
        ("altair", ("core.report",)),
        ("vl_convert", ("core.report",)),
        ("jinja2", ("core.report",)),
        ("httpx", ("core.identity",)),
        ("httpx2", ("core.engines",)),
        ("aiohttp", ("core.engines",)),
        ("prometheus_client", ("core.operation",)),
        ("openpyxl", ("core.files",)),
        ("core.storage", ("core.bootstrap",)),
        ("core.bootstrap", ("app", "pages", "core.commands", "core.api")),
        ("pages", ("app",)),
    ],
)
def test_only_these_rooms_import(library: str, rooms: tuple[str, ...]) -> None:
    assert [name for name in importers(library) if not is_in(name, *rooms)] == []


@pytest.mark.parametrize(
    ("room", "never"),
    [
        (
            "core.questions",
            ("core.runs", "core.engines", "core.datasets", "core.statistics", "core.api", "core.answering"),
        ),
        ("core.prompts", ("core.runs", "core.api", "core.answering", "core.engines", "core.identity", "core.files")),
        ("core.identity", ("core.questions", "core.engines", "core.runs", "core.api")),
        ("core.engines", ("core.runs", "core.api", "core.answering", "core.datasets", "core.statistics")),
        ("core.statistics", ("core.runs", "core.api", "core.answering", "core.engines", "core.identity")),
        ("core.spending", ("core.runs", "core.api", "core.answering")),
        (
            "core.files",
            ("core.runs", "core.questions", "core.datasets", "core.statistics", "core.engines", "core.identity"),
        ),
        (
            "core.runs",
            ("core.api", "core.report", "core.datasets.service", "core.datasets.fixes", "core.datasets.intake"),
        ),
        ("core.datasets", ("core.api", "core.answering", "core.engines", "core.report")),
        ("core.report", ("core.api", "core.identity", "core.storage", "core.answering")),
    ],
)
def test_the_domain_does_not_look_at_what_uses_it(room: str, never: tuple[str, ...]) -> None:
    wrong = {
        name: [found for found in imports(path) if is_in(found, *never)]
        for name, path in MODULES.items()
        if is_in(name, room)
    }

    assert {name: found for name, found in wrong.items() if found} == {}


def test_no_module_imports_itself_through_others() -> None:
    graph = {name: {found for found in imports(path) if found in MODULES} - {name} for name, path in MODULES.items()}

    graphlib.TopologicalSorter(graph).prepare()


def test_no_script_stands_directly_in_pages() -> None:
    """Streamlit would run it without the gate when a fresh server's first request is its deep link."""
    assert [path.name for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"] == []


def test_the_visible_top_level_is_what_was_agreed() -> None:
    visible = {path.name for path in ROOT.iterdir() if not path.name.startswith((".", "__pycache__"))}

    assert visible == {"app.py", "pages", "core", "tests", "requirements.txt", "README.md"}


def test_a_class_name_means_one_thing_in_the_whole_code() -> None:
    places: dict[str, list[str]] = {}
    for name, path in MODULES.items():
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places.setdefault(node.name, []).append(name)

    assert {name: found for name, found in places.items() if len(found) > 1} == {}
