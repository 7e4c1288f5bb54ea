"""Reads uploads safely: each in a process of its own, with limits and without this process's secrets."""

import contextlib
import dataclasses
import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from core.errors import FileRejected, TooBusy
from core.fair_share import FairShare
from core.files.child import TOO_MUCH
from core.files.serialization import load
from core.files.table import FileLimits, KnownHeadings, ReadingChoices, Table

__all__ = ["FileLimits", "ReadingChoices", "Table", "read_table"]

_log = logging.getLogger(__name__)
_PROJECT = Path(__file__).resolve().parent.parent.parent
_INHERITED = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "PYTHONPATH", "LD_LIBRARY_PATH", "SYSTEMROOT")
AT_ONCE = 2
"""Files that are read at once: each may take up to Limits.memory."""
WAITING = 32
WAIT_SECONDS = 120.0
_readers = FairShare(room=AT_ONCE, waiting=WAITING)

TOO_LONG = "Reading the file takes too long. Remove what is not needed, or split it, and upload it again."
QUEUED = "Several files are being read at this moment. Upload yours again in a minute."
UNREADABLE = (
    "The file cannot be read; it may be damaged. Open it in a spreadsheet program, save it as .xlsx or CSV, "
    "and upload that."
)
_ENDED_BY = {24: TOO_LONG, 9: TOO_MUCH}  # SIGXCPU at the processor limit; SIGKILL by a system short of memory


def read_table(
    data: bytes,
    name: str,
    limits: FileLimits = FileLimits(),  # noqa: B008 - frozen, as the two below
    *,
    org_id: str = "",
    choices: ReadingChoices = ReadingChoices(),  # noqa: B008
    known: KnownHeadings = KnownHeadings(),  # noqa: B008
) -> Table:
    """The table in an uploaded CSV, TSV, TXT, JSON, JSONL, YAML or XLSX file.

    ``name`` is the file's name, whose ending says its format; ``choices`` is what a person says about it, by default
    the first visible sheet with a header and rows is read; ``known`` tells headings from a title or a question. Rows
    that cannot be used are in ``problems`` of the result. Blocks until the file is read, at most ``limits.seconds``
    once it is its turn: two files are read at once, of each org one, and the orgs take turns. Raises FileRejected, with
    words for the person who uploaded it, when the file as a whole cannot be used, and TooBusy when its turn does not
    come.
    """
    if len(data) > limits.bytes:
        raise FileRejected(
            f"The file has {len(data) / 1024**2:,.1f} MB; {limits.bytes / 1024**2:,.0f} MB is the limit. "
            "Remove what is not needed, or split it, and upload the parts."
        )
    request = json.dumps(
        {
            "name": name,
            "limits": dataclasses.asdict(limits),
            "choices": dataclasses.asdict(choices),
            "known": {"needed": sorted(known.needed), "others": sorted(known.others), "texts": sorted(known.texts)},
        }
    ).encode()
    with _turn(org_id):
        answer = _answer(request + b"\n" + data, limits)
    try:
        return load(answer)
    except (ValueError, KeyError, TypeError) as error:
        _log.error("the reader of uploads gave an answer that is none: %s", type(error).__name__)
        raise FileRejected(UNREADABLE) from None


@contextlib.contextmanager
def _turn(org_id: str) -> Iterator[None]:
    """One of the readers for this org."""
    turn = threading.Event()
    try:
        ticket = _readers.claim(org_id, turn.set)
    except TooBusy:
        raise TooBusy(QUEUED) from None
    try:
        if not ticket.given and not turn.wait(WAIT_SECONDS):
            raise TooBusy(QUEUED)
        yield
    finally:
        _readers.give_back(ticket)


def _answer(request: bytes, limits: FileLimits) -> bytes:
    try:
        done = subprocess.run(
            [sys.executable, "-X", "utf8", "-m", "core.files.child"],
            input=request,
            capture_output=True,
            timeout=limits.seconds,
            cwd=_PROJECT,
            env={**_inherited(), "OPENPYXL_LXML": "False"},  # defusedxml guards the standard library's parser only
            check=False,
            process_group=0,  # Ctrl-C in a terminal is for Frontline, which lets what is being read end
        )
    except subprocess.TimeoutExpired:
        raise FileRejected(TOO_LONG) from None
    if done.returncode != 0:
        _log.warning(
            "the reader of uploads ended with %d: %s", done.returncode, done.stderr[-2000:].decode(errors="replace")
        )
        raise FileRejected(_ENDED_BY.get(-done.returncode, UNREADABLE))
    return done.stdout


def _inherited() -> dict[str, str]:
    """What Python needs of the environment. The rest may be keys of model servers, or the database's password."""
    return {name: value for name, value in os.environ.items() if name in _INHERITED}
