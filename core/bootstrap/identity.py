"""Puts together who people are: the demo people, or those of PropelAuth."""

import contextlib
from dataclasses import dataclass

from core.identity.access import Directory
from core.identity.bearer import Bearers
from core.identity.demo import DemoDirectory
from core.identity.last_orgs import LastOrgs
from core.identity.propelauth.directory import PropelAuthDirectory
from core.identity.sessions import Sessions
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import claim
from core.storage.permissions_seen import SqlPermissionsSeen
from core.storage.sign_outs import SqlLastOrgs, SqlLeftovers, SqlSignOuts


@dataclass(frozen=True, kw_only=True)
class IdentityParts:
    """What the rest of the app needs to know of people. ``bearers`` is None with the demo sign-in."""

    directory: Directory
    bearers: Bearers | None
    sessions: Sessions
    last_orgs: LastOrgs


def identity_parts(settings: Settings, database: Database, opened: contextlib.ExitStack) -> IdentityParts:
    """The people of this process. What is opened is closed with ``opened``.

    Raises ConfigurationError when the database belongs to another way of signing in.
    """
    claim(database, "demo" if settings.auth is None else "propelauth")
    sessions, last_orgs = Sessions(SqlSignOuts(database)), SqlLastOrgs(database)
    if settings.auth is None:
        return IdentityParts(directory=DemoDirectory(), bearers=None, sessions=sessions, last_orgs=last_orgs)
    directory = PropelAuthDirectory(settings.auth, SqlLeftovers(database), SqlPermissionsSeen(database))
    opened.callback(directory.close)
    return IdentityParts(directory=directory, bearers=directory, sessions=sessions, last_orgs=last_orgs)
