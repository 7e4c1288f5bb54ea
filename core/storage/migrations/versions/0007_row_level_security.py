"""On PostgreSQL, the database itself keeps the orgs apart; nothing changes on SQLite."""

from alembic import op

from core.storage.row_level_security import protect, unprotect

revision = "0007"
down_revision = "0006"

_TABLES = (
    *("orgs", "revisions", "entry_versions", "drafts", "runs", "run_rows"),
    *("server_keys", "replies", "spending", "reservations", "shared_examples"),
    *("last_orgs", "idempotency_keys"),
)
_ONLY_ADDED = "audit_events"


def upgrade() -> None:
    for table in _TABLES:
        protect(op.get_bind(), table)
    protect(op.get_bind(), _ONLY_ADDED, only_added=True)


def downgrade() -> None:
    for table in (*_TABLES, _ONLY_ADDED):
        unprotect(op.get_bind(), table)
