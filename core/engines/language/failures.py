"""Says in plain words why a call failed, and whether asking again can help."""

import email.utils
import math
import re
import time
from collections.abc import Mapping, Set

import openai

from core.engines.language.server import ServerSettings
from core.engines.limiter import Busy, Passing
from core.errors import EngineFailed, EngineUnavailable, FrontlineError

_NO_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_PASSING = {408, 409, 425}
_TOO_LONG = {"context_length_exceeded", "string_above_max_length"}
_MISSING = {400, 403, 404, 405, 406, 415, 422, 500, 501}
_REFUSES = re.compile(r"support|unrecognized|unknown|unexpected|not permitted|not allowed|extra|invalid", re.IGNORECASE)


class CallRefused(EngineFailed):
    """The server refused this one request; ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class ServerRefused(EngineUnavailable):
    """The server refuses every request (key, model, address, money); ``status`` is the HTTP status."""

    def __init__(self, message: str, status: int) -> None:
        self.status = status
        super().__init__(message)


class ServerStumbled(Passing):
    """The server had an error of its own; ``status`` is the HTTP status."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(f"The model server had an error of its own (HTTP {status}).")


class ReplyTooLarge(EngineFailed):
    """The server sent far more than a reply takes."""

    def __init__(self) -> None:
        super().__init__("The model server sent far more than an answer takes, so it was not read.")


def is_missing(failure: FrontlineError) -> bool:
    """Whether a failure may say that the server does not know the route or the parameters it was asked with."""
    return getattr(failure, "status", None) in _MISSING


def in_our_words(error: openai.OpenAIError, settings: ServerSettings) -> FrontlineError:
    """The failure that an error of the client stands for.

    Busy and Passing may be over soon; CallRefused and other EngineFailed concern this question; ServerRefused is an
    EngineUnavailable: no question can be asked. Nothing that the server wrote is quoted, because it may quote the key.
    """
    if isinstance(error, openai.APITimeoutError):
        return Passing("The model server did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        return Passing(f"The model server at {settings.host} could not be reached, or broke the connection.")
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, settings)
    return EngineFailed("The model server's reply could not be read.")


def _of_status(error: openai.APIStatusError, settings: ServerSettings) -> FrontlineError:
    status = error.status_code
    if status == 429 and not {error.code, error.type} & _NO_MONEY:
        return Busy(retry_after(error.response.headers))
    reason = _refusals(settings).get(402 if status == 429 else status)
    if reason is None and 300 <= status < 400:
        reason = f"The model server at {settings.host} points to another address. Enter that one."
    if reason is not None:
        return ServerRefused(reason, status)
    if status >= 500 or status in _PASSING:
        return ServerStumbled(status)
    if status == 413 or error.code in _TOO_LONG:
        return CallRefused("The questions and answers are too long for this model.", status)
    return CallRefused(f"The model server refused this request (HTTP {status}).", status)


def _refusals(settings: ServerSettings) -> Mapping[int, str]:
    return {
        401: f"The model server at {settings.host} refused the key. Enter a valid one.",
        402: "The account at the model server has no money left, or reached its limit. Top it up.",
        403: f"The key may not use the model {settings.model} at {settings.host}.",
        404: f"The server at {settings.host} knows no model {settings.model}, or has no such address. Check both.",
    }


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the server asks to wait, None when it does not say so in a way that can be read."""
    for name, unit in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers.get(name, "")) / unit
        except ValueError:
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        moment = email.utils.parsedate_to_datetime(headers.get("retry-after", ""))
        return max(0.0, moment.timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None


def refused_parameter(error: openai.APIStatusError, optional: Set[str]) -> str | None:
    """Which of the ``optional`` parameters a request was refused for, None when it was for something else.

    Servers say it in OpenAI's ``param``, in the ``loc`` of FastAPI's details, or only in their words, in quotes.
    """
    if error.status_code not in (400, 422):
        return None
    body = error.body if isinstance(error.body, dict) else {}
    message = body.get("message")
    if isinstance(error.param, str) and (found := _last_name(error.param)) in optional:
        # A value out of range is refused with the same words as a parameter: doing without is right for both.
        return found
    for detail in _details(body):
        if (found := _last_name(detail)) in optional:
            return found
    if isinstance(message, str) and _REFUSES.search(message):
        named = re.findall(r"['\"`]([\w.\[\]]+)['\"`]|supplied: (\w+)", message)
        return next((name for pair in named if (name := _last_name(pair[0] or pair[1])) in optional), None)
    return None


def _last_name(path: str) -> str:
    """``temperature`` of ``body.temperature``, ``x`` of ``messages[0].content[0].x``."""
    return path.rpartition(".")[2]


def _details(body: Mapping[str, object]) -> list[str]:
    details = body.get("detail")
    found = [d.get("loc") for d in details if isinstance(d, dict)] if isinstance(details, list) else []
    return [str(loc[-1]) for loc in found if isinstance(loc, list) and loc]
