"""What a dependency does not promise is used in one file for each dependency, and nowhere else."""

import ast
import re
import sys
from collections.abc import Iterator, Mapping, Set
from pathlib import Path

import pytest

from tests.core.test_imports import MODULES, ROOT, is_in

ALLOWED = {
    "streamlit": "pages.shell.streamlit_internals",
    "uvicorn": "core.api.uvicorn_protocols",
    "propelauth_py": "core.identity.propelauth.client",
    "openai": "core.engines.language.quiet_logs",
    "onnxruntime": "core.engines.semantic.prepare",
}
"""The one file of each dependency. Each has a test that says in words when a release changed what it needs."""

INTERNAL = (
    *("streamlit.runtime", "streamlit.web", "streamlit.elements", "streamlit.proto", "streamlit.commands"),
    *("streamlit.config", "streamlit.watcher", "streamlit.source_util", "streamlit.file_util", "streamlit.string_util"),
    *("uvicorn.config", "uvicorn.importer", "uvicorn.protocols", "uvicorn.lifespan", "uvicorn.loops"),
    *("propelauth_py.api", "propelauth_py.jwt", "propelauth_py.validation", "propelauth_py.auth_fns"),
    *("onnxruntime.quantization.quant_utils", "onnxruntime.capi", "starlette.requests.cookie_parser"),
)
"""Modules and names without an underscore that their projects do not document."""

PUBLIC = frozenset({"_value_"})
"""Names with an underscore that are documented: ``Enum`` has this one."""

ON_THE_WIRE = ("_stcore", "_streamlit_user", "/media", "/auth/log")
"""Paths and cookies of Streamlit's server, which stand in ``core/api/streamlit_http.py``."""

PRIVATE = re.compile(r"_[^_].*")
IN_QUOTES = re.compile(r"[A-Za-z]\w*(\.\w+)*\._[A-Za-z]\w*(\[.*\])?")
"""An annotation in quotation marks, or the name of a logger."""


@pytest.fixture(scope="module")
def trees() -> Mapping[str, ast.Module]:
    """Every module of ours as Python reads it, for as long as these tests take: it is much."""
    return {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}


def private_uses(tree: ast.Module, defined: Set[str] = frozenset()) -> Iterator[str]:
    """Every name that a module takes from another project's inside, as ``dependency: name``.

    ``defined`` is what our own classes define, for those that inherit it from another module of ours.
    """
    own = {*_defined(tree)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (_use(alias.name) for alias in node.names if _is_private(alias.name))
        elif isinstance(node, ast.ImportFrom):
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (_use(name) for name in full if _is_private(name))
        elif isinstance(node, ast.Attribute) and PRIVATE.fullmatch(node.attr):
            inherited = defined if getattr(node.value, "id", "") == "self" else frozenset()
            if node.attr not in own | PUBLIC | inherited:
                yield f"?: {ast.unparse(node)}"
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "setattr", "hasattr"}:
            name = node.args[1]
            if isinstance(name, ast.Constant) and PRIVATE.fullmatch(str(name.value)) and name.value not in own:
                yield f"?: {ast.unparse(node)}"
        elif isinstance(node, ast.Constant) and IN_QUOTES.fullmatch(str(node.value)):
            yield _use(str(node.value))


def _defined(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}:
                yield node.attr
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def _is_private(module: str) -> bool:
    parts = module.split(".")
    if parts[0] in sys.stdlib_module_names or parts[0] in {"core", "pages", "app"}:
        return False
    return is_in(module, *INTERNAL) or any(PRIVATE.fullmatch(part) for part in parts)


def _use(module: str) -> str:
    return f"{module.partition('.')[0]}: {module}"


@pytest.mark.parametrize(
    "source",
    [
        "from streamlit import runtime",
        "import streamlit.web.bootstrap",
        "from openai._client import Client",
        "from starlette.requests import cookie_parser",
        "from pandas.core.frame import _thing",
        "import streamlit as st\nst.container()._block",
        "def find(row):\n    return row._mapping",
        "x = getattr(client, '_session')",
        "def made() -> 'aiohttp.client._RequestContextManager': ...",
    ],
)
def test_private_uses_are_found_in_whatever_form(source: str) -> None:
    assert list(private_uses(ast.parse(source)))


def test_ones_own_names_and_public_ones_are_no_private_use() -> None:
    source = """
class A:
    def __init__(self):
        self._a = st.__file__
    def b(self, other):
        return other._a
"""

    assert list(private_uses(ast.parse(source))) == []


def test_each_dependencys_inside_is_used_in_one_file_alone(trees: Mapping[str, ast.Module]) -> None:
    defined = {name for tree in trees.values() for name in _defined(tree)}
    found = {name: [*private_uses(tree, defined)] for name, tree in trees.items()}

    elsewhere = {name: uses for name, uses in found.items() if uses and name not in ALLOWED.values()}
    assert elsewhere == {}, "Use the public way, or put it into the dependency's one file, with its contract test."
    for dependency, module in ALLOWED.items():
        others = [use for use in found[module] if not use.startswith((f"{dependency}:", "?:"))]
        assert others == [], f"{module} is there for {dependency} alone."
        assert any(use.startswith(f"{dependency}:") for use in found[module]), f"{module} needs no leave any more."


def test_streamlits_paths_and_cookies_stand_in_one_file(trees: Mapping[str, ast.Module]) -> None:
    found = {
        name: texts
        for name, tree in trees.items()
        if name != "core.api.streamlit_http" and (texts := _on_the_wire(tree))
    }

    assert found == {}


def _on_the_wire(tree: ast.Module) -> list[str]:
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs
        if any(part in node.value for part in ON_THE_WIRE)
    ]


def test_the_guide_names_each_of_these_files() -> None:
    guide = (ROOT / ".docs" / "contributing.md").read_text(encoding="utf-8")
    files = [str(Path(*module.split(".")).with_suffix(".py")) for module in ALLOWED.values()]

    assert [file for file in [*files, "core/api/streamlit_http.py"] if f"`{file}`" not in guide] == []
