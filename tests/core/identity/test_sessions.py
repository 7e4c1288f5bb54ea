"""Which sign-ins still count."""

from datetime import UTC, datetime

import pytest

from core.identity.sessions import Sessions

NOW = datetime(2026, 11, 3, 9, 30, 0, 400_000, tzinfo=UTC)


class Marks:
    """Keeps marks in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, datetime] = {}

    def before(self, user_id: str) -> datetime | None:
        return self.kept.get(user_id)

    def mark(self, user_id: str, before: datetime) -> None:
        self.kept[user_id] = max(before, self.kept.get(user_id, before))


def claims(ago: float = 60, user_id: str = "olivia") -> dict[str, object]:
    return {"is_logged_in": True, "sub": user_id, "iat": int(NOW.timestamp() - ago)}


def sessions() -> Sessions:
    return Sessions(Marks(), clock=lambda: NOW)


def test_a_sign_in_counts_for_12_hours() -> None:
    assert sessions().user_id(claims()) == "olivia"
    assert sessions().user_id(claims(12 * 3600 - 1)) == "olivia"
    assert sessions().user_id(claims(12 * 3600 + 1)) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_logged_in": False},
        {"is_logged_in": "yes"},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"iat": None},
        {"iat": "now"},
        {"iat": True},
        {"iat": float("nan")},
        {"iat": 1e30},
    ],
)
def test_claims_that_do_not_say_who_and_when_are_no_sign_in(wrong: dict[str, object]) -> None:
    assert sessions().user_id(claims() | wrong) is None
    assert sessions().user_id({}) is None


def test_a_sign_out_ends_every_sign_in_of_the_person_until_now_and_of_nobody_else() -> None:
    found = sessions()
    found.sign_out(claims(60))

    assert found.user_id(claims(60)) is None
    assert found.user_id(claims(30)) is None
    assert found.user_id(claims(60, "otto")) == "otto"
    assert found.user_id(claims(0)) == "olivia"


def test_a_sign_out_ends_its_own_sign_in_also_when_the_clocks_differ() -> None:
    found = sessions()
    found.sign_out(claims(-5))

    assert found.user_id(claims(-5)) is None
    assert found.user_id(claims(-6)) == "olivia"


def test_a_sign_out_without_a_sign_in_does_nothing() -> None:
    found = sessions()
    found.sign_out({})

    assert found.user_id(claims()) == "olivia"


def test_each_sign_in_has_an_id_of_its_own_that_says_nothing_of_the_person() -> None:
    found = sessions()
    one, same, later = (found.made(claims(ago)) for ago in (60, 60, 30))
    assert one is not None
    assert later is not None

    assert one == same
    assert one[0] != later[0]
    assert "olivia" not in one[0]
    assert later[1] > one[1]
    assert found.made({}) is None
