"""Memberships and bearers of the HTTP API as PropelAuth knows them now."""

import logging
import time
from collections.abc import Collection, Mapping
from typing import Protocol

from core.auth_settings import AuthSettings
from core.errors import Unauthenticated
from core.identity.bearer import Bearer
from core.identity.principal import Membership, Permission, Principal
from core.identity.propelauth.api_keys import PREFIX, ApiKey, ApiKeys
from core.identity.propelauth.client import PropelAuthClient
from core.identity.propelauth.loop import Loop
from core.identity.propelauth.people import People, Person
from core.identity.propelauth.roles import Roles
from core.identity.propelauth.single_flight_cache import KEEP_SECONDS
from core.identity.propelauth.tokens import AccessTokens

log = logging.getLogger(__name__)

TOKEN_LIMIT = 16_384
REFUSED = "This token is not valid, or no longer. Use an access token or API key of a person or organisation here."


class Leftovers(Protocol):
    """What people leave behind in orgs."""

    def keep_only(self, user_id: str, *, edits: Collection[str], member_of: Collection[str]) -> None:
        """Clear away what belongs to orgs that the person does not edit any more, or left."""


class SetUp(Protocol):
    """Remembers, over restarts and for all processes, that the project gives Frontline's permissions."""

    def is_known(self) -> bool:
        """Whether anybody was ever seen with one of them."""

    def note(self) -> None:
        """Somebody was."""


class PropelAuthDirectory:
    """Memberships, at most KEEP_SECONDS old, and who stands behind a token of the HTTP API.

    Every method raises CannotConfirm, within CALL_SECONDS, unless PropelAuth gave a clear answer. It starts without
    PropelAuth, and works as soon as that does.
    """

    def __init__(self, settings: AuthSettings, leftovers: Leftovers, set_up: SetUp) -> None:
        self._loop = Loop()
        self._client = PropelAuthClient(settings)
        self._set_up = set_up
        self._noted = set_up.is_known()
        self._looked_at = time.monotonic()
        self._roles = Roles(by_names=settings.roles_by_name, set_up=self._noted)
        self._people = People(self._client, self._roles)
        self._keys = ApiKeys(self._client, self._roles)
        self._tokens = AccessTokens(self._client)
        self._leftovers = leftovers

    def principal(self, user_id: str) -> Principal | None:
        """The person or key with this id; None when there is none, or it is disabled or locked."""
        if user_id.startswith(PREFIX):
            key = self._key(user_id)
            return key.principal if key and key.membership else None
        person = self._person(user_id)
        return person.principal if person and person.active else None

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        """The orgs of a person or key by org id; with ``fresh`` asked for anew."""
        if user_id.startswith(PREFIX):
            key = self._key(user_id, fresh=fresh)
            return {key.membership.org_id: key.membership} if key and key.membership else {}
        person = self._person(user_id, fresh=fresh)
        return person.memberships if person else {}

    def bearer(self, token: str) -> Bearer:
        """Who sends this token: an access token, or an API key of a person or an org.

        Raises Unauthenticated when it is no good.
        """
        found = self._loop.run(self._bearer(token)) if _is_token(token) else None
        if found is None:
            raise Unauthenticated(REFUSED)
        return found

    async def who(self, token: str) -> Bearer:
        """As ``bearer``, while no thread waits."""
        found = await self._loop.wait(self._bearer(token)) if _is_token(token) else None
        if found is None:
            raise Unauthenticated(REFUSED)
        return found

    def is_new(self, token: str) -> bool:
        """Whether PropelAuth would have to be asked about a token of which nothing is known yet.

        Access tokens are verified here.
        """
        return _is_token(token) and not _is_access_token(token) and self._keys.is_new(token)

    def close(self) -> None:
        """End the talk with PropelAuth."""
        self._loop.close(self._client.close)

    async def _bearer(self, token: str) -> Bearer | None:
        return await (self._of_access_token(token) if _is_access_token(token) else self._of_key(token))

    async def _of_access_token(self, token: str) -> Bearer | None:
        user = await self._tokens.user(token)
        if user is None:
            return None
        # A token with an active org was made for that org only.
        return await self._of_person(user.user_id, f"user:{user.user_id}", user.active_org_id)

    async def _of_key(self, token: str) -> Bearer | None:
        key = await self._keys.key(token)
        if key is None:
            return None
        if key.user_id is not None:
            return await self._of_person(key.user_id, key.key_id, key.org_id)
        return Bearer(principal=key.principal, key=key.key_id, org_id=key.org_id)

    async def _of_person(self, user_id: str, key: str, org_id: str | None) -> Bearer | None:
        person = await self._people.person(user_id)
        if person is None or not person.active:
            return None
        return Bearer(principal=person.principal, key=key, org_id=org_id)

    def _key(self, user_id: str, *, fresh: bool = False) -> ApiKey | None:
        self._look_again()
        return self._loop.run(self._keys.known(user_id, fresh=fresh))

    def _person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        self._look_again()
        person = self._loop.run(self._people.person(user_id, fresh=fresh))
        self._note_set_up()
        if person is not None and person.leaves and not person.noted:
            self._clear_away(person)
        return person

    def _look_again(self) -> None:
        """Another process may have seen what this one has not."""
        if not self._roles.set_up and time.monotonic() - self._looked_at > KEEP_SECONDS:
            self._looked_at = time.monotonic()
            self._noted = self._roles.set_up = self._set_up.is_known()

    def _note_set_up(self) -> None:
        if self._roles.set_up and not self._noted:
            try:
                self._set_up.note()
            except Exception:  # noted at the next step; this process knows it already
                log.exception("Could not note that the project gives permissions")
            else:
                self._noted = True

    def _clear_away(self, person: Person) -> None:
        """Only after a clear answer. A person whom PropelAuth does not know is not one: its address may be wrong."""
        edits = [
            org_id
            for org_id, found in person.memberships.items()
            if Permission.EDIT in found.permissions or found.doubt
        ]
        try:
            self._leftovers.keep_only(person.principal.user_id, edits=edits, member_of=[*person.memberships])
        except Exception:  # tried again at the next step; the access itself is decided either way
            log.exception("Could not clear away what a person left behind")
        else:
            person.noted = True


def _is_token(token: str) -> bool:
    return bool(token) and len(token) <= TOKEN_LIMIT and token.isascii() and token.isprintable()


def _is_access_token(token: str) -> bool:
    return token.count(".") == 2
