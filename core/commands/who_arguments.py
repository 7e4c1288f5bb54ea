"""The options that every command on an organisation has: which one, and who acts."""

from collections.abc import Callable
from typing import Any


def add_org(add: Callable[..., Any]) -> None:
    """``--org``, to the parser or group whose ``add_argument`` is given."""
    add("--org", required=True, help="the organisation's id or name")


def add_person(add: Callable[..., Any]) -> None:
    """``--person``."""
    add("--person", help="demo sign-in only: the e-mail address of who acts")
