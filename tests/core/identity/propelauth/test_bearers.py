"""Who stands behind a token of the HTTP API."""

import time

import pytest

from core.errors import AccessDenied, CannotConfirm, Unauthenticated
from core.identity.access import Access
from core.identity.principal import ROLE_PERMISSIONS, Permission, Principal
from core.identity.propelauth import api_keys, client, single_flight_cache, tokens
from core.identity.propelauth.directory import PropelAuthDirectory
from tests.propelauth_server import BadToken, Fault, PropelAuthServer, User

KEY_PATH = "token_verification_metadata"


@pytest.fixture
def acme(propelauth: PropelAuthServer) -> str:
    return propelauth.org("Acme")


@pytest.fixture
def user(propelauth: PropelAuthServer, acme: str) -> User:
    return propelauth.user("Olivia", {acme: "Admin"})


def test_an_access_token_speaks_for_its_person(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User
) -> None:
    for _ in range(3):
        bearer = directory.bearer(propelauth.access_token(user))

    assert bearer.principal == Principal(user_id=user.user_id, email=user.email, name="Olivia")
    assert (bearer.org_id, bearer.key) == (None, f"user:{user.user_id}")
    assert propelauth.asked_for(KEY_PATH) == 1
    assert propelauth.asked_for("/user/") == 1


def test_an_access_token_with_an_active_org_acts_there_only(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, acme: str
) -> None:
    assert directory.bearer(propelauth.access_token(user, active_org=acme)).org_id == acme


def test_a_tokens_own_memberships_count_for_nothing(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, acme: str
) -> None:
    token = propelauth.access_token(user)
    user.orgs.clear()

    bearer = directory.bearer(token)

    with pytest.raises(AccessDenied):
        Access(directory).require(bearer.principal, acme, Permission.VIEW)


# Only an ID token has an audience and a nonce; PropelAuth's access tokens are made for the whole project.
@pytest.mark.parametrize("bad", [bad for bad in BadToken if bad not in (BadToken.AUDIENCE, BadToken.NONCE)])
def test_a_wrong_access_token_is_refused(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, bad: BadToken
) -> None:
    with pytest.raises(Unauthenticated, match="not valid"):
        directory.bearer(propelauth.access_token(user, bad))


@pytest.mark.parametrize("token", ["", " ", "a b", "é", "a\nb", "x" * 20_000, "..", "a.b.c", "Bearer x"])
def test_what_is_no_token_is_refused(directory: PropelAuthDirectory, token: str) -> None:
    with pytest.raises(Unauthenticated):
        directory.bearer(token)


@pytest.mark.parametrize("state", ["disabled", "locked", "deleted"])
def test_a_good_token_of_a_person_who_may_not_sign_in_is_refused(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, state: str
) -> None:
    user.enabled, user.locked = state != "disabled", state == "locked"
    if state == "deleted":
        del propelauth.users[user.user_id]

    with pytest.raises(Unauthenticated):
        directory.bearer(propelauth.access_token(user))


def test_two_rotations_in_a_row_lock_nobody_out(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User
) -> None:
    old = propelauth.access_token(user)
    directory.bearer(old)
    for number in (1, 2):
        propelauth.key_number = number
        assert directory.bearer(propelauth.access_token(user)).principal.user_id == user.user_id
        with pytest.raises(Unauthenticated):
            directory.bearer(old)


