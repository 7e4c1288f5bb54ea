"""Sign-outs, last orgs and drafts left behind, on real databases."""

import threading
from datetime import UTC, datetime, timedelta

from core.identity.sessions import Sessions
from core.questions.changes import Changes
from core.questions.revisions import UnsavedChanges
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from core.storage.sign_outs import SqlLastOrgs, SqlLeftovers, SqlSignOuts

AT = datetime(2026, 11, 3, 9, 30, tzinfo=UTC)


def test_the_latest_sign_out_of_each_person_is_kept(database: Database) -> None:
    store = SqlSignOuts(database)
    store.mark("olivia", AT)
    store.mark("olivia", AT - timedelta(hours=1))
    store.mark("otto", AT - timedelta(hours=2))

    assert store.before("olivia") == AT
    assert store.before("otto") == AT - timedelta(hours=2)
    assert store.before("mia") is None


def test_sign_outs_at_once_keep_the_latest(database: Database) -> None:
    store = SqlSignOuts(database)
    moments = [AT + timedelta(seconds=i) for i in (3, 1, 4, 2, 0)]
    threads = [threading.Thread(target=store.mark, args=("olivia", moment)) for moment in moments]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert store.before("olivia") == AT + timedelta(seconds=4)


def test_a_sign_out_counts_for_every_process_of_the_deployment(database: Database) -> None:
    claims = {"is_logged_in": True, "sub": "olivia", "iat": int(AT.timestamp()) - 60}
    one, other = (Sessions(SqlSignOuts(database), clock=lambda: AT) for _ in range(2))
    assert other.user_id(claims) == "olivia"

    one.sign_out(claims)

    assert other.user_id(claims) is None


def test_the_org_that_was_opened_last_is_kept_for_each_person(database: Database) -> None:
    store = SqlLastOrgs(database)
    for user, org in (("olivia", "a"), ("olivia", "b"), ("otto", "a")):
        store.opened(user, org)

    assert (store.last("olivia"), store.last("otto"), store.last("mia")) == ("b", "a", None)


def test_drafts_and_the_last_org_go_where_the_person_does_not_belong(database: Database) -> None:
    questions, last = SqlQuestionStore(database), SqlLastOrgs(database)
    draft = UnsavedChanges(base_revision=0, changes=Changes(deleted=frozenset({1})), at=AT)
    for user, org in (("olivia", "a"), ("olivia", "b"), ("olivia", "c"), ("otto", "a")):
        questions.keep_draft(org, user, draft)
    last.opened("olivia", "c")
    leftovers = SqlLeftovers(database)

    leftovers.keep_only("olivia", edits=["a"], member_of=["a", "b"])

    assert [bool(questions.drafts(org, "olivia")) for org in "abc"] == [True, False, False]
    assert questions.drafts("a", "otto")
    assert last.last("olivia") is None

    leftovers.keep_only("olivia", edits=[], member_of=[])
    assert not questions.drafts("a", "olivia")
    assert questions.drafts("a", "otto")
