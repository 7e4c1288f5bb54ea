"""Preset people and orgs, so that Frontline starts without any account. For one's own machine only."""

from collections.abc import Mapping

from core.identity.principal import ROLE_PERMISSIONS, Membership, Principal

CLOTHING_ORG = "6f3f2a54-1c0e-4e0b-9a5d-0c3f5a1b7e01"
PHONE_ORG = "b1c7c8de-52f7-4a3e-8d8a-7f0f4a9c2e02"
DEMO_ORGS: Mapping[str, str] = {CLOTHING_ORG: "Northwind Clothing", PHONE_ORG: "Beacon Phones"}

OWNER = Principal(user_id="0b8f3f3e-6a0d-4a51-9d7c-3b6f0c1d2a11", email="olivia@demo.example", name="Olivia")
ADMIN = Principal(user_id="3d1c9a70-7b43-4f6e-8a52-9e4b5c6d7b22", email="adam@demo.example", name="Adam")
MEMBER = Principal(user_id="7e2d4b81-9c54-4a7f-b163-0f5c6d7e8c33", email="mia@demo.example", name="Mia")
OUTSIDER = Principal(user_id="9f3e5c92-0d65-4b80-8274-1a6d7e8f9d44", email="otto@demo.example", name="Otto")

_ROLES: Mapping[str, Mapping[str, str]] = {
    OWNER.user_id: {CLOTHING_ORG: "Owner", PHONE_ORG: "Owner"},
    ADMIN.user_id: {CLOTHING_ORG: "Admin", PHONE_ORG: "Admin"},
    MEMBER.user_id: {CLOTHING_ORG: "Member", PHONE_ORG: "Member"},
    OUTSIDER.user_id: {PHONE_ORG: "Owner"},
}


class DemoDirectory:
    """The demo people: an owner, an admin and a member of both orgs, and one who is an outsider to the first."""

    people: tuple[Principal, ...] = (OWNER, ADMIN, MEMBER, OUTSIDER)

    def principal(self, user_id: str) -> Principal | None:
        """The demo person with this id."""
        return next((person for person in self.people if person.user_id == user_id), None)

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:  # noqa: ARG002 - never stale
        """The demo person's orgs."""
        return {
            org_id: Membership(org_id=org_id, org_name=DEMO_ORGS[org_id], role=role, permissions=ROLE_PERMISSIONS[role])
            for org_id, role in _ROLES.get(user_id, {}).items()
        }
