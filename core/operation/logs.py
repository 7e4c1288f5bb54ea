"""Log lines as JSON where that is asked for, each with the number of the request that it belongs to."""

import json
import logging
import re
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

_ACCEPTED = re.compile(r"[A-Za-z0-9._-]{8,64}")
_current: ContextVar[str | None] = ContextVar("request_id", default=None)


def begin_request(given: str | None = None) -> str:
    """The number of the request that this task or thread answers from now on.

    ``given`` is what a proxy calls it, taken where it is harmless in a log and in a header; else a new one is made.
    """
    number = given if given is not None and _ACCEPTED.fullmatch(given) else uuid.uuid4().hex
    _current.set(number)
    return number


def request_id() -> str | None:
    """The number of the request that is answered here; None outside of any."""
    return _current.get()


class JsonFormatter(logging.Formatter):
    """One JSON object a line. Secrets are masked where records are made (``core.masking``), before they come here."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        line: dict[str, str] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if number := request_id():
            line["request_id"] = number
        if record.exc_info and not record.exc_text:
            record.exc_text = self.formatException(record.exc_info)
        if record.exc_text:
            line["error"] = record.exc_text
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, ensure_ascii=False)


class _JsonLogger(logging.Logger):
    """Streamlit gives each of its loggers a handler of its own when it is first asked for."""

    def addHandler(self, hdlr: logging.Handler) -> None:  # noqa: N802 - logging's name
        hdlr.setFormatter(JsonFormatter())
        super().addHandler(hdlr)


def write_json() -> None:
    """From now on write every line of this process as JSON; calling it again catches loggers that came meanwhile."""
    logging.setLoggerClass(_JsonLogger)
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.StreamHandler())
    for logger in (root, *logging.root.manager.loggerDict.values()):
        for handler in getattr(logger, "handlers", ()):
            handler.setFormatter(JsonFormatter())
