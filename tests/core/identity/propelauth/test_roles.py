"""What roles and permissions mean here."""

import pytest
from propelauth_py.user import MULTI_ROLE, SINGLE_ROLE, OrgMemberInfo

from core.identity.principal import ROLE_PERMISSIONS, Permission
from core.identity.propelauth.roles import Roles, of_key

VIEW = frozenset({Permission.VIEW})


def org(role: str, *permissions: str, more: tuple[str, ...] = (), multi: bool = False) -> OrgMemberInfo:
    return OrgMemberInfo(
        org_id="acme",
        org_name="Acme",
        org_metadata={},
        user_assigned_role=role,
        user_inherited_roles_plus_current_role=[role, "Owner"],
        user_permissions=list(permissions),
        org_role_structure=MULTI_ROLE if multi else SINGLE_ROLE,
        assigned_additional_roles=list(more),
    )


@pytest.mark.parametrize("role", ["Owner", "Admin", "Member"])
def test_a_fresh_project_goes_by_the_names_of_roles(role: str) -> None:
    assert Roles().membership(org(role)).permissions == ROLE_PERMISSIONS[role]


def test_a_role_of_another_name_may_only_look_whatever_it_inherits() -> None:
    assert Roles().membership(org("Billing")).permissions == VIEW
    assert Roles().membership(org("owner")).permissions == VIEW


def test_permissions_count_and_not_names_where_the_project_gives_them() -> None:
    found = Roles().membership(org("Owner", "qa:view", "prompt:run", "something:else"))

    assert found.permissions == {Permission.VIEW, Permission.ASK}


def test_once_anybody_is_seen_with_a_permission_no_name_counts_in_that_org() -> None:
    roles = Roles()
    assert roles.membership(org("Admin")).permissions == ROLE_PERMISSIONS["Admin"]
    roles.membership(org("Member", "qa:view"))

    assert roles.membership(org("Admin")).permissions == frozenset()


def test_several_roles_add_up_where_the_project_has_them() -> None:
    assert Roles().membership(org("Member", more=("Admin",), multi=True)).permissions == ROLE_PERMISSIONS["Admin"]
    assert Roles().membership(org("Member", more=("Admin",), multi=True)).role == "Member, Admin"
    assert Roles().membership(org("Member", more=("Admin",))).permissions == ROLE_PERMISSIONS["Member"]


@pytest.mark.parametrize(
    ("metadata", "permissions"),
    [
        (None, ROLE_PERMISSIONS["Member"]),
        ({}, ROLE_PERMISSIONS["Member"]),
        ({"role": "Admin"}, ROLE_PERMISSIONS["Admin"]),
        ({"role": "Robot"}, VIEW),
        ({"role": 7}, VIEW),
        ({"permissions": ["qa:view", "eval:run", "x", 7]}, {Permission.VIEW, Permission.EVALUATE}),
        ({"permissions": [], "role": "Owner"}, frozenset()),
        ({"permissions": "qa:edit"}, frozenset()),
    ],
)
def test_an_orgs_key_may_what_its_metadata_says_else_what_a_member_may(
    metadata: dict[str, object] | None, permissions: frozenset[Permission]
) -> None:
    assert of_key(metadata)[1] == permissions
