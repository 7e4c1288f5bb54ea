"""The one check that every use case makes before it touches an org."""

from collections.abc import Mapping
from typing import Protocol

from core.errors import AccessDenied, Outsider
from core.identity.principal import Membership, Permission, Principal

NO_ACCESS = "You have no access to this organisation."
_REFUSED = {
    Permission.VIEW: "see this organisation",
    Permission.ASK: "try questions here",
    Permission.EDIT: "change the questions and answers",
    Permission.PUBLISH: "publish questions and answers",
    Permission.EVALUATE: "run evaluations",
    Permission.MANAGE: "change this organisation's settings",
    Permission.SHARE: "share a link to the chat",
}


class Directory(Protocol):
    """Where memberships are known: PropelAuth, or the preset demo users."""

    def principal(self, user_id: str) -> Principal | None:
        """The person with this id, or None when there is none or they may not sign in."""

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        """The person's orgs by org id, at most 30 s old; with ``fresh`` asked for anew.

        Raises FrontlineError when this cannot be confirmed now; never answers from doubt.
        """


class Access:
    """Answers "may this person do that here?" and nothing else."""

    def __init__(self, directory: Directory) -> None:
        self._directory = directory

    def orgs(self, principal: Principal) -> list[Membership]:
        """The orgs a person may open, by name."""
        found = self._directory.memberships(principal.user_id).values()
        return sorted(
            (m for m in found if Permission.VIEW in m.permissions), key=lambda m: (m.org_name.casefold(), m.org_id)
        )

    def belongs(self, principal: Principal, org_id: str) -> bool:
        """Whether the person has any place in the org."""
        return org_id in self._directory.memberships(principal.user_id)

    def require(self, principal: Principal, org_id: str, permission: Permission, *, fresh: bool = False) -> Membership:
        """The person's membership, when it allows ``permission``.

        Raises AccessDenied otherwise; Outsider, with the same words for a foreign org and for one that does not exist.
        """
        membership = self._directory.memberships(principal.user_id, fresh=fresh).get(org_id)
        if membership is None:
            raise Outsider(NO_ACCESS)
        if permission not in membership.permissions:
            refused = f"Your role here ({membership.role}) may not {_REFUSED[permission]}."
            raise AccessDenied(f"{refused} {membership.doubt}".rstrip())
        return membership
