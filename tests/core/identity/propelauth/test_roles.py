"""What roles and permissions mean here."""

import pytest
from propelauth_py.user import MULTI_ROLE, SINGLE_ROLE, OrgMemberInfo

from core.identity.principal import ROLE_PERMISSIONS, Permission
from core.identity.propelauth.roles import DOUBT, Roles

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
def test_a_project_without_permissions_goes_by_the_names_of_roles_where_that_was_said(role: str) -> None:
    assert Roles(by_names=True).membership(org(role)).permissions == ROLE_PERMISSIONS[role]


@pytest.mark.parametrize("role", ["Owner", "Admin", "Member", "Billing"])
def test_in_doubt_everybody_may_only_look(role: str) -> None:
    found = Roles(by_names=False).membership(org(role))

    assert (found.permissions, found.doubt) == (VIEW, DOUBT)


def test_a_role_of_another_name_may_only_look_whatever_it_inherits() -> None:
    assert Roles(by_names=True).membership(org("Billing")).permissions == VIEW
    assert Roles(by_names=True).membership(org("owner")).permissions == VIEW


def test_permissions_count_and_not_names_where_the_project_gives_them() -> None:
    found = Roles(by_names=False).membership(org("Owner", "qa:view", "prompt:run", "something:else"))

    assert found.permissions == {Permission.VIEW, Permission.ASK}


@pytest.mark.parametrize("by_names", [True, False])
def test_once_anybody_is_seen_with_a_permission_no_name_counts_any_more(by_names: bool) -> None:
    roles = Roles(by_names=by_names)
    roles.membership(org("Member", "qa:view"))

    assert roles.membership(org("Admin")).permissions == frozenset()
    assert roles.membership(org("Admin")).doubt == ""
    assert roles.of_key({"role": "Admin"})[1] == ROLE_PERMISSIONS["Member"]


def test_several_roles_add_up_where_the_project_has_them() -> None:
    assert (
        Roles(by_names=True).membership(org("Member", more=("Admin",), multi=True)).permissions
        == ROLE_PERMISSIONS["Admin"]
    )
    assert Roles(by_names=True).membership(org("Member", more=("Admin",), multi=True)).role == "Member, Admin"
    assert Roles(by_names=True).membership(org("Member", more=("Admin",))).permissions == ROLE_PERMISSIONS["Member"]


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
    assert Roles(by_names=True).of_key(metadata)[1] == permissions


@pytest.mark.parametrize(
    ("metadata", "permissions"),
    [
        (None, ROLE_PERMISSIONS["Member"]),
        ({"role": "Owner"}, ROLE_PERMISSIONS["Member"]),
        ({"role": "Robot"}, VIEW),
        ({"permissions": ["qa:edit"], "role": "Robot"}, {Permission.EDIT}),
    ],
)
def test_an_orgs_key_gets_nothing_by_the_name_of_a_role_where_names_do_not_count(
    metadata: dict[str, object] | None, permissions: frozenset[Permission]
) -> None:
    _, found, doubt = Roles(by_names=False).of_key(metadata)

    assert found == permissions
    assert ("permissions" in doubt) is (metadata == {"role": "Owner"})
