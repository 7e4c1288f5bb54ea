"""Who acts when no browser is there: never more than that person may do."""

import os

from core.bootstrap import Frontline
from core.errors import AccessDenied, Unauthenticated
from core.identity.demo import DemoDirectory
from core.identity.principal import Membership, Principal

TOKEN = "FRONTLINE_TOKEN"  # noqa: S105 - the name of the variable


def acting(parts: Frontline, org: str, person: str | None) -> tuple[Principal, Membership]:
    """The person who acts and their place in the organisation, which ``org`` names by its id or its name.

    With PropelAuth it is whoever the token of the environment belongs to, with the demo sign-in the demo person with
    the e-mail address ``person``, by default an owner. Raises Unauthenticated, CannotConfirm or AccessDenied.
    """
    if parts.bearers is None:
        return _demo_person(parts, org, person)
    if person is not None:
        raise Unauthenticated(f"--person goes with the demo sign-in only. Here {TOKEN} says who acts.")
    token = os.environ.get(TOKEN, "").strip()
    if not token:
        raise Unauthenticated(f"Set {TOKEN} to a PropelAuth API key, or an access token, of the person who acts.")
    bearer = parts.bearers.bearer(token)
    membership = _membership(parts, bearer.principal, org)
    if membership is None or bearer.org_id not in (None, membership.org_id):
        raise AccessDenied("You have no access to this organisation.")
    return bearer.principal, membership


def _demo_person(parts: Frontline, org: str, email: str | None) -> tuple[Principal, Membership]:
    people = DemoDirectory().people
    if email is not None and email not in [one.email for one in people]:
        raise Unauthenticated(f"There is no demo person {email}. There are {', '.join(one.email for one in people)}.")
    for one in people:
        membership = _membership(parts, one, org)
        if membership is not None and (one.email == email or (email is None and membership.role == "Owner")):
            return one, membership
    raise AccessDenied("You have no access to this organisation.")


def _membership(parts: Frontline, principal: Principal, org: str) -> Membership | None:
    """By the org's id, else by its name, where that is of one org only."""
    orgs = parts.access.orgs(principal)
    named = [one for one in orgs if one.org_name.casefold() == org.strip().casefold()]
    by_id = next((one for one in orgs if one.org_id == org), None)
    return by_id or (named[0] if len(named) == 1 else None)
