"""What is remembered of the sign-in service's permissions, on a real database."""

from core.storage.database import Database
from core.storage.permissions_seen import SqlPermissionsSeen


def test_that_somebody_was_seen_with_a_permission_is_remembered_once_and_for_all(database: Database) -> None:
    seen = SqlPermissionsSeen(database)
    before = seen.is_known()
    seen.note()
    seen.note()

    assert (before, SqlPermissionsSeen(database).is_known()) == (False, True)
