"""The second wall between orgs: PostgreSQL itself hides the rows of every org but the one a transaction is about.

The first wall is the condition on the org in every query. This one stands where somebody forgets it. It does not stop
who can send statements of their own, since they can change the settings too; and superusers pass it.
"""

import sqlalchemy as sa

ORG_ID = "frontline.org_id"
"""The setting of a transaction that names its org."""
EVERY_ORG = "frontline.every_org"
"""The setting, "on", of a transaction that works across orgs, such as a worker that looks for a run."""

# After a transaction that had the setting, PostgreSQL gives an empty text, not NULL, in the same session.
_OF_THE_ORG = f"org_id = nullif(current_setting('{ORG_ID}', true), '')"
_OF_ALL = f"current_setting('{EVERY_ORG}', true) = 'on'"


def protect(connection: sa.Connection, table: str, *, only_added: bool = False) -> None:
    """Put the wall around a table with a column ``org_id``, also for the role that owns it; nothing on SQLite.

    With ``only_added`` its rows can be read and added, and never be changed or deleted. For migrations: each that makes
    a table with an org calls this.
    """
    if connection.dialect.name != "postgresql":
        return
    for statement in ("ENABLE", "FORCE"):
        connection.exec_driver_sql(f"ALTER TABLE {table} {statement} ROW LEVEL SECURITY")
    for name, allowed in (("of_the_org", _OF_THE_ORG), ("of_all", _OF_ALL)):
        if only_added:
            connection.exec_driver_sql(f"CREATE POLICY {name}_read ON {table} FOR SELECT USING ({allowed})")
            connection.exec_driver_sql(f"CREATE POLICY {name}_add ON {table} FOR INSERT WITH CHECK ({allowed})")
        else:
            connection.exec_driver_sql(f"CREATE POLICY {name} ON {table} USING ({allowed}) WITH CHECK ({allowed})")


def unprotect(connection: sa.Connection, table: str) -> None:
    """Take the wall away again; nothing on SQLite."""
    if connection.dialect.name != "postgresql":
        return
    for name in ("of_the_org", "of_all"):
        for kind in ("", "_read", "_add"):
            connection.exec_driver_sql(f"DROP POLICY IF EXISTS {name}{kind} ON {table}")
    for statement in ("NO FORCE", "DISABLE"):
        connection.exec_driver_sql(f"ALTER TABLE {table} {statement} ROW LEVEL SECURITY")
