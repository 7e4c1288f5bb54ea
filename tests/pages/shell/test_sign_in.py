"""The sign-in page's words and forms."""

import re

from core.identity.demo import ADMIN, MEMBER, OUTSIDER, OWNER, DemoDirectory
from core.identity.principal import Principal
from pages.shell.sign_in import abilities, form


def lines(person: Principal) -> list[tuple[str, str]]:
    return abilities(DemoDirectory().memberships(person.user_id).values())


def test_each_card_says_where_a_person_may_do_what() -> None:
    both = "Beacon Phones and Northwind Clothing"

    assert lines(OWNER) == [(f"Owner of {both}", "Can do everything")]
    assert lines(ADMIN) == [(f"Admin of {both}", "Can look, ask, edit, publish and test")]
    assert lines(MEMBER) == [(f"Member of {both}", "Can look and ask")]
    assert lines(OUTSIDER) == [("Owner of Beacon Phones", "Can do everything")]


def test_a_form_cannot_be_broken_out_of() -> None:
    made = form("/demo-sign-in", "<Sign> in", {"next": '/"><script>alert(1)</script>'})

    assert re.findall(r"<(\w+)", made) == ["form", "input", "button"]
    assert "&lt;Sign&gt; in" in made
