"""What the roles and permissions of a PropelAuth project mean here."""

import logging
from collections.abc import Mapping
from typing import Any

from propelauth_py.user import MULTI_ROLE, OrgMemberInfo  # type: ignore[import-untyped]

from core.identity.principal import ROLE_PERMISSIONS, Membership, Permission

log = logging.getLogger(__name__)

DOUBT = (
    "PropelAuth has given nobody one of Frontline's permissions so far, so everybody may only look. Who runs Frontline "
    "gives the roles their permissions in PropelAuth, or sets FRONTLINE_ROLES to “names” to go by the roles' names."
)
KEY_DOUBT = "Roles go by their permissions here, so the key's metadata has to list them as “permissions”."
_KNOWN = frozenset(permission.value for permission in Permission)
_LOOKS = frozenset({Permission.VIEW})


class Roles:
    """Reads memberships.

    Only what PropelAuth gives counts. A project that knows none of Frontline's permissions gives nobody any: as long as
    nobody was ever seen with one, everybody may look; where the deployment said so (``by_names``), the names of the
    roles decide until then. ``set_up`` is whether anybody was; it never becomes False again.
    """

    def __init__(self, *, by_names: bool, set_up: bool = False) -> None:
        self._by_names = by_names
        self.set_up = set_up
        self._warned = False

    def membership(self, org: OrgMemberInfo) -> Membership:
        """The person's place in an org. Raises ValueError when the answer is not in the agreed form."""
        if not all(isinstance(text, str) and text for text in (org.org_id, org.org_name, org.user_assigned_role)):
            raise ValueError("an org without id, name or role")
        given = frozenset(Permission(found) for found in org.user_permissions or () if found in _KNOWN)
        if given:
            self.set_up = True
        more = org.assigned_additional_roles if org.org_role_structure == MULTI_ROLE else ()
        roles = [org.user_assigned_role, *(more or ())]
        permissions, doubt = self._meant(given, roles)
        return Membership(
            org_id=org.org_id, org_name=org.org_name, role=", ".join(roles), permissions=permissions, doubt=doubt
        )

    def of_key(self, metadata: Mapping[str, Any] | None) -> tuple[str, frozenset[Permission], str]:
        """The role and permissions of an org's API key, and why it may less than its role says.

        Its metadata may have ``permissions``, a list of Frontline's. Without them it may what a member may, and what
        its ``role`` there says only where names of roles count.
        """
        metadata = metadata or {}
        if "permissions" in metadata:
            listed = metadata["permissions"]
            listed = listed if isinstance(listed, list) else []
            given = frozenset(Permission(found) for found in listed if isinstance(found, str) and found in _KNOWN)
            return "API key", given, ""
        role = metadata.get("role", "Member")
        role = role if isinstance(role, str) else "API key"
        named = by_role([role])
        permissions = named if self._names_count else named & ROLE_PERMISSIONS["Member"]
        return f"API key ({role})", permissions, KEY_DOUBT if permissions < named else ""

    @property
    def _names_count(self) -> bool:
        return self._by_names and not self.set_up

    def _meant(self, given: frozenset[Permission], roles: list[str]) -> tuple[frozenset[Permission], str]:
        if self.set_up:
            return given, ""
        if self._by_names:
            return by_role(roles), ""
        if not self._warned:
            self._warned = True
            log.warning(DOUBT)
        return _LOOKS, DOUBT


def by_role(roles: list[str]) -> frozenset[Permission]:
    """What the names of roles allow; several add up, and one of another name may look."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, _LOOKS) for role in roles))
