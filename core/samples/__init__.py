"""What ships with Frontline so that a first look shows something: two small orgs, each with sample test questions."""

import json
from importlib.resources import files

from core.questions.changes import Fields


def demo_entries(company: str) -> list[Fields]:
    """The Q&As of a demo company ("clothing" or "phone")."""
    text = files(__package__).joinpath("demo_entries.json").read_text(encoding="utf-8")
    entries: list[Fields] = json.loads(text)[company]
    return entries


def sample_questions(company: str) -> bytes:
    """A spreadsheet (CSV) of test questions for a demo company."""
    return files(__package__).joinpath(f"test_questions_{company}.csv").read_bytes()
