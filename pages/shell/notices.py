"""Errors and moments in words: what a person reads when something is refused, cannot be done, or broke."""

import contextlib
import logging
import re
import uuid
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from core import moments
from core.clock import now
from core.errors import AccessDenied, FrontlineError, InvalidInput, Problem
from pages.shell.streamlit_internals import forget_unreached_fragments

log = logging.getLogger(__name__)

PROBLEMS_SHOWN = 20
_MARKDOWN = re.compile(r"([!-/:-@\[-`{-~])")
_SHORTCODE = re.compile(r":(?=[\w+/-]+:)")


def plain(text: str) -> str:
    r"""Text for Streamlit's Markdown such that every character of it shows as it is.

    >>> print(plain("costs $5, :red[*now*]"))
    costs \$5\, \:red\[\*now\*\]
    """
    # Emoji and icon names are found after Markdown took the backslashes away: a space without width parts them.
    apart = _SHORTCODE.sub(":\u200b", text)
    return _MARKDOWN.sub(r"\\\1", apart).replace("\n", "  \n")


def show(error: FrontlineError) -> None:
    """The error's own words; for invalid input each problem in a line of its own."""
    if isinstance(error, InvalidInput):
        problems(error.problems, "Please look at this first:")
    elif isinstance(error, AccessDenied):
        st.error(plain(str(error)), icon=":material/lock:")
    else:
        st.error(plain(str(error)), icon=":material/error:")


def problems(found: Sequence[Problem], intro: str) -> None:
    """What is wrong, the first problems in full and the rest counted."""
    lines = [f"- {plain(str(problem))}" for problem in found[:PROBLEMS_SHOWN]]
    if len(found) > PROBLEMS_SHOWN:
        lines.append(f"- and {len(found) - PROBLEMS_SHOWN:,} more")
    st.error("\n".join([plain(intro), "", *lines]), icon=":material/error:")


def unexpected(error: Exception) -> None:
    """Log an error that nobody foresaw and show its number, so that both can be brought together."""
    number = uuid.uuid4().hex[:8]
    log.error("Unexpected error %s", number, exc_info=error)
    st.error(
        "Something went wrong that should not have. Please try again. If it happens again, tell the person who runs "
        f"Frontline this error number: **{number}**",
        icon=":material/error:",
    )


def script_error(error: Exception) -> bool:
    """Show what the script did not catch itself, such as an error in a widget's callback; True: it was shown."""
    _in_words(error)
    forget_unreached_fragments()
    return True


def _in_words(error: Exception) -> None:
    if isinstance(error, FrontlineError):
        show(error)
    else:
        unexpected(error)


@contextlib.contextmanager
def shown() -> Iterator[None]:
    """Show any error of this block in words instead of ending the script by it."""
    try:
        yield
    except Exception as error:  # noqa: BLE001 - a person must see words, never a traceback; it is logged
        _in_words(error)


def moment(at: datetime) -> str:
    """A moment on the clock of the person's browser, e.g. "3 Mar 2026, 14:05 CET"; in UTC if their zone is unknown."""
    return moments.moment(at, zone())


def zone() -> tzinfo:
    """The zone of the person's browser, UTC if it is unknown."""
    name = st.context.timezone
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else UTC
    except (LookupError, ValueError, OSError):  # a zone this machine does not know
        return UTC


def when(name: str = "When", *, seconds: bool = False, width: int | None = None) -> Any:  # noqa: ANN401 - Streamlit's own
    """A column of moments on the clock of the person's browser, with its zone in the heading."""
    here = zone()
    return st.column_config.DatetimeColumn(
        f"{name} ({moments.zone_name(now(), here)})",
        format="D MMM YYYY, HH:mm:ss" if seconds else "D MMM YYYY, HH:mm",
        timezone=here.key if isinstance(here, ZoneInfo) else "UTC",
        width=width,
    )
