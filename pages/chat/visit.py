"""One visitor's place in the chat of an organisation."""

from collections.abc import Callable
from dataclasses import dataclass

from core.answering import AskResult
from core.identity.principal import Membership, Principal
from pages.shell import session

PAGE = "chat"


@dataclass(frozen=True, kw_only=True)
class Presenter:
    """A signed-in person who shows the chat, and may see what stands behind a reply."""

    principal: Principal
    membership: Membership


@dataclass(frozen=True, kw_only=True)
class Visit:
    """Who talks to the chat of which org.

    ``whose`` is the person's id, or names the link by which they came: a talk is found again by nobody else. ``ask``
    asks one question for them, ``count`` counts a message that asks nothing, and both raise FrontlineError in words for
    them. ``presenter`` is None for visitors without an account: they see the chat and nothing else of the org.
    """

    org_id: str
    org_name: str
    whose: str
    ask: Callable[[str], AskResult]
    count: Callable[[], object] = lambda: None
    presenter: Presenter | None = None

    def key(self, name: str) -> str:
        """The key of a widget of this chat."""
        return session.key(PAGE, self.org_id, name)
