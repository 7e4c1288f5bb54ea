"""Reads YAML: a list of objects, or an object that holds such a list. Only texts are made of it, never objects."""

from collections.abc import Iterator

import yaml  # type: ignore[import-untyped]  # PyYAML ships no types

from core.errors import FileRejected
from core.files import rasa
from core.files.decoding import decode
from core.files.lists import Lists
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table

_DEPTH = 100
_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # in C where it was built so: a hundred times as fast


def read_yaml(
    data: bytes,
    name: str,
    limits: FileLimits,
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008 - frozen
    known: KnownHeadings = KnownHeadings(),  # noqa: B008 - frozen
) -> Table:
    """Read a file of YAML. Values stand in the cells as they are written: no numbers, dates or truth values are made.

    Of an object with several lists the one that looks most like test questions is read, or the one that was chosen; of
    files of Rasa the examples, or else the responses. Raises FileRejected when the file is not YAML, has no list of
    rows, or unfolds to more than the limits allow.
    """
    decoded = decode(data)
    tree = _Tree(limits)
    try:
        root = yaml.compose(decoded.text, Loader=_Loader)
    except (yaml.YAMLError, ValueError) as error:
        raise FileRejected(_not_yaml(error)) from None
    except RecursionError:
        raise FileRejected("This nests lists or objects too deeply to be a list of questions.") from None
    value = tree.value(root) if root is not None else None
    parts = rasa.parts(value)
    lists = Lists({name: part.items for name, part in parts.items()} or value, known, tree.lines)
    named = choices.key if choices.key in parts else next(iter(parts), None)
    key = lists.chosen(named if parts else choices.key)
    examples = parts.get(key)
    body = lists.body(key, choices, limits, examples.lines if examples else None)
    return Table(
        name=name,
        columns=body.columns,
        rows=body.rows,
        problems=body.problems,
        notes=(*(examples.notes if examples else ()), *body.notes),
        encoding=decoded.encoding,
        format="YAML",
        key=key if examples or len(lists.keys) > 1 else None,
        keys=lists.keys,
        headings=body.headings,
    )


class Block(str):
    """A text of several lines, with the line of the file where the first of them stands."""

    line: int


class _Tree:
    """Makes lists, objects and texts of the nodes of a file, and remembers the lines of the items of lists.

    A node that aliases repeat is made anew each time, so that what they unfold to is counted and bounded.
    """

    def __init__(self, limits: FileLimits) -> None:
        self._left = limits.cells
        self._characters = limits.characters
        self.lines: dict[int, list[int]] = {}

    def value(self, node: yaml.Node, depth: int = 0) -> object:
        """The value of a node. Raises FileRejected when it unfolds to more than may be."""
        self._left -= 1
        if self._left < 0 or self._characters < 0 or depth > _DEPTH:
            raise FileRejected(
                "There is more in it than Frontline can take at once: lists and aliases unfold to too much. Split the "
                "file, or write the questions out."
            )
        if isinstance(node, yaml.ScalarNode):
            return self._text(node)
        if isinstance(node, yaml.SequenceNode):
            items = [self.value(item, depth + 1) for item in node.value]
            self.lines[id(items)] = [item.start_mark.line + 1 for item in node.value]
            return items
        found: dict[str, object] = {}
        for key, value in self._pairs(node, depth):
            name = self.value(key, depth + 1)
            found[name if isinstance(name, str) else str(name)] = self.value(value, depth + 1)
        return found

    def _text(self, node: yaml.ScalarNode) -> str | None:
        self._characters -= len(node.value)
        if node.tag == _NULL:
            return None
        if node.style != "|":
            return str(node.value)
        block = Block(node.value)
        block.line = node.start_mark.line + 2  # the first line below the mark, counted from 1
        return block

    def _pairs(self, node: yaml.Node, depth: int) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """The keys and values of an object, those of others that it merges (``<<``) first."""
        own = [(key, value) for key, value in node.value if key.tag != _MERGE]
        for key, value in node.value:
            if key.tag != _MERGE or depth > _DEPTH:
                continue
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                if isinstance(merged, yaml.MappingNode):
                    yield from self._pairs(merged, depth + 1)
        yield from own


def _not_yaml(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    where = f" in line {mark.line + 1:,}, at character {mark.column + 1:,}" if mark is not None else ""
    what = problem or "it holds characters that YAML does not allow"
    return f"This is not YAML: {what}{where}. Fix it there, and upload the file again."
