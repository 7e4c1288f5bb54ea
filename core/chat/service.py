"""What visitors and owners do with the chat of an org."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.answering import Answered, AskResult, Live
from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.chat.settings import FIELDS, SUGGESTIONS, ChatSettings, require_usable
from core.chat.small_talk import SmallTalk, kind_of
from core.chat.store import ChatStore, StoredChat, TalkStore
from core.chat.talk import Moment, Turn, new_talk_id
from core.clock import Clock, now
from core.errors import FrontlineError
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.questions.entry import Entry

Ask = Callable[[str], AskResult]
"""Asks one question for the visitor: it checks who may, and counts."""
Count = Callable[[], object]
"""Counts a message that asks nothing. Raises FrontlineError when the visitor sent too many."""

CHANGED_MEANWHILE = (
    "Somebody else changed the chat meanwhile, so nothing was saved. Reload the page and change it again."
)
_SUGGESTED_BY_ITSELF = 4


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatLook:
    """What a visitor sees of an org before the first message; ``name`` is "" where the org's own name is shown."""

    name: str
    initials: str
    logo: str
    colour: str
    greeting: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ChatReply:
    """What a visitor gets, and what stands behind it; ``result`` is None where nothing was asked (small talk)."""

    message: Turn
    result: AskResult | None = None


class Chat:
    """The use cases of the chat. Owners change it; whoever may ask talks to it."""

    def __init__(
        self,
        *,
        access: Access,
        store: ChatStore,
        talks: TalkStore,
        live: Live,
        clock: Clock = now,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._talks = talks
        self._live = live
        self._clock = clock
        self._audit = audit or NoAudit()

    def settings(self, principal: Principal, org_id: str) -> StoredChat:
        """How the chat is now; for owners."""
        self._access.require(principal, org_id, Permission.MANAGE)
        return self._store.chat(org_id)

    def change(self, principal: Principal, org_id: str, settings: ChatSettings, *, version: int) -> None:
        """Change the chat for everybody at once; ``version`` is that of the settings that the person saw.

        Raises InvalidInput with every rule that is broken, and FrontlineError when somebody else saved meanwhile.
        """
        self._access.require(principal, org_id, Permission.MANAGE, fresh=True)
        require_usable(settings)
        before = self._store.chat(org_id).settings
        changed = [words for name, words in FIELDS.items() if getattr(before, name) != getattr(settings, name)]
        event = self._audit.event(principal, org_id, EventKind.CHANGED_CHAT, ", ".join(changed))
        if not self._store.keep(org_id, StoredChat(version=version, settings=settings), event):
            raise FrontlineError(CHANGED_MEANWHILE)

    def public_look(self, org_id: str) -> ChatLook:
        """What anybody sees who may open the chat of this org, and nothing else of the org."""
        settings = self._store.chat(org_id).settings
        return ChatLook(
            name=settings.name,
            initials=settings.initials,
            logo=settings.logo,
            colour=settings.colour,
            greeting=settings.greeting,
            suggestions=tuple(entry.question for entry in self._suggested(org_id, settings)),
        )

    def reply(self, org_id: str, text: str, ask: Ask, count: Count = lambda: None) -> ChatReply:
        """The fixed reply to small talk, else what ``ask`` finds. Raises what ``ask`` and ``count`` raise."""
        stored = self._small_talk(org_id, text)
        if stored is not None:
            count()
            return ChatReply(message=stored)
        result = ask(text)
        moment = Moment.ANSWER if isinstance(result.outcome, Answered) else Moment.HANDOFF
        return ChatReply(message=Turn(question=result.question, moment=moment, text=result.text), result=result)

    def begin(self) -> str:
        """The id of a new talk, which is stored with its first message."""
        return new_talk_id()

    def messages(self, org_id: str, talk_id: str, whose: str) -> tuple[Turn, ...]:
        """What was said in a talk; nothing when it is another's, of another org, or ended."""
        return self._talks.messages(org_id, talk_id, whose, self._clock())

    def said(self, org_id: str, talk_id: str, whose: str, message: Turn) -> None:
        """Keep a message; ``whose`` is the id of the person, or names the link by which they came."""
        self._talks.add(org_id, talk_id, whose, message, self._clock())

    def forget(self, org_id: str, talk_id: str, whose: str) -> None:
        """End a talk: nothing of it is kept."""
        self._talks.forget(org_id, talk_id, whose)

    def _small_talk(self, org_id: str, text: str) -> Turn | None:
        published = self._live.live(org_id)
        kind = kind_of(text, published.entries)
        if kind is None:
            return None
        reply = self._store.chat(org_id).settings.replies[kind]
        if not reply.is_on:
            return None
        words = reply.text or published.policy.fallback
        moment = Moment.HANDOFF if kind is SmallTalk.PERSON else Moment.SMALL_TALK
        return Turn(question=text.strip(), moment=moment, text=words, small_talk=kind)

    def _suggested(self, org_id: str, settings: ChatSettings) -> Iterable[Entry]:
        """Those that the owner picked, else those asked most, else the first ones: of what visitors can get."""
        by_id = self._live.live(org_id).by_id
        picked = [by_id[entry_id] for entry_id in settings.suggested if entry_id in by_id]
        wanted = max(len(picked), SUGGESTIONS[0]) if picked else _SUGGESTED_BY_ITSELF
        found = dict.fromkeys(entry.id for entry in picked)
        if len(found) < wanted:
            asked = self._store.asked_most(org_id, wanted + len(found))
            found |= dict.fromkeys(entry_id for entry_id in asked if entry_id in by_id)
        if len(found) < wanted:
            found |= dict.fromkeys(by_id)
        return [by_id[entry_id] for entry_id in list(found)[:wanted]]
