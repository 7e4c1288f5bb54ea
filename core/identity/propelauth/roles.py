"""What the roles and permissions of a PropelAuth project mean here."""

from collections.abc import Mapping
from typing import Any

from propelauth_py.user import MULTI_ROLE, OrgMemberInfo  # type: ignore[import-untyped]

from core.identity.principal import ROLE_PERMISSIONS, Membership, Permission

_KNOWN = frozenset(permission.value for permission in Permission)
_STRANGER = frozenset({Permission.VIEW})


class Roles:
    """Reads memberships. For the loop's own thread.

    Frontline's permissions count as the project gives them. A fresh project knows none of them: there, and only until
    anybody in the org is seen with one of them, the names of the roles decide; a role of another name may only look.
    """

    def __init__(self) -> None:
        self._set_up: set[str] = set()
        """The orgs in which somebody was seen with a permission of ours."""

    def membership(self, org: OrgMemberInfo) -> Membership:
        """The person's place in an org. Raises ValueError when the answer is not in the agreed form."""
        if not all(isinstance(text, str) and text for text in (org.org_id, org.org_name, org.user_assigned_role)):
            raise ValueError("an org without id, name or role")
        given = frozenset(Permission(found) for found in org.user_permissions or () if found in _KNOWN)
        if given:
            self._set_up.add(org.org_id)
        more = org.assigned_additional_roles if org.org_role_structure == MULTI_ROLE else ()
        roles = [org.user_assigned_role, *(more or ())]
        permissions = given if org.org_id in self._set_up else by_role(roles)
        return Membership(org_id=org.org_id, org_name=org.org_name, role=", ".join(roles), permissions=permissions)


def by_role(roles: list[str]) -> frozenset[Permission]:
    """What the names of roles allow; several add up."""
    return frozenset().union(*(ROLE_PERMISSIONS.get(role, _STRANGER) for role in roles))


def of_key(metadata: Mapping[str, Any] | None) -> tuple[str, frozenset[Permission]]:
    """The role and permissions of an org's API key.

    Its metadata may have ``permissions``, a list of Frontline's, else ``role``; without them it is a member's.
    """
    metadata = metadata or {}
    role = metadata.get("role", "Member")
    role = role if isinstance(role, str) else "API key"
    if "permissions" in metadata:
        listed = metadata["permissions"]
        listed = listed if isinstance(listed, list) else []
        return "API key", frozenset(Permission(found) for found in listed if isinstance(found, str) and found in _KNOWN)
    return f"API key ({role})", by_role([role])