def test_wrong_tokens_have_the_key_fetched_again_a_few_times_only_and_then_now_and_then(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    directory.bearer(propelauth.access_token(user))
    for _ in range(tokens.REFETCHES + 3):
        with pytest.raises(Unauthenticated):
            directory.bearer(propelauth.access_token(user, BadToken.FORGED))
    assert propelauth.asked_for(KEY_PATH) == 1 + tokens.REFETCHES
    propelauth.key_number = 1
    with pytest.raises(Unauthenticated):
        directory.bearer(propelauth.access_token(user))

    monkeypatch.setattr(tokens, "REFETCH_SECONDS", 0.01)
    time.sleep(0.02)
    assert directory.bearer(propelauth.access_token(user)).principal.user_id == user.user_id


@pytest.mark.parametrize("user_id", [7, 1.5, True, ["x"], {"x": 1}, ""])
def test_a_signed_token_whose_user_id_is_no_text_is_refused(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user_id: object
) -> None:
    token = propelauth.signed({"user_id": user_id, "email": "a@b.example", "iss": propelauth.issuer})
    with pytest.raises(Unauthenticated):
        directory.bearer(token)


def test_an_unknown_key_is_asked_about_once_a_minute(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(single_flight_cache, "KEEP_SECONDS", 0.0)
    token = "0" * 64
    assert directory.is_new(token)
    for _ in range(3):
        with pytest.raises(Unauthenticated):
            directory.bearer(token)
    assert propelauth.asked_for("validate") == 1
    assert not directory.is_new(token)

    monkeypatch.setattr(api_keys, "UNKNOWN_SECONDS", 0.0)
    with pytest.raises(Unauthenticated):
        directory.bearer(token)
    assert propelauth.asked_for("validate") == 2


def test_access_tokens_and_keys_that_were_good_are_not_new(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User
) -> None:
    key = propelauth.api_key(user=user)
    assert directory.is_new(key)
    directory.bearer(key)

    assert not directory.is_new(key)
    assert not directory.is_new(propelauth.access_token(user))


def test_a_personal_key_acts_as_its_person(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, acme: str
) -> None:
    token = propelauth.api_key(user=user, metadata={"role": "Owner"})
    for _ in range(3):
        bearer = directory.bearer(token)

    assert (bearer.principal.user_id, bearer.org_id) == (user.user_id, None)
    assert bearer.key.startswith("key:")
    assert token[:8] not in bearer.key
    assert directory.memberships(bearer.principal.user_id)[acme].role == "Admin"
    assert propelauth.asked_for("validate") == 1


def test_a_key_of_a_person_for_an_org_is_held_to_both(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, user: User, acme: str
) -> None:
    bearer = directory.bearer(propelauth.api_key(user=user, org_id=acme))

    assert (bearer.principal.user_id, bearer.org_id) == (user.user_id, acme)


def test_an_orgs_key_acts_for_its_org_with_what_its_metadata_says(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, acme: str
) -> None:
    access, other = Access(directory), propelauth.org("Beta")
    member = directory.bearer(propelauth.api_key(org_id=acme))
    admin = directory.bearer(propelauth.api_key(org_id=acme, metadata={"role": "Admin"}))

    assert (member.org_id, member.principal.user_id) == (acme, member.key)
    assert access.require(member.principal, acme, Permission.ASK).permissions == ROLE_PERMISSIONS["Member"]
    access.require(admin.principal, acme, Permission.EDIT, fresh=True)
    assert directory.principal(admin.principal.user_id) == admin.principal
    with pytest.raises(AccessDenied, match="API key"):
        access.require(member.principal, acme, Permission.EDIT)
    with pytest.raises(AccessDenied):
        access.require(admin.principal, other, Permission.VIEW)


def test_a_revoked_key_ends_at_the_next_write_and_for_the_rest_soon(
    directory: PropelAuthDirectory,
    propelauth: PropelAuthServer,
    acme: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    token = propelauth.api_key(org_id=acme, metadata={"role": "Admin"})
    bearer = directory.bearer(token)
    del propelauth.api_keys[token]

    assert directory.bearer(token) == bearer
    with pytest.raises(AccessDenied):
        Access(directory).require(bearer.principal, acme, Permission.EDIT, fresh=True)
    with pytest.raises(Unauthenticated):
        directory.bearer(token)
    assert directory.principal(bearer.principal.user_id) is None


def test_a_key_that_was_not_used_since_the_start_cannot_be_confirmed(directory: PropelAuthDirectory) -> None:
    with pytest.raises(CannotConfirm):
        directory.memberships("key:0123456789abcdef")


def test_an_unknown_key_and_one_of_nobody_are_refused(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    for token in ("0" * 64, propelauth.api_key()):
        with pytest.raises(Unauthenticated):
            directory.bearer(token)


# An empty answer reads as a key that belongs to nobody, which is refused.
@pytest.mark.parametrize("fault", [fault for fault in Fault if fault is not Fault.EMPTY])
def test_doubt_is_never_a_no_and_never_a_yes(
    directory: PropelAuthDirectory,
    propelauth: PropelAuthServer,
    user: User,
    fault: Fault,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(client, "REQUEST_SECONDS", 0.5)
    monkeypatch.setattr(single_flight_cache, "PAUSE_SECONDS", 0.05)
    monkeypatch.setattr(tokens, "RETRY_SECONDS", 0.05)
    key = propelauth.api_key(user=user)
    access_token = propelauth.access_token(user)
    propelauth.breaks(fault)

    for token in (key, access_token):
        with pytest.raises(CannotConfirm):
            directory.bearer(token)

    propelauth.mends()
    time.sleep(single_flight_cache.PAUSE_SECONDS)
    for token in (key, access_token):
        assert directory.bearer(token).principal.user_id == user.user_id
