"""What the chat needs of a storage."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.audit.event import Event
from core.chat.settings import ChatSettings
from core.chat.talk import Turn


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredChat:
    """The settings of an org's chat; ``version`` counts their saves, 0 before the first."""

    version: int
    settings: ChatSettings


class ChatStore(Protocol):
    """The chats of all orgs; every method works on one."""

    def chat(self, org_id: str) -> StoredChat:
        """The org's settings, those of every new org where nobody saved any."""

    def keep(self, org_id: str, chat: StoredChat, event: Event | None) -> bool:
        """Store settings as the version after that of ``chat``, with the event; False when that is not the newest."""

    def asked_most(self, org_id: str, limit: int) -> list[int]:
        """The ids of the entries that were given most often in the org's newest evaluations, that first."""


class TalkStore(Protocol):
    """The talks of all orgs. A talk is found only in its org, by its id and by whose it is."""

    def messages(self, org_id: str, talk_id: str, whose: str, at: datetime) -> tuple[Turn, ...]:
        """Its messages in order; none when there is no such talk at this moment."""

    def add(self, org_id: str, talk_id: str, whose: str, message: Turn, at: datetime) -> None:
        """Add a message to a talk, which begins with it. Forgets the talks of all orgs that ended before."""

    def forget(self, org_id: str, talk_id: str, whose: str) -> None:
        """End a talk; does nothing when there is none."""
