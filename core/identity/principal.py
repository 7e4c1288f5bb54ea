"""Who acts, and what they may do where."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Permission(StrEnum):
    """What can be allowed in an org; the strings are those of a PropelAuth project."""

    VIEW = "qa:view"
    """See the Q&As, past revisions and past runs."""
    ASK = "prompt:run"
    """Try single questions."""
    EDIT = "qa:edit"
    """Change the Q&As."""
    PUBLISH = "qa:publish"
    """Make saved Q&As live for visitors, where a save alone does not."""
    EVALUATE = "eval:run"
    """Upload test questions and run them."""
    MANAGE = "org:manage"
    """Change the org's settings."""
    SHARE = "chat:share"
    """Give people without an account a link to the chat, and take it back."""


ROLE_PERMISSIONS: Mapping[str, frozenset[Permission]] = {
    "Owner": frozenset(Permission),
    "Admin": frozenset(Permission) - {Permission.MANAGE, Permission.SHARE},
    "Member": frozenset({Permission.VIEW, Permission.ASK}),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Principal:
    """A signed-in person. Says who acts, never what they may do: that is asked again each time."""

    user_id: str
    email: str
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Membership:
    """One person's place in one org.

    ``doubt`` says, in a sentence for the person, why they may less than the name of their role says; "" where nothing
    is in doubt.
    """

    org_id: str
    org_name: str
    role: str
    permissions: frozenset[Permission]
    doubt: str = ""
