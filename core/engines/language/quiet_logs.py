"""Keeps out of the logs what a model server wrote around its reply: it may quote the key there."""

import logging

_STATUS_LINE = "httpx2"
_REQUEST_ID = "openai._base_client"


def begin() -> None:
    """From now on the client's libraries log no status line and no number that the server gave a request.

    Calling it again changes nothing.
    """
    for name in (_STATUS_LINE, _REQUEST_ID):
        logging.getLogger(name).addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    return not str(record.msg).startswith(("HTTP Request:", "request_id:"))
