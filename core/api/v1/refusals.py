"""What only a caller over HTTP can do wrong, as errors beside those of ``core.errors``."""

from core.errors import EngineFailed, EngineUnavailable, FrontlineError
from core.rate_limits import RateStanding


class BadRequest(FrontlineError):
    """The request itself cannot be read."""


class PreconditionRequired(FrontlineError):
    """A write does not say which revision it was made on."""


class PreconditionFailed(FrontlineError):
    """The revision that a write was made on is not the newest any more."""


class BodyTooLarge(FrontlineError):
    """The body has more bytes than this address takes."""


class WrongContentType(FrontlineError):
    """The body is of a kind that this address does not take."""


class BodyTooSlow(FrontlineError):
    """The body did not come in time."""


class CallFailed(EngineFailed):
    """The call for a visitor's question failed; ``fallback`` is the text to show them."""

    def __init__(self, reason: str, fallback: str) -> None:
        self.fallback = fallback
        super().__init__(reason)


class EngineAway(EngineUnavailable):
    """No question can be answered until somebody mends it; ``fallback`` is the text for visitors meanwhile."""

    def __init__(self, reason: str, fallback: str) -> None:
        self.fallback = fallback
        super().__init__(reason)


class RateLimited(FrontlineError):
    """The caller asks too often; ``standing`` says when the next request may come."""

    def __init__(self, standing: RateStanding, words: str = "") -> None:
        self.standing = standing
        super().__init__(
            words
            or f"This key asks too often in this organisation. Wait {standing.wait} s, then send the request again."
        )


class NotModified(Exception):
    """No error: the caller has the newest representation already, named by ``etag``."""

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(etag)
