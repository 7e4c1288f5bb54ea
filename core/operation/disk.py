"""Whether the data folder is there, may be written to, and has room."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from core.operation.examination import Condition

_ROOM, _LEAST = 2 * 1024**3, 200 * 1024**2
"""Bytes. A prepared model takes up to 100 MB, and a backup the room of the database."""


def data_folder(folder: Path) -> Iterator[tuple[Condition, str]]:
    """The folder, without making or writing anything."""
    nearest = next(one for one in (folder, *folder.parents) if one.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        yield (
            Condition.BAD,
            f"{nearest} cannot be written to: set FRONTLINE_DATA_DIR to a folder that this user may write to.",
        )
        return
    free = shutil.disk_usage(nearest).free
    told = f"{folder} has {free / 1024**3:,.1f} GB free"
    if free < _LEAST:
        yield Condition.BAD, f"{told}: free some space now, since nothing can be saved on a full disk."
    elif free < _ROOM:
        yield Condition.DOUBTFUL, f"{told}: make some room soon."
    else:
        yield Condition.GOOD, f"{told}{'' if nearest == folder else ' (it is made at the first start)'}."
    if nearest == folder and folder.stat().st_mode & 0o002:
        yield Condition.DOUBTFUL, f"Everybody on this computer may write to {folder}: chmod o-w it."
