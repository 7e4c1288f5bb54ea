"""The tables. Every row of a tenant carries its org, and so does every query."""

from datetime import UTC, datetime

import sqlalchemy as sa

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcDateTime(sa.TypeDecorator[datetime]):
    """A moment in UTC that comes back with its zone from every database."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Store in UTC; SQLite keeps no zone."""
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:  # noqa: ARG002
        """Read as UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


installation = sa.Table(
    "installation",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)

orgs = sa.Table(
    "orgs",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("next_entry_id", sa.Integer, nullable=False),
    sa.Column("live_revision", sa.Integer, nullable=True),  # what visitors get; NULL: each save is live
    sa.Column("publishing_rules", sa.JSON(none_as_null=True), nullable=True),  # see core.publishing.publication
)

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),  # 1, 2, … in their order
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("replaced", sa.Integer, nullable=False),  # the revision that was live before
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("broken", sa.Integer, nullable=True),  # test questions; NULL: nobody checked
)

publication_checks = sa.Table(
    "publication_checks",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("revision", sa.Integer, primary_key=True),
    sa.Column("replaced", sa.Integer, primary_key=True),  # the revision whose place it would take
    sa.Column("asked_on", sa.Text, nullable=False),  # a digest of test questions, settings and engines
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("asked", sa.Integer, nullable=False),
    sa.Column("broken", sa.Integer, nullable=False),
    sa.Column("failed", sa.Integer, nullable=False),
)

revisions = sa.Table(
    "revisions",
    metadata,
    sa.Column("org_id", sa.Text, sa.ForeignKey("orgs.org_id"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("edited", sa.Integer, nullable=False),
    sa.Column("deleted", sa.Integer, nullable=False),
    sa.Column("policy", sa.JSON(none_as_null=True), nullable=True),
)

entry_versions = sa.Table(
    "entry_versions",
    metadata,
    sa.Column("org_id", sa.Text, sa.ForeignKey("orgs.org_id"), primary_key=True),
    sa.Column("entry_id", sa.Integer, primary_key=True),
    sa.Column("since_revision", sa.Integer, primary_key=True),
    sa.Column("until_revision", sa.Integer, nullable=True),  # the first revision that no longer has this version
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("answer", sa.Text, nullable=False),
    sa.Column("alternates", sa.JSON, nullable=False),
    sa.Column("tags", sa.JSON, nullable=False),
    sa.Column("enabled", sa.Boolean, nullable=False),
    sa.Index(None, "org_id", "until_revision"),
)

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("tab", sa.Text, primary_key=True, server_default=""),  # of the person's browser
    sa.Column("base_revision", sa.Integer, nullable=False),
    sa.Column("changes", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("author", sa.Text, nullable=False, server_default=""),  # the person's name; "" in drafts of before
)

settings_drafts = sa.Table(
    "settings_drafts",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("base_revision", sa.Integer, nullable=False),
    sa.Column("policy", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("policy", sa.JSON, nullable=False),
    sa.Column("engine", sa.Text, nullable=False),
    sa.Column("engine_version", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("total", sa.Integer, nullable=False),
    sa.Column("finished", sa.Integer, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column(
        "anew", sa.Boolean, key="bypass_cache", nullable=False, server_default=sa.false()
    ),  # asks all anew, reads no kept replies
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=True),
    sa.Column("ended_at", UtcDateTime, nullable=True),
    sa.Column("dataset_id", sa.Text, nullable=True),
    sa.Column("dataset_version", sa.Integer, nullable=True),
    sa.Column("attempt", sa.Integer, nullable=False, server_default="1"),  # 1 at its start, one more with each resume
    sa.Column("enqueued", sa.Integer, nullable=False, server_default="0"),  # the attempt whose chunks are on the queue
    sa.Column("chunk_rows", sa.Integer, nullable=False, server_default="100"),  # the rows a chunk of this attempt
    sa.Column("going_since", UtcDateTime, nullable=True),  # when it began to go on without a break
    sa.Column("finished_before", sa.Integer, nullable=False, server_default="0"),  # its finished rows at that moment
    sa.Index(None, "org_id", "created_at"),
    sa.Index(None, "status"),
)

executors = sa.Table(
    "executors",
    metadata,
    sa.Column("executor_id", sa.Text, primary_key=True),
    sa.Column("seen_at", UtcDateTime, nullable=False),  # in the database's time
)

run_executors = sa.Table(
    "run_executors",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("executor_id", sa.Text, primary_key=True),  # a process that has calls of the run in flight
    sa.ForeignKeyConstraint(["org_id", "run_id"], ["runs.org_id", "runs.run_id"]),
)

run_rows = sa.Table(
    "run_rows",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("run_id", sa.Text, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),  # 0, 1, … in the order of the file
    sa.Column("line", sa.Integer, nullable=False),  # where it stands in the file
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),  # as the file gave it
    sa.Column("label", sa.Text, nullable=False),  # entry, fallback or none
    sa.Column("label_ids", sa.JSON, nullable=False),
    sa.Column("extra", sa.JSON, nullable=False),  # tags and notes of the file
    sa.Column("verdict", sa.Text, nullable=True),  # NULL until the row is finished
    sa.Column("given_id", sa.Integer, nullable=True),
    sa.Column("best_id", sa.Integer, nullable=True),
    sa.Column("phrasing", sa.Text, nullable=True),
    sa.Column("score", sa.Float, nullable=True),
    sa.Column("confidence", sa.Float, nullable=True),
    sa.Column("seconds", sa.Float, nullable=True),
    sa.Column("reason", sa.Text, nullable=True),
    sa.Column("sent", sa.Integer, nullable=True),  # tokens, as the server counted them
    sa.Column("received", sa.Integer, nullable=True),
    sa.Column("cached", sa.Integer, nullable=True),
    sa.Column("nano_usd", sa.BigInteger, nullable=True),  # NULL: nothing was asked, or nobody knows the price
    sa.Column("reused", sa.Boolean, nullable=True),  # a kept reply of an earlier call
    sa.Column("offered", sa.Boolean, nullable=True),  # whether a shortlist held an expected entry; NULL without one
    sa.Column("doubtful", sa.Boolean, nullable=True),  # whether a cascade asked its model; NULL with other engines
    sa.ForeignKeyConstraint(["org_id", "run_id"], ["runs.org_id", "runs.run_id"]),
)

datasets = sa.Table(
    "datasets",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("dataset_id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("name_key", sa.Text, nullable=True),  # in one case; NULL once it is archived, so that the name is free
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("next_row", sa.Integer, nullable=False),
    sa.Column("understood", sa.JSON(none_as_null=True), nullable=True),  # see core.datasets.understanding
    sa.UniqueConstraint("org_id", "name_key"),
)

dataset_versions = sa.Table(
    "dataset_versions",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("dataset_id", sa.Text, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.Column("rows", sa.Integer, nullable=False),
    sa.ForeignKeyConstraint(["org_id", "dataset_id"], ["datasets.org_id", "datasets.dataset_id"]),
)

dataset_rows = sa.Table(
    "dataset_rows",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("dataset_id", sa.Text, primary_key=True),
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("since_version", sa.Integer, primary_key=True),
    sa.Column("until_version", sa.Integer, nullable=True),  # the first version that no longer has it so
    sa.Column("line", sa.Integer, nullable=False),
    sa.Column("question", sa.Text, nullable=False),
    sa.Column("expected", sa.Text, nullable=False),  # as the file or the person gave it
    sa.Column("label", sa.Text, nullable=False),  # entry, fallback or none
    sa.Column("meant", sa.JSON, nullable=False),  # the entries that were named
    sa.Column("extra", sa.JSON, nullable=False),  # tags, split, note and group
    sa.Column("held_out", sa.Boolean, nullable=False),
    sa.Column("labelled_by_id", sa.Text, nullable=True),  # NULL: the label is the file's
    sa.Column("labelled_by", sa.Text, nullable=True),
    sa.Column("labelled_at", UtcDateTime, nullable=True),
    sa.ForeignKeyConstraint(["org_id", "dataset_id"], ["datasets.org_id", "datasets.dataset_id"]),
)

server_keys = sa.Table(
    "server_keys",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("address", sa.Text, primary_key=True),  # a key is never sent to another address than it was entered for
    sa.Column("sealed", sa.Text, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

replies = sa.Table(
    "replies",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("reply", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Index(None, "at"),
)

spending = sa.Table(
    "spending",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("month", sa.Text, primary_key=True),  # such as 2026-11, in UTC
    sa.Column("calls", sa.BigInteger, nullable=False),
    sa.Column("sent", sa.BigInteger, nullable=False),
    sa.Column("received", sa.BigInteger, nullable=False),
    sa.Column("cached", sa.BigInteger, nullable=False),
    sa.Column("nano_usd", sa.BigInteger, nullable=False),
    sa.Column("unpriced_tokens", sa.BigInteger, nullable=False),  # of calls whose price nobody knows
)

reservations = sa.Table(
    "reservations",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("reservation_id", sa.Text, primary_key=True),
    sa.Column("month", sa.Text, nullable=False),
    sa.Column("nano_usd", sa.BigInteger, nullable=False),
    sa.Column("unpriced_tokens", sa.BigInteger, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=True),  # NULL: until it is released
)

shared_examples = sa.Table(
    "shared_examples",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("example_id", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("entries", sa.JSON, nullable=False),
    sa.Column("negatives", sa.JSON, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),  # of the request, so that another with this key is told apart
    sa.Column("answer", sa.JSON(none_as_null=True), nullable=True),  # NULL until it is there
    sa.Column("at", UtcDateTime, nullable=False),
)

sign_outs = sa.Table(
    "sign_outs",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("before", UtcDateTime, nullable=False),  # every sign-in before this moment has ended
)

last_orgs = sa.Table(
    "last_orgs",
    metadata,
    sa.Column("user_id", sa.Text, primary_key=True),
    sa.Column("org_id", sa.Text, nullable=False),
)

audit_events = sa.Table(
    "audit_events",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("event_id", sa.Text, primary_key=True),  # begins with the moment, so that their order is that of time
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("actor_id", sa.Text, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("details", sa.Text, nullable=False),
)

refused_outsiders = sa.Table(
    "refused_outsiders",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("day", sa.Text, primary_key=True),  # such as 2026-11-03, in UTC
    sa.Column("times", sa.BigInteger, nullable=False),
)

ignored_findings = sa.Table(
    "ignored_findings",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),  # a digest of what the finding is about
    sa.Column("user_id", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

chat_settings = sa.Table(
    "chat_settings",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),  # counts the saves
    sa.Column("settings", sa.JSON, nullable=False),  # see core.chat.settings
)

chat_talks = sa.Table(
    "chat_talks",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("talk", sa.Text, primary_key=True),  # a digest of its id
    sa.Column("whose", sa.Text, nullable=False),  # the id of a person, or a link
    sa.Column("messages", sa.JSON, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),  # of the last message
    sa.Index(None, "at"),
)

share_links = sa.Table(
    "share_links",
    metadata,
    sa.Column("org_id", sa.Text, primary_key=True),
    sa.Column("link_id", sa.Text, primary_key=True),
    sa.Column("token_hash", sa.Text, nullable=False, unique=True),
    sa.Column("org_name", sa.Text, nullable=False),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("author_id", sa.Text, nullable=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("ends_at", UtcDateTime, nullable=False),
    sa.Column("revoked_at", UtcDateTime, nullable=True),  # NULL: nobody revoked it
    sa.Column("asked", sa.BigInteger, nullable=False),
    sa.Column("hour_began", UtcDateTime, nullable=True),  # NULL: nothing was asked yet
    sa.Column("asked_in_hour", sa.Integer, nullable=False),
)
