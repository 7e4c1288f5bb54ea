"""What surrounds every page."""

from core.identity.principal import Membership
from pages.shell.frame import org_names


def membership(org_id: str, name: str) -> Membership:
    return Membership(org_id=org_id, org_name=name, role="Member", permissions=frozenset())


def test_each_org_has_its_name() -> None:
    assert org_names([membership("a", "Shoes"), membership("b", "Hats")]) == {"a": "Shoes", "b": "Hats"}


def test_two_orgs_of_one_name_are_told_apart() -> None:
    names = org_names([membership("11111111-a", "Shoes"), membership("22222222-b", "Shoes"), membership("c", "Hats")])

    assert names == {"11111111-a": "Shoes (11111111)", "22222222-b": "Shoes (22222222)", "c": "Hats"}
