"""Who a person is and where they belong, as PropelAuth says it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from propelauth_py.types.user import UserMetadata  # type: ignore[import-untyped]

from core.errors import CannotConfirm
from core.identity.principal import Membership, Principal
from core.identity.propelauth.client import PropelAuthClient
from core.identity.propelauth.loop import DOUBT
from core.identity.propelauth.roles import Roles
from core.identity.propelauth.single_flight_cache import SingleFlightCache


@dataclass(eq=False, kw_only=True)
class Person:
    """A clear answer about one person.

    ``leaves`` is whether it says for certain which orgs the person no longer belongs to. ``noted`` is set once what
    the person left behind was cleared away.
    """

    principal: Principal
    active: bool
    memberships: Mapping[str, Membership] = field(default_factory=dict)
    leaves: bool = False
    noted: bool = False


class People:
    """People, each asked for again when the last answer is too old. For the loop's own thread."""

    def __init__(self, client: PropelAuthClient, roles: Roles) -> None:
        self._client = client
        self._roles = roles
        self._flights: SingleFlightCache[Person | None] = SingleFlightCache()

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """The person, disabled ones included; None when there is none. Raises CannotConfirm."""
        return await self._flights.answer(user_id, lambda: self._ask(user_id), fresh=fresh)

    async def _ask(self, user_id: str) -> Person | None:
        found = await self._client.user(user_id)
        try:
            return None if found is None else self._read(found)
        except (ValueError, TypeError, AttributeError):
            raise CannotConfirm(DOUBT) from None

    def _read(self, found: UserMetadata) -> Person:
        if not isinstance(found.enabled, bool) or not isinstance(found.locked, bool):
            raise ValueError("neither enabled nor disabled")
        principal = Principal(user_id=found.user_id, email=found.email or "", name=name_of(found))
        if not found.enabled or found.locked:
            # A lock after wrong passwords passes; a disabled person has left.
            return Person(principal=principal, active=False, leaves=not found.enabled)
        orgs = found.org_id_to_org_info
        memberships = {org.org_id: self._roles.membership(org) for org in (orgs or {}).values()}
        return Person(principal=principal, active=True, memberships=memberships, leaves=orgs is not None)


def name_of(found: UserMetadata) -> str:
    """What to call a person."""
    full = " ".join(part for part in (found.first_name, found.last_name) if part)
    return full or found.username or found.email or "Somebody"
