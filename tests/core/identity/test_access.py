import uuid
from collections.abc import Mapping

import pytest

from core.errors import AccessDenied, FrontlineError
from core.identity.access import Access
from core.identity.demo import CLOTHING_ORG, DEMO_ORGS, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import ROLE_PERMISSIONS, Membership, Permission, Principal


def test_the_permissions_of_each_role_are_those_agreed() -> None:
    assert {role: sorted(permissions) for role, permissions in ROLE_PERMISSIONS.items()} == {
        "Owner": ["chat:share", "eval:run", "org:manage", "prompt:run", "qa:edit", "qa:publish", "qa:view"],
        "Admin": ["eval:run", "prompt:run", "qa:edit", "qa:publish", "qa:view"],
        "Member": ["prompt:run", "qa:view"],
    }


def test_orgs_are_listed_by_name() -> None:
    assert [org.org_name for org in Access(DemoDirectory()).orgs(OWNER)] == ["Beacon Phones", "Northwind Clothing"]
    assert [org.org_id for org in Access(DemoDirectory()).orgs(OUTSIDER)] == [PHONE_ORG]


def test_a_missing_permission_is_named_with_the_role() -> None:
    with pytest.raises(AccessDenied, match=r"Your role here \(Member\) may not run evaluations\."):
        Access(DemoDirectory()).require(MEMBER, CLOTHING_ORG, Permission.EVALUATE)


@pytest.mark.parametrize("org", [CLOTHING_ORG, "nowhere", ""])
def test_a_foreign_org_and_none_read_the_same(org: str) -> None:
    with pytest.raises(AccessDenied, match=r"^You have no access to this organisation\.$"):
        Access(DemoDirectory()).require(OUTSIDER, org, Permission.VIEW)


def test_a_stranger_has_nothing() -> None:
    stranger = Principal(user_id=str(uuid.uuid4()), email="", name="")

    assert Access(DemoDirectory()).orgs(stranger) == []
    assert DemoDirectory().principal(stranger.user_id) is None


def test_when_membership_cannot_be_confirmed_nothing_is_allowed() -> None:
    class Away(DemoDirectory):
        def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
            raise FrontlineError("Frontline cannot confirm your access now.")

    with pytest.raises(FrontlineError, match="cannot confirm"):
        Access(Away()).require(OWNER, CLOTHING_ORG, Permission.VIEW)


def test_the_ids_of_the_demo_are_such_as_real_ones_are() -> None:
    ids = [*DEMO_ORGS, *(person.user_id for person in DemoDirectory.people)]

    assert all(str(uuid.UUID(found)) == found and uuid.UUID(found).version == 4 for found in ids)
    assert len(set(ids)) == len(ids)
