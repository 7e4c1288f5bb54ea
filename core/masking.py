"""Keeps secrets out of the logs: what looks like a key, a token, a cookie or a password, and the deployment's own."""

import dataclasses
import logging
import re
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from core.errors import StorageUnavailable

MASK = "[masked]"
_LEAST = 8
"""Characters. Shorter values of settings stand in ordinary words too."""

_VALUE = r"[^\s'\"&;,)\]}]+"
_NAMES = (
    r"(?:[\w-]*(?:secret|password|passwd|api[_-]?key|access[_-]?key|(?:id|access|refresh|auth|bearer)[_-]?token)"
    r"|PROPELAUTH_\w*KEY|FRONTLINE_ENGINE_KEY)"
)
_LOOKS_SECRET: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b((?:sk|pk|rk)-)[\w-]{6,}", rf"\1{MASK}"),
        (r"\b(authorization['\"]?\s*[=:,]\s*+b?+['\"]?+)(?!\[masked)[^'\"\r\n,]+", rf"\1{MASK}"),
        (r"\b(bearer\s+)(?=\S*\d)[\w.~+/=-]{6,}", rf"\1{MASK}"),
        (r"\beyJ[\w-]{8,}\.[\w-]+\.[\w-]*", MASK),
        (r"((?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}://[^\s:/@'\"]*):[^\s/'\"]*@", rf"\1:{MASK}@"),
        # "name=value", "name: value", JSON and Python's {'name': 'value'} and (b'name', b'value')
        (rf"(?<![\w-])({_NAMES})(['\"]?\s*[=:,]\s*+b?+['\"]?+)(?!\[masked){_VALUE}", rf"\1\2{MASK}"),
        (r"\b((?:set-)?cookie['\"]?\s*[=:,]\s*+)(?!\[masked)(?:b?'[^']*'|b?\"[^\"]*\"|[^'\"\r\n]+)", rf"\1{MASK}"),
        (r"\b((?:_streamlit|frontline)\w*=)[^\s'\";,]+", rf"\1{MASK}"),
        (r"([?&](?:code|state|key|token|link|talk|sig|signature)=)[^\s'\"&#]+", rf"\1{MASK}"),
    )
)


class Masking:
    """Masks texts, and the records of every logger once it ``begin``s.

    ``known`` are secrets of this deployment that are masked wherever they stand, whatever they look like.
    """

    def __init__(self, known: Iterable[str] = ()) -> None:
        values = sorted({value for value in known if len(value) >= _LEAST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, values))) if values else None

    def masked(self, text: str) -> str:
        """The text with a mask in place of each secret."""
        if self._known:
            text = self._known.sub(MASK, text)
        for pattern, replacement in _LOOKS_SECRET:
            text = pattern.sub(replacement, text)
        return text

    def mask(self, record: logging.LogRecord) -> None:
        """Mask a record: its text, and the traceback that a handler would write below it."""
        record.args = self._masked_args(record.args)
        try:
            text = record.getMessage()
        except (TypeError, ValueError, KeyError):  # a wrong call of the logger: its handler reports that
            text = ""
        if (hidden := self.masked(text)) != text:  # a secret that begins in the text and ends in an argument
            record.msg, record.args = hidden, ()
        if record.exc_info and not record.exc_text and record.exc_info[0] is not None:
            # Formatters take exc_text where it is there, and would otherwise write the traceback as it is.
            record.exc_text = self.masked(_told(record.exc_info[1]))
        if record.stack_info:
            record.stack_info = self.masked(record.stack_info)

    def _masked_args(self, args: Any) -> Any:  # noqa: ANN401 - as logging has it
        """Texts among the arguments, each by itself, since some formatters take them one by one."""
        if isinstance(args, tuple):
            return tuple(self.masked(arg) if isinstance(arg, str) else arg for arg in args)
        return args

    def begin(self) -> None:
        """From now on mask what this process logs, and the errors that end threads. Another call takes its place.

        It is done where records are made, since Streamlit and uvicorn give their loggers handlers of their own, which
        no filter of the root logger's handlers reaches.
        """
        logging.setLogRecordFactory(_factory(self))
        if threading.excepthook is threading.__excepthook__:
            threading.excepthook = _log_end_of_thread


def secrets_of(settings: Any) -> Iterator[str]:  # noqa: ANN401 - any dataclass of settings
    """The secrets in a dataclass of settings and the dataclasses within: its texts that ``repr`` leaves out.

    The password within a URL, such as that of a database, is one too, as it is written and as it is meant.
    """
    for field in dataclasses.fields(settings):
        value = getattr(settings, field.name)
        if dataclasses.is_dataclass(value):
            yield from secrets_of(value)
        elif isinstance(value, str) and not field.repr:
            yield value
        elif isinstance(value, str) and "://" in value and "@" in value:
            yield from _password(value)


def _password(url: str) -> Iterator[str]:
    try:
        password = urlsplit(url).password
    except ValueError:
        return
    if password:
        yield password
        yield unquote(password)


def _told(error: BaseException | None) -> str:
    """The traceback of an error; of a database that cannot be used now a line: its place in the code is no matter."""
    if isinstance(error, StorageUnavailable):
        return f"{error} ({error.detail})"
    return "".join(traceback.format_exception(error)).rstrip("\n")


def _factory(masking: Masking) -> Callable[..., logging.LogRecord]:
    def make(*args: Any, **kwargs: Any) -> logging.LogRecord:  # noqa: ANN401 - as logging has it
        record = logging.LogRecord(*args, **kwargs)
        masking.mask(record)
        return record

    return make


def _log_end_of_thread(end: threading.ExceptHookArgs) -> None:
    if end.exc_type is SystemExit or end.exc_value is None:
        return
    name = end.thread.name if end.thread else "?"
    error = (end.exc_type, end.exc_value, end.exc_traceback)
    logging.getLogger(__name__).error("The thread %s ended by an error", name, exc_info=error)
