"""``python -m core doctor``: looks at an installation and says, part by part, what to do."""

import argparse
import logging
import os
from collections.abc import Sequence

from core.bootstrap.doctor import examination
from core.commands.exits import Exit
from core.errors import FrontlineError
from core.masking import Masking, secrets_of
from core.operation.examination import Condition
from core.settings import Settings


def main(given: Sequence[str] | None = None) -> Exit:
    """Tell each finding on a line; says with which status it ends."""
    argparse.ArgumentParser(
        prog="python -m core doctor",
        description="Look at settings, disk, database, keys, engines, PropelAuth and versions; changes nothing. Status "
        "0: nothing has to be mended; 1: something has to.",
    ).parse_args(given)
    logging.disable()  # what the parts would log is told here, in words
    try:
        return _told()
    finally:
        logging.disable(logging.NOTSET)


def _told() -> Exit:
    masking, worst = _masking(), Exit.OK
    for found in examination():
        print(masking.masked(f"{found.condition:5} {found.part}: {found.words}"), flush=True)  # noqa: T201 - its output
        if found.condition is Condition.BAD:
            worst = Exit.BELOW
    return worst


def _masking() -> Masking:
    """Also where the settings cannot be read: then every value of a variable that is named as a secret is one."""
    try:
        return Masking(secrets_of(Settings.from_environment()))
    except FrontlineError:
        secret = ("SECRET", "KEY", "TOKEN", "DATABASE_URL")
        return Masking(value for name, value in os.environ.items() if name.endswith(secret))
