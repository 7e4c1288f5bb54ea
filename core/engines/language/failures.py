"""Says in plain words why a call failed, and whether asking again can help."""

import email.utils
import math
import re
import socket
import ssl
import time
from collections.abc import Iterable, Mapping, Set

import openai

from core.engines.language.error_bodies import names_of, quoted, words_of
from core.engines.language.server import ServerSettings
from core.engines.limiter import ServerBusy, ServerStumbles
from core.errors import EngineFailed, EngineUnavailable, FrontlineError

_NO_MONEY = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
_PASSING = {408, 409, 425}
_OF_PARAMETERS = {400, 422}
_TOO_LONG = {"context_length_exceeded", "string_above_max_length"}
_MISSING = {400, 403, 404, 405, 406, 415, 422, 500, 501}
_REFUSES = re.compile(
    r"support|recogni[sz]ed|unknown|unexpected|permitted|allowed|extra|invalid|deprecated|cannot|can't|must|only"
    r"|no longer|not (?:valid|enabled|available|implemented)|too (?:large|high|big)|disabled|remove",
    re.IGNORECASE,
)
_LONG = re.compile(
    r"context (?:length|size|window)|maximum (?:context|prompt|input)|(?:prompt|input|message|request) is too long",
    re.IGNORECASE,
)
_NEEDED = frozenset({"model", "messages", "input", "prompt", "questions", "response_format", "stop", "max_tokens"})
"""What every request of some mode needs: one that is refused for these is refused as it is."""


class CallRefused(EngineFailed):
    """The server refused this one request; ``status`` is the HTTP status, ``said`` a sentence with its own words."""

    def __init__(self, message: str, status: int, said: str = "") -> None:
        self.status, self.said = status, said
        super().__init__(message + said)


class ServerRefused(EngineUnavailable):
    """The server refuses every request (key, model, address, money, mode); ``status`` and ``said`` as above."""

    def __init__(self, message: str, status: int, said: str = "") -> None:
        self.status, self.said = status, said
        super().__init__(message + said)


class ServerStumbled(ServerStumbles):
    """The server had an error of its own; ``status`` is the HTTP status."""

    def __init__(self, status: int, said: str = "") -> None:
        self.status = status
        super().__init__(f"The model server had an error of its own (HTTP {status}).{said}")


class ReplyTooLarge(EngineFailed):
    """The server sent far more than a reply takes."""

    def __init__(self) -> None:
        super().__init__("The model server sent far more than an answer takes, so it was not read.")


def is_missing(failure: FrontlineError) -> bool:
    """Whether a failure may say that the server does not know the route or the parameters it was asked with."""
    return getattr(failure, "status", None) in _MISSING


def in_our_words(error: openai.OpenAIError, settings: ServerSettings) -> FrontlineError:
    """The failure that an error of the client stands for, with the server's own words behind ours.

    ServerBusy and ServerStumbles may be over soon; CallRefused and other EngineFailed concern this question;
    ServerRefused is an EngineUnavailable: no question can be asked. A key that the server quotes is hidden.
    """
    if isinstance(error, openai.APITimeoutError):
        return ServerStumbles("The model server did not answer in time.")
    if isinstance(error, openai.APIConnectionError):
        return ServerStumbles(_unreached(error, settings.host))
    if isinstance(error, openai.APIStatusError):
        return _of_status(error, settings)
    return EngineFailed("The model server's reply could not be read.")


def _unreached(error: BaseException, host: str) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            why = cause.verify_message or "it cannot be checked"
            return f"The certificate of the model server at {host} is not trusted: {why}."
        if isinstance(cause, socket.gaierror):
            return f"No server is known under the name {host}. Check the address."
        if isinstance(cause, ConnectionRefusedError):
            return f"The model server at {host} could not be reached: nothing answers there. Is it running?"
        cause = cause.__cause__ or cause.__context__
    return f"The model server at {host} could not be reached, or broke the connection."


def _of_status(error: openai.APIStatusError, settings: ServerSettings) -> FrontlineError:
    status, said = error.status_code, quoted(error.body, settings.api_key)
    if status == 429 and not {error.code, error.type} & _NO_MONEY:
        return ServerBusy(retry_after(error.response.headers), said)
    reason = _refusals(settings).get(402 if status == 429 else status)
    if reason is None and 300 <= status < 400:
        reason = f"The model server at {settings.host} points to another address. Enter that one."
    if reason is not None:
        return ServerRefused(reason, status, said)
    if status >= 500 or status in _PASSING:
        return ServerStumbled(status, said)
    if _is_too_long(error):
        return CallRefused("The questions and answers are too long for this model.", status, said)
    return CallRefused(f"The model server refused this request (HTTP {status}).", status, said)


def _is_too_long(error: openai.APIStatusError) -> bool:
    if error.status_code == 413 or error.code in _TOO_LONG:
        return True
    return error.status_code in _OF_PARAMETERS and _LONG.search(words_of(error.body)) is not None


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

    Servers say it in OpenAI's ``param``, in the ``loc`` of FastAPI's details, or only in their words.
    """
    if error.status_code not in _OF_PARAMETERS:
        return None
    named = [_last_name(path) for path in names_of(error.body)]
    if found := next((name for name in named if name in optional), None):
        # A value out of range is refused with the same words as a parameter: doing without is right for both.
        return found
    words = words_of(error.body)
    if _names_what_is_needed(named) or not _REFUSES.search(words):
        return None
    places = {name: place for name in optional if (place := _place_in(words, name)) is not None}
    return min(places, key=places.__getitem__, default=None)


def may_be_for_a_parameter(error: openai.APIStatusError) -> bool:
    """Whether a request may have been refused for a parameter although the server names none that we know."""
    if error.status_code not in _OF_PARAMETERS or _is_too_long(error):
        return False
    return not _names_what_is_needed(names_of(error.body))


def _names_what_is_needed(paths: Iterable[str]) -> bool:
    return any(part in _NEEDED for path in paths for part in re.split(r"[.\[\]]+", path))


def _place_in(words: str, name: str) -> int | None:
    """Where a text names a parameter: ``top_logprobs``, "top logprobs" or "Top_Logprobs"; not within another name."""
    pattern = rf"(?<![\w]){name.replace('_', '[_ ]')}(?![\w])"
    found = re.search(pattern, words, re.IGNORECASE)
    return found.start() if found else None


def _last_name(path: str) -> str:
    """``temperature`` of ``body.temperature``, ``x`` of ``messages[0].content[0].x``."""
    return path.rpartition(".")[2]
