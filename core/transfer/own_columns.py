"""Our own table as a file: every entry whole, its phrasings and tags one a line in a cell."""

from collections.abc import Sequence

import pandas as pd

from core.questions.entry import Entry
from core.questions.lines import BULLET
from core.transfer.columns import OWN_COLUMNS


def own_frame(entries: Sequence[Entry], most: int | None = None) -> pd.DataFrame:
    """The entries as rows; phrasings that are more than ``most`` characters go on in further columns.

    A row reads back as the entry it was, whatever its texts begin with.
    """
    cells = [_cells(entry.alternates, most) for entry in entries]
    further = max((len(parts) for parts in cells), default=1) - 1
    rows = [
        (
            entry.id,
            entry.question,
            entry.answer,
            parts[0],
            "\n".join(_marked(entry.tags)),
            "yes" if entry.enabled else "no",
            *parts[1:],
            *[""] * (further + 1 - len(parts)),
        )
        for entry, parts in zip(entries, cells, strict=True)
    ]
    return pd.DataFrame(rows, columns=[*OWN_COLUMNS, *(f"alternates {i}" for i in range(2, further + 2))])


def _cells(texts: Sequence[str], most: int | None) -> list[str]:
    """The texts in as many cells as they need, at least one."""
    cells: list[list[str]] = [[]]
    size = 0
    for line in _marked(texts):
        units = len(line.encode("utf-16-le")) // 2 + 1
        if most is not None and cells[-1] and size + units > most // 2:
            cells.append([])
            size = 0
        cells[-1].append(line)
        size += units
    return ["\n".join(lines) for lines in cells]


def _marked(texts: Sequence[str]) -> list[str]:
    """The texts; all with a bullet when one begins with it, because reading takes one bullet from each line."""
    if any(text.startswith(BULLET.strip()) for text in texts):
        return [BULLET + text for text in texts]
    return list(texts)
