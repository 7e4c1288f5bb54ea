"""Model servers of an org: keys, kept replies, spending, shared examples, and what the rows of runs took."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_OF_ROWS = {
    "sent": sa.Integer,
    "received": sa.Integer,
    "cached": sa.Integer,
    "nano_usd": sa.BigInteger,
    "reused": sa.Boolean,
    "offered": sa.Boolean,
}


def upgrade() -> None:
    op.add_column("runs", sa.Column("anew", sa.Boolean(), nullable=False, server_default=sa.false()))
    for name, kind in _OF_ROWS.items():
        op.add_column("run_rows", sa.Column(name, kind(), nullable=True))
    op.create_table(
        "server_keys",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "address", name="pk_server_keys"),
    )
    op.create_table(
        "replies",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("reply", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "key", name="pk_replies"),
    )
    op.create_index("ix_replies_at", "replies", ["at"], unique=False)
    op.create_table(
        "spending",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("calls", sa.BigInteger(), nullable=False),
        sa.Column("sent", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("cached", sa.BigInteger(), nullable=False),
        sa.Column("nano_usd", sa.BigInteger(), nullable=False),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("org_id", "month", name="pk_spending"),
    )
    op.create_table(
        "reservations",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("reservation_id", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("nano_usd", sa.BigInteger(), nullable=False),
        sa.Column("unpriced_tokens", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("org_id", "reservation_id", name="pk_reservations"),
    )
    op.create_table(
        "shared_examples",
        sa.Column("org_id", sa.Text(), nullable=False),
        sa.Column("example_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("negatives", sa.JSON(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("org_id", name="pk_shared_examples"),
        sa.UniqueConstraint("example_id", name="uq_shared_examples_example_id"),
    )


def downgrade() -> None:
    for name in ("shared_examples", "reservations", "spending", "replies", "server_keys"):
        op.drop_table(name)
    for name in _OF_ROWS:
        op.drop_column("run_rows", name)
    op.drop_column("runs", "anew")
