"""What owners do with share links, and what somebody who has one may do: ask, and nothing else."""

import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from core.answering import AskResult, checked_question
from core.audit.event import EventKind
from core.audit.recording import NoAudit, Recorder
from core.clock import Clock, now
from core.errors import InvalidInput, NotFound, Problem
from core.identity.access import Access
from core.identity.principal import Permission, Principal
from core.lru_cache import AgingCache, LruCache
from core.questions.text import unusable
from core.rate_limits import RateLimiter, RequestRate, network
from core.share_links.share_link import (
    MOST_DAYS,
    MOST_LINKS,
    NAME_LIMIT,
    LinkOver,
    NewLink,
    NoAnswersNow,
    SharedOrg,
    ShareLink,
    TooManyQuestions,
    looks_like_token,
    new_token,
    token_hash,
)
from core.share_links.store import ShareLinkStore
from core.spending.ledger import LimitReached

OF_AN_ADDRESS = RequestRate(name="messages by link", burst=20, per_second=20 / 60)
"""Messages of one address, by whichever links."""
OPENED = RequestRate(name="links opened", burst=60, per_second=0.5)
"""How often an address opens links: with each word and click too, also such as ask nothing."""
UNKNOWN = RequestRate(name="unknown links", burst=20, per_second=20 / 60)
"""How often links that nobody knows yet are looked up for an address."""
UNKNOWN_SECONDS = 60.0
"""How long a token that was of no link is refused without looking again."""
REMEMBERED = 20_000
KEPT_AFTER = timedelta(days=90)


class Answers(Protocol):
    """Where visitors get their answers."""

    def ask_as_visitor(self, org_id: str, question: str) -> AskResult:
        """Answer a visitor of this org."""


class ShareLinks:
    """The use cases on share links. Those of people check their permission; ``open`` and ``ask`` check the token.

    ``seconds`` counts for the limits that hold in this process.
    """

    def __init__(
        self,
        *,
        access: Access,
        store: ShareLinkStore,
        answers: Answers,
        clock: Clock = now,
        seconds: Callable[[], float] = time.monotonic,
        audit: Recorder | None = None,
    ) -> None:
        self._access = access
        self._store = store
        self._answers = answers
        self._clock = clock
        self._audit = audit or NoAudit()
        self._limiter = RateLimiter(seconds)
        self._known: LruCache[str, tuple[str, str]] = LruCache(REMEMBERED)
        self._unknown: AgingCache[str, bool] = AgingCache(REMEMBERED, seconds)

    def listed(self, principal: Principal, org_id: str) -> list[ShareLink]:
        """The org's links, newest first, those that ended or were revoked lately too."""
        self._access.require(principal, org_id, Permission.SHARE)
        return self._store.listed(org_id)

    def make(self, principal: Principal, org_id: str, *, name: str, days: int) -> NewLink:
        """A new link that ends after so many days. Its token is given here and never again.

        Raises InvalidInput for a name or days that cannot be, and when the org has too many links that work.
        """
        membership = self._access.require(principal, org_id, Permission.SHARE, fresh=True)
        name, at, token = _checked_name(name), self._clock(), new_token()
        if not 1 <= days <= MOST_DAYS:
            raise _invalid("Days", f"must be 1 to {MOST_DAYS}.")
        link = ShareLink(
            org_id=org_id,
            link_id=uuid.uuid4().hex,
            org_name=membership.org_name,
            name=name,
            author_id=principal.user_id,
            author=principal.name,
            at=at,
            ends_at=at + timedelta(days=days),
        )
        self._store.forget_over(org_id, at - KEPT_AFTER)
        event = self._audit.event(principal, org_id, EventKind.LINK_MADE, f"“{name}”, until {link.ends_at:%Y-%m-%d}")
        if not self._store.add(link, token_hash(token), event, most=MOST_LINKS):
            raise _invalid("Links", f"of this organisation are {MOST_LINKS} already: revoke one first.")
        return NewLink(link=link, token=token)

    def note_name(self, principal: Principal, org_id: str) -> None:
        """Let the org's links show the name that the org has now; for when somebody of it opens it."""
        membership = self._access.require(principal, org_id, Permission.VIEW)
        self._store.rename(org_id, membership.org_name)

    def revoke(self, principal: Principal, org_id: str, link_id: str) -> None:
        """From now on the link opens nothing. Does nothing when it does not work any more. Raises NotFound."""
        self._access.require(principal, org_id, Permission.SHARE, fresh=True)
        at = self._clock()
        with self._store.editing(org_id, link_id) as edit:
            if edit.link is None:
                raise NotFound("This link is not in this organisation, or not any more.")
            if edit.link.works(at):
                event = self._audit.event(principal, org_id, EventKind.LINK_REVOKED, f"“{edit.link.name}”")
                edit.write(replace(edit.link, revoked_at=at), event)

    def open(self, token: str, address: str) -> SharedOrg:
        """What the link with this token leads to, for a visitor at this address.

        Raises LinkOver, and TooManyQuestions when the address opens links too often or tries too many tokens.
        """
        org_id, link_id = self._place(token, address)
        self._take(OPENED, address)
        link = self._store.find(org_id, link_id)
        if link is None or not link.works(self._clock()):
            raise LinkOver
        return SharedOrg(org_id=org_id, org_name=link.org_name, link_id=link_id)

    def ask(self, token: str, address: str, question: str) -> AskResult:
        """Answer a question as any visitor gets it.

        Raises as ``count``, InvalidInput for an unusable question, and NoAnswersNow when the org's month has no room
        for another call.
        """
        text = checked_question(question)
        org_id = self.count(token, address)
        try:
            return self._answers.ask_as_visitor(org_id, text)
        except LimitReached:
            raise NoAnswersNow from None

    def count(self, token: str, address: str) -> str:
        """Count a message, also one that asks nothing, such as small talk; the id of the link's org.

        Raises as ``open``, and TooManyQuestions when the link or the address sent too many.
        """
        org_id, link_id = self._place(token, address)
        self._take(OF_AN_ADDRESS, address)
        at = self._clock()
        with self._store.editing(org_id, link_id) as edit:
            if edit.link is None or not edit.link.works(at):
                raise LinkOver
            edit.write(edit.link.asked_once_more(at))
        return org_id

    def _place(self, token: str, address: str) -> tuple[str, str]:
        """The org and the link of a token; what was of a link once is known, and costs nobody a try."""
        if not looks_like_token(token):
            raise LinkOver
        hashed = token_hash(token)
        if known := self._known.get(hashed):
            return known
        if self._unknown.get(hashed, younger_than=UNKNOWN_SECONDS):
            raise LinkOver
        self._take(UNKNOWN, address)
        found = self._store.place(hashed)
        if found is None:
            self._unknown.put(hashed, value=True)
            raise LinkOver
        self._known.put(hashed, found)
        return found

    def _take(self, rate: RequestRate, address: str) -> None:
        standing = self._limiter.take(rate, network(address), "")
        if standing.wait:
            raise TooManyQuestions(timedelta(seconds=standing.wait))


def _checked_name(name: str) -> str:
    text = " ".join(name.split())
    reason = unusable(text, NAME_LIMIT) if text else "is empty: write for whom the link is."
    if reason:
        raise _invalid("Name", reason)
    return text


def _invalid(field: str, reason: str) -> InvalidInput:
    return InvalidInput([Problem(row="The link", field=field, reason=reason)])
