"""How each command ends: its exit statuses, and the error that carries one."""

from enum import IntEnum


class Exit(IntEnum):
    """The exit statuses, as ``--help`` tells them."""

    OK = 0
    """It did what it was asked for; every bound is kept."""
    BELOW = 1
    """A bound is missed, or the run ended before its last question."""
    WRONG_USE = 2
    """The command or the file is wrong; nothing was done."""
    CANNOT_RUN = 3
    """The sign-in, the permission, the engine or the database does not allow it."""


class Ending(Exception):
    """The command ends here, with a status and words for whoever reads the log."""

    def __init__(self, status: Exit, words: str) -> None:
        self.status = status
        super().__init__(words)
