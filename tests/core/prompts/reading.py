"""Strict readers of prompts: whatever is not exactly as it should be fails."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.prompts.handoff_examples import STANDARD_NEGATIVES
from core.prompts.prompt import ChatPrompt
from core.questions.entry import Entry
from core.questions.text import same_question_key
from tests.core.prompts.one_prompt import from_one_line


@dataclass
class Block:
    company: str = ""
    about: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    turns: list[tuple[str, str]] = field(default_factory=list)


class Lines:
    def __init__(self, text: str) -> None:
        self.left = text.split("\n")

    def after(self, prefix: str, suffix: str = "") -> str:
        """The next line without what it must begin and end with."""
        line = self.left.pop(0)
        assert line.startswith(prefix), line
        assert line.endswith(suffix), line
        assert len(line) >= len(prefix) + len(suffix), line
        return line[len(prefix) : len(line) - len(suffix)]

    def begins(self, prefix: str) -> bool:
        return bool(self.left) and self.left[0].startswith(prefix)

    def labelled(self, label: str) -> str:
        """The text of the next line if it has the label, else nothing."""
        return from_one_line(self.after(f"{label}: ")) if self.begins(f"{label}: ") else ""

    def table(self, *columns: str) -> list[tuple[str, ...]]:
        assert self.left.pop(0) == f"| {' | '.join(columns)} |"
        rows = []
        while self.begins("|"):
            cells = self.after("| ", " |").split(" | ")
            assert len(cells) == len(columns), cells
            rows.append(tuple(map(from_one_line, cells)))
        return rows


def read_completion(text: str, instructions: Sequence[str]) -> tuple[list[Block], str, str]:
    """The blocks, the fallback and the open question of a prompt that begins with these lines; the last has the
    fallback between its two parts."""
    *first, last = instructions
    lines = Lines(text)
    for line in first:
        assert lines.left.pop(0) == line
    fallback = from_one_line(lines.after(*last.split("…")))
    blocks = []
    while lines.begins("") and lines.left[0] == "":
        lines.after("")
        blocks.append(Block(company=lines.labelled("Company"), about=lines.labelled("About")))
        blocks[-1].rows = lines.table("Question", "Response")
        assert lines.left.pop(0) == ""
        while lines.begins("###"):
            assert lines.left.pop(0) == "###"
            asked, response = from_one_line(lines.after("Human: ")), lines.after("AI:")
            assert response.startswith(" ") == bool(lines.left), "only the open turn ends without a space"
            blocks[-1].turns.append((asked, response.removeprefix(" ")))
    assert lines.left == [], lines.left
    question, open_line = blocks[-1].turns.pop()
    assert open_line == ""
    for block in blocks:
        block.turns = [(asked, from_one_line(line)) for asked, line in block.turns]
    return blocks, fallback, question


def read_system(text: str, instructions: int) -> tuple[Block, list[tuple[str, ...]]]:
    """The company with its table and the examples of a system message that begins with so many lines."""
    lines = Lines(text)
    del lines.left[:instructions]
    assert lines.left.pop(0) == ""
    block = Block(company=lines.labelled("Company"), about=lines.labelled("About"))
    block.rows = lines.table("Id", "Question", "Response")
    assert lines.left.pop(0) == ""
    assert lines.left.pop(0) == "What visitors may write, and the id to choose:"
    examples = lines.table("Question", "Id")
    assert lines.left == [""]
    return block, examples


def shown(prompt: ChatPrompt) -> str:
    """A chat as one text, to compare with a stored one."""
    return "\n".join(f"[{message.role}]\n{message.content}\n" for message in prompt.messages)


def expected_negatives(entries: Sequence[Entry], own: Sequence[str]) -> list[str]:
    known = {same_question_key(phrasing) for entry in entries for phrasing in entry.phrasings} | {""}
    texts: dict[str, str] = {}
    for text in [*STANDARD_NEGATIVES, *own]:
        texts.setdefault(same_question_key(text), text)
    return [text for key, text in texts.items() if key not in known]


def expected_turns(entries: Sequence[Entry], own: Sequence[str], fallback: str) -> list[tuple[str, str]]:
    answered = [(phrasing, entry.answer) for entry in entries for phrasing in entry.phrasings]
    return answered + [(text, fallback) for text in expected_negatives(entries, own)]
