"""Keeps out of the logs what a model server wrote around its reply: it may quote the key there."""

import logging

_HEADERS = "httpcore2.http11"
_STATUS_LINE = "httpx2"
_REQUEST_ID = "openai._base_client"


def begin() -> None:
    """From now on the client's libraries log no header, no status line and no broken part of a response.

    Calling it again changes nothing.
    """
    for name in (_HEADERS, _STATUS_LINE, _REQUEST_ID):
        logging.getLogger(name).addFilter(_is_ours)


def _is_ours(record: logging.LogRecord) -> bool:
    text = str(record.msg)
    if record.name == _HEADERS:
        return not text.startswith("receive_response_headers.complete") and " exception=" not in text
    return not text.startswith(("HTTP Request:", "request_id:"))
