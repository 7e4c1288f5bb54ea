"""Who people are and where they belong, and what happens when PropelAuth does not say it."""

import threading
import time
from collections.abc import Callable

import pytest

from core.errors import AccessDenied, CannotConfirm
from core.identity.access import Access
from core.identity.demo import OWNER
from core.identity.principal import ROLE_PERMISSIONS, Permission, Principal
from core.identity.propelauth import directory as directory_module
from core.identity.propelauth import single_flight_cache
from core.identity.propelauth.directory import PropelAuthDirectory
from core.masking import Masking
from tests.core.identity.propelauth.conftest import Kept, Noted
from tests.propelauth_server import Fault, PropelAuthServer

Patient = Callable[[], float]


def within(seconds: float, wanted: Callable[[], object]) -> object:
    """What ``wanted`` gives, tried again while it raises CannotConfirm; fails after ``seconds``."""
    until = time.monotonic() + seconds
    while True:
        try:
            return wanted()
        except CannotConfirm:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)


def test_a_person_is_known_by_name_with_the_orgs_of_now(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    acme, beta = propelauth.org("Acme"), propelauth.org("Beta")
    user = propelauth.user("Olivia", {acme: "Owner", beta: "Member"})

    assert directory.principal(user.user_id) == Principal(user_id=user.user_id, email=user.email, name="Olivia")
    found = directory.memberships(user.user_id)
    assert {org: (m.org_name, m.role, m.permissions) for org, m in found.items()} == {
        acme: ("Acme", "Owner", ROLE_PERMISSIONS["Owner"]),
        beta: ("Beta", "Member", ROLE_PERMISSIONS["Member"]),
    }


def test_nothing_is_asked_until_somebody_is_there(propelauth: PropelAuthServer, directory: PropelAuthDirectory) -> None:
    assert propelauth.asked == []


def test_an_answer_is_kept_for_some_seconds_and_asked_anew_when_it_must_be_fresh(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    acme = propelauth.org("Acme")
    user = propelauth.user("Olivia", {acme: "Owner"})
    for _ in range(5):
        directory.memberships(user.user_id)
    assert propelauth.asked_for(user.user_id) == 1

    user.orgs[acme] = "Member"
    assert directory.memberships(user.user_id)[acme].role == "Owner"
    assert directory.memberships(user.user_id, fresh=True)[acme].role == "Member"
    assert directory.memberships(user.user_id)[acme].role == "Member"
    assert propelauth.asked_for(user.user_id) == 2

    monkeypatch.setattr(single_flight_cache, "KEEP_SECONDS", 0.0)
    user.orgs.clear()
    assert directory.memberships(user.user_id) == {}


def test_access_that_was_taken_away_is_refused_at_the_next_write(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    access = Access(directory)
    acme = propelauth.org("Acme")
    user = propelauth.user("Olivia", {acme: "Admin"})
    person = directory.principal(user.user_id)
    assert person is not None
    access.require(person, acme, Permission.EDIT, fresh=True)

    user.orgs[acme] = "Member"
    with pytest.raises(AccessDenied, match="Member"):
        access.require(person, acme, Permission.EDIT, fresh=True)
    del user.orgs[acme]
    with pytest.raises(AccessDenied, match="no access"):
        access.require(person, acme, Permission.VIEW, fresh=True)


@pytest.mark.parametrize("state", [{"enabled": False}, {"locked": True}])
def test_a_disabled_or_locked_person_is_nobody(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, state: dict[str, bool]
) -> None:
    user = propelauth.user("Olivia", {propelauth.org("Acme"): "Owner"})
    for name, value in state.items():
        setattr(user, name, value)

    assert directory.principal(user.user_id) is None
    assert directory.memberships(user.user_id) == {}


@pytest.mark.parametrize("user_id", [OWNER.user_id, "nobody", "", "../x", "6F3F2A54-1C0E-4E0B-9A5D-0C3F5A1B7E01"])
def test_who_is_not_in_the_project_is_nobody(directory: PropelAuthDirectory, user_id: str) -> None:
    assert directory.principal(user_id) is None
    assert directory.memberships(user_id) == {}


@pytest.mark.parametrize("fault", Fault)
def test_anything_but_a_clear_answer_is_doubt_in_time_and_mends_itself(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, kept: Kept, fault: Fault
) -> None:
    acme = propelauth.org("Acme")
    user = propelauth.user("Olivia", {acme: "Owner"})
    propelauth.breaks(fault)

    began = time.monotonic()
    for ask in (directory.principal, directory.memberships):
        with pytest.raises(CannotConfirm, match="cannot confirm your access now"):
            ask(user.user_id)
    assert time.monotonic() - began < 5
    assert kept.calls == []

    propelauth.mends()
    assert within(5, lambda: directory.memberships(user.user_id)) is not None
    assert directory.memberships(user.user_id)[acme].role == "Owner"


@pytest.mark.parametrize("broken", [{"enabled": None}, {"locked": "no"}, {"orgs": {"x": ""}}])
def test_an_answer_in_a_strange_form_is_doubt(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, broken: dict[str, object]
) -> None:
    propelauth.orgs["x"] = "X"
    user = propelauth.user("Olivia")
    for name, value in broken.items():
        setattr(user, name, value)

    with pytest.raises(CannotConfirm):
        directory.memberships(user.user_id)


def test_a_service_that_is_not_there_is_doubt() -> None:
    server = PropelAuthServer()
    settings = server.settings()
    server.close()
    directory = PropelAuthDirectory(settings, Kept(), Noted())

    with pytest.raises(CannotConfirm):
        directory.principal(OWNER.user_id)
    directory.close()


def test_24_requests_during_a_hang_all_fail_closed_in_5_s_and_recover_within_5_s(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    acme = propelauth.org("Acme")
    users = [propelauth.user(f"U{i}", {acme: "Owner"}) for i in range(6)]
    propelauth.breaks(Fault.HANG)
    ended: list[tuple[str, float]] = []

    def request(user_id: str, fresh: bool) -> None:
        began = time.monotonic()
        try:
            directory.memberships(user_id, fresh=fresh)
            ended.append(("open", time.monotonic() - began))
        except CannotConfirm:
            ended.append(("closed", time.monotonic() - began))

    everybody = [(users[i % 6].user_id, i % 2 == 0) for i in range(24)]
    threads = [threading.Thread(target=request, args=who) for who in everybody]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [how for how, _ in ended] == ["closed"] * 24
    assert max(seconds for _, seconds in ended) < 5
    assert propelauth.asked_for("/user/") == 6  # one request a person, however many wait for it
    print("longest wait", max(seconds for _, seconds in ended))

    propelauth.mends()
    began = time.monotonic()
    for user in users:
        within(5, lambda user=user: directory.memberships(user.user_id))
    print("recovered after", time.monotonic() - began)
    assert time.monotonic() - began < 5


def test_a_fresh_answer_is_never_one_that_was_asked_for_before(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request that is under way may have been answered before the access was taken away."""
    acme = propelauth.org("Acme")
    user = propelauth.user("Olivia", {acme: "Owner"})
    metadata, slow = propelauth.metadata, threading.Event()

    def answered_slowly(found: object, *, orgs: bool = True) -> dict[str, object]:
        answer = metadata(user, orgs=orgs)
        slow.set()
        time.sleep(0.5)
        return answer

    monkeypatch.setattr(propelauth, "metadata", answered_slowly)
    first = threading.Thread(target=directory.memberships, args=(user.user_id,))
    first.start()
    slow.wait(5)
    user.orgs.clear()

    assert directory.memberships(user.user_id, fresh=True) == {}
    first.join()


def test_what_a_person_left_behind_is_cleared_away_once_for_each_answer(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, kept: Kept
) -> None:
    acme, beta = propelauth.org("Acme"), propelauth.org("Beta")
    user = propelauth.user("Olivia", {acme: "Admin", beta: "Member"})
    for _ in range(3):
        directory.memberships(user.user_id)
    assert kept.calls == [(user.user_id, {acme}, {acme, beta})]

    del user.orgs[acme]
    directory.memberships(user.user_id, fresh=True)
    assert kept.calls[-1] == (user.user_id, set(), {beta})

    user.enabled = False
    directory.memberships(user.user_id, fresh=True)
    assert kept.calls[-1] == (user.user_id, set(), set())


def test_a_lock_and_an_unknown_person_clear_nothing_away(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, kept: Kept
) -> None:
    user = propelauth.user("Olivia", {propelauth.org("Acme"): "Admin"})
    user.locked = True
    directory.memberships(user.user_id)
    directory.memberships(OWNER.user_id)

    assert kept.calls == []


def test_what_cannot_be_cleared_away_now_is_cleared_away_later(
    directory: PropelAuthDirectory,
    propelauth: PropelAuthServer,
    kept: Kept,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise OSError("the database is away")

    user = propelauth.user("Olivia", {propelauth.org("Acme"): "Admin"})
    with monkeypatch.context() as patch:
        patch.setattr(kept, "keep_only", broken)
        assert directory.memberships(user.user_id)
    assert "Could not clear away" in caplog.text

    directory.memberships(user.user_id)
    assert len(kept.calls) == 1


def test_who_waits_when_the_server_stops_is_told_that_nothing_can_be_confirmed(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    user = propelauth.user("Olivia", {propelauth.org("Acme"): "Admin"})
    propelauth.breaks(Fault.HANG)
    ended: list[str] = []

    def wait() -> None:
        try:
            directory.principal(user.user_id)
        except CannotConfirm:
            ended.append("doubt")

    thread = threading.Thread(target=wait)
    thread.start()
    while not propelauth.asked:
        time.sleep(0.01)
    directory.close()
    thread.join()

    assert ended == ["doubt"]


def test_neither_the_log_nor_the_error_shows_a_secret(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, caplog: pytest.LogCaptureFixture
) -> None:
    user = propelauth.user("Olivia")
    propelauth.breaks(Fault.REFUSED)

    with pytest.raises(CannotConfirm) as error:
        directory.principal(user.user_id)

    assert "check it and PROPELAUTH_AUTH_URL" in caplog.text
    assert "backend-integration-key" not in caplog.text + str(error.value)
    assert "backend-integration-key" not in repr(propelauth.settings())


def test_a_connection_that_was_closed_meanwhile_is_no_doubt(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer
) -> None:
    """The stand-in closes without a word after each fault, as a proxy does with connections that were idle."""
    user = propelauth.user("Olivia", {propelauth.org("Acme"): "Admin"})
    propelauth.breaks(Fault.ERROR)
    with pytest.raises(CannotConfirm):
        directory.principal(user.user_id)
    propelauth.mends()
    time.sleep(single_flight_cache.PAUSE_SECONDS)

    assert directory.principal(user.user_id) is not None


def test_after_a_restart_an_admin_without_permission_may_nothing_where_somebody_was_ever_seen_with_one(
    directory: PropelAuthDirectory, propelauth: PropelAuthServer, kept: Kept, noted: Noted
) -> None:
    acme, beta = propelauth.org("Acme"), propelauth.org("Beta")
    seen = propelauth.user("Olivia", {acme: "Owner"})
    seen.permissions[acme] = ["qa:view"]
    admin = propelauth.user("Adam", {acme: "Admin", beta: "Admin"})
    directory.memberships(seen.user_id)

    restarted = PropelAuthDirectory(propelauth.settings(), kept, noted)

    assert {org.permissions for org in restarted.memberships(admin.user_id).values()} == {frozenset()}
    restarted.close()


def test_another_process_hears_of_a_permission_that_this_one_has_not_seen(
    propelauth: PropelAuthServer, kept: Kept, noted: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory_module, "KEEP_SECONDS", 0.0)
    monkeypatch.setattr(single_flight_cache, "KEEP_SECONDS", 0.0)
    acme = propelauth.org("Acme")
    admin = propelauth.user("Adam", {acme: "Admin"})
    here = PropelAuthDirectory(propelauth.settings(), kept, noted)
    before = here.memberships(admin.user_id)[acme].permissions

    noted.note()

    assert before == ROLE_PERMISSIONS["Admin"]
    assert here.memberships(admin.user_id)[acme].permissions == frozenset()
    here.close()


def test_in_doubt_everybody_may_look_is_told_why_and_keeps_what_they_typed(
    propelauth: PropelAuthServer, kept: Kept, noted: Noted, caplog: pytest.LogCaptureFixture
) -> None:
    acme = propelauth.org("Acme")
    owner = propelauth.user("Olivia", {acme: "Owner"})
    here = PropelAuthDirectory(propelauth.settings(roles_by_name=False), kept, noted)
    person = here.principal(owner.user_id)
    assert person is not None

    Access(here).require(person, acme, Permission.VIEW)
    with pytest.raises(AccessDenied, match="FRONTLINE_ROLES to “names”"):
        Access(here).require(person, acme, Permission.ASK)
    assert "FRONTLINE_ROLES to “names”" in Masking().masked(caplog.text)
    assert kept.calls == [(owner.user_id, {acme}, {acme})]
    here.close()
