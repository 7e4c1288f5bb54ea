"""Files come and go by the two ways of the shell: beside them uploads are refused, and downloads get lost."""

import ast
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[3] / "pages"
OWNERS = {
    "file_uploader": "shell/uploads.py",
    "camera_input": "shell/uploads.py",
    "audio_input": "shell/uploads.py",
    "download_button": "shell/downloads.py",
}


@pytest.mark.parametrize("widget", OWNERS)
def test_no_page_draws_streamlits_own(widget: str) -> None:
    users = {
        path.relative_to(PAGES).as_posix()
        for path in PAGES.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == widget
    }

    assert users <= {OWNERS[widget]}


def test_no_chat_takes_files() -> None:
    named = [keyword.arg for path in PAGES.rglob("*.py") for keyword in _keywords(path)]

    assert named
    assert "accept_file" not in named


def _keywords(path: Path) -> list[ast.keyword]:
    return [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.keyword)]
