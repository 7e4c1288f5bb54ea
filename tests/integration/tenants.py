"""Three organisations in one installation, each with a canary in every text that it keeps, and people of every role."""

import contextlib
import dataclasses
import io
import time
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import sqlalchemy as sa

from core.bootstrap import Frontline, build
from core.datasets.formats.choice import recognise_format
from core.datasets.formats.recognised import RecognisedFile
from core.datasets.preview import Preview
from core.engines.protocol import Engine
from core.files.reading import read_table
from core.identity.principal import ROLE_PERMISSIONS, Membership, Permission, Principal
from core.questions.changes import Changes
from core.questions.policy import EngineKind, ModelSettings, Policy
from core.runs.ledger import DatasetRef, Run
from core.settings import Settings
from core.storage.database import Database
from core.storage.tables import metadata
from tests.fakes import LiteralEngine, each_save_is_live

A, B, C = (f"{n}{n}{n}{n}{n}{n}{n}{n}-0000-4000-8000-00000000000{n}" for n in (1, 2, 3))
ORGS = {A: "canaryalpha", B: "canarybravo", C: "canarycharlie"}
"""The orgs, each with the word that stands in all its texts and nowhere else."""
UNKNOWN = "99999999-0000-4000-8000-000000000009"
NUMBER = {org: number for number, org in enumerate(ORGS, 1)}
KEYS = {org: f"sk-{word}-0123456789" for org, word in ORGS.items()}
TO_SHARE = 2
"""The number of each org's entry without its canary: what an owner may share on purpose."""
FOREIGN = "You have no access to this organisation."


def _person(number: int, name: str) -> Principal:
    user_id = f"aaaaaaaa-0000-4000-8000-{number:012d}"
    return Principal(user_id=user_id, email=f"p{number}@example.com", name=name)


_ROLES = {f"{role}-{NUMBER[org]}": {org: role} for org in ORGS for role in ROLE_PERMISSIONS}
ROLES: Mapping[str, Mapping[str, str]] = {**_ROLES, "Two": {A: "Owner", B: "Member"}, "Outsider": {}}
"""Everybody's roles by org: each role in each org, somebody with two different ones, and somebody with none."""
PEOPLE = {name: _person(number, f"Person {number}") for number, name in enumerate(ROLES, 1)}


def owner(org: str) -> Principal:
    return PEOPLE[f"Owner-{NUMBER[org]}"]


def word(org: str) -> str:
    """The canary; of an org that does not exist that of the first."""
    return ORGS.get(org, ORGS[A])


def foreign_words(orgs: Sequence[str]) -> list[str]:
    """What nobody of only these orgs may ever see: the canaries and ids of the others."""
    others = [org for org in ORGS if org not in orgs]
    return [*others, *(ORGS[org] for org in others)]


class Roles:
    """Who belongs where; ``roles`` can be changed at any time and holds at once. ``words`` are the orgs' canaries."""

    people = tuple(PEOPLE.values())

    def __init__(self) -> None:
        self.words: Mapping[str, str] = ORGS
        self.roles = {PEOPLE[name].user_id: dict(roles) for name, roles in ROLES.items()}

    def principal(self, user_id: str) -> Principal | None:
        return next((person for person in self.people if person.user_id == user_id), None)

    def memberships(self, user_id: str, *, fresh: bool = False) -> Mapping[str, Membership]:
        return {
            org: Membership(
                org_id=org, org_name=f"{self.words[org]} Ltd", role=role, permissions=ROLE_PERMISSIONS[role]
            )
            for org, role in self.roles[user_id].items()
        }


def may(roles: Roles, person: Principal, org: str, permission: Permission) -> bool:
    """What the table of permissions says at this moment."""
    return permission in ROLE_PERMISSIONS.get(roles.roles[person.user_id].get(org, ""), ())


def stand_in(patch: pytest.MonkeyPatch, roles: Roles, engine: Engine | None = None) -> None:
    """Let ``build`` find these people, no demo orgs, and a built-in engine that needs no weights."""
    built_in = engine or LiteralEngine()
    patch.setattr("core.bootstrap.identity.DemoDirectory", lambda: roles)
    patch.setattr("core.bootstrap.DemoOrgs.fill", lambda _: None)
    patch.setattr("core.bootstrap.engines.SemanticEngine", lambda *_: built_in)


@contextlib.contextmanager
def installation(
    database_url: str, data_dir: Path, roles: Roles, engine: Engine | None = None, *, live: Iterable[str] = tuple(ORGS)
) -> Iterator[Frontline]:
    """A whole Frontline for these people. In the orgs ``live`` each save is live, in others it is published by hand."""
    with pytest.MonkeyPatch.context() as patch:
        stand_in(patch, roles, engine)
        parts = build(Settings(data_dir=data_dir, database_url=database_url))
        database = Database(database_url)
        each_save_is_live(database, live)
        database.close()
        try:
            yield parts
        finally:
            parts.stop()


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What an org has after ``fill``."""

    base_url: str
    revision: int
    run: Run
    file: bytes
    found: RecognisedFile
    preview: Preview
    dataset: DatasetRef


def fill(parts: Frontline, org: str, base_url: str = "http://127.0.0.1:9/v1", policy: Policy | None = None) -> Facts:
    """Put the org's canary wherever an org keeps a text."""
    boss, mark = owner(org), word(org)
    _save_entries(parts, org)
    settings = policy or Policy(fallback=f"A person of {mark} will call.", model=model_settings(org, base_url))
    saved = parts.questions.save_settings(boss, org, base_revision=2, policy=settings, note=f"Settings of {mark}")
    assert saved is not None
    parts.servers.keep_key(boss, org, base_url, KEYS[org])
    for name in (f"Owner-{NUMBER[org]}", f"Admin-{NUMBER[org]}"):
        draft = Changes(edited={1: {"answer": draft_word(PEOPLE[name], org)}})
        parts.questions.keep_draft(PEOPLE[name], org, base_revision=saved.number, changes=draft)
    parts.examples.share(boss, org, name=f"Example {mark}", entry_ids=[1], with_negatives=True)
    parts.examples.unshare(boss, org)
    parts.publishing.publish_by_hand(boss, org)
    parts.publishing.publish(boss, org, revision=1, live=saved.number, reason=f"Reason of {mark}")
    parts.publishing.make_each_save_live(boss, org)
    parts.share_links.make(boss, org, name=f"For {mark}", days=7)
    parts.audit.signed_in(boss, f"session of {NUMBER[org]}")
    parts.answering.ask(boss, org, f"Where is my {mark}?")
    return _run(parts, org, base_url, saved.number)


def draft_word(person: Principal, org: str) -> str:
    """Stands in this person's draft only."""
    return f"draft of {word(org)} {person.user_id}"


def model_settings(org: str, base_url: str, **more: Any) -> ModelSettings:
    mark = word(org)
    given = {
        "engine": EngineKind.BUILT_IN,
        "base_url": base_url,
        "model": f"model-{mark}",
        "company": f"{mark} Ltd",
        "description": f"We sell {mark}",
        "negatives": (f"my {mark} is broken",),
    }
    return ModelSettings(**{**given, **more})


def _save_entries(parts: Frontline, org: str) -> None:
    mark, boss = word(org), owner(org)
    modes = [f"{mark} number {n}" for n in range(8)]
    rows = (
        {"question": f"Where is my {mark}?", "answer": f"In the {mark} shop.", "alternates": modes, "tags": [mark]},
        {"question": "When are you open?", "answer": "From 9 to 5.", "alternates": [], "tags": []},
        {"question": f"An old {mark}?", "answer": f"No {mark} any more.", "enabled": False},
        {"question": f"A deleted {mark}?", "answer": f"No {mark} here."},
    )
    parts.questions.save(boss, org, base_revision=0, changes=Changes(added=rows), note=f"First of {mark}")
    parts.questions.save(boss, org, base_revision=1, changes=Changes(deleted=frozenset({4})), note=f"Without {mark}")


def _run(parts: Frontline, org: str, base_url: str, revision: int) -> Facts:
    mark = word(org)
    file = (
        "question,expected_question,tags,split,note\n"
        f"Where is my {mark}?,Where is my {mark}?,{mark},train {mark},note {mark}\n"
        f"do you like {mark},__fallback__,{mark},train,note {mark}\n"
    ).encode()
    found = recognise_format(read_table(file, "t.csv"))
    ready = parts.intake.check(owner(org), org, found)
    preview, checked = ready.preview, ready.revision
    kept = parts.datasets.save(owner(org), org, name=f"Tests of {mark}", preview=preview, source=f"{mark}.csv")
    started = parts.runs.start(owner(org), org, name=f"{mark}.csv", preview=preview, revision=checked, dataset=kept)
    return Facts(
        base_url=base_url,
        revision=revision,
        run=started,
        file=file,
        found=found,
        preview=preview,
        dataset=kept,
    )


def settled(parts: Frontline) -> None:
    """Wait until every run has ended, then end the background work: from now on a run that is started waits."""
    until = time.monotonic() + 60
    while any(run.active for org in ORGS for run in parts.runs.listed(owner(org), org)):
        assert time.monotonic() < until, "the runs do not end"
        time.sleep(0.02)
    parts.worker.stop()


def contents(database: Database) -> dict[str, dict[str, list[str]]]:
    """Every row of every table that belongs to orgs, by org and table."""
    found: dict[str, dict[str, list[str]]] = {}
    with database.read(every_org=True) as connection:
        for table in metadata.sorted_tables:
            if "org_id" in table.c and table.name != "last_orgs":  # that one belongs to people
                for row in connection.execute(sa.select(table)):
                    found.setdefault(row.org_id, {}).setdefault(table.name, []).append(repr(row))
    return {org: {name: sorted(rows) for name, rows in tables.items()} for org, tables in found.items()}


def text_of(value: object) -> str:
    """Every text in a value, however deep, and of a file what is packed in it."""
    if isinstance(value, bytes):
        return _text_of_file(value)
    if isinstance(value, pd.DataFrame):
        return f"{value.to_csv()}\n{value.to_dict()!r}"
    if isinstance(value, Mapping):
        return "\n".join(f"{text_of(key)}\n{text_of(each)}" for key, each in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return "\n".join(map(text_of, value))
    if dataclasses.is_dataclass(value):
        return "\n".join(text_of(getattr(value, field.name)) for field in dataclasses.fields(value))
    secret = getattr(value, "reveal", None)
    return f"{value!r}\n{value}" + (f"\n{secret()}" if secret else "")


def _text_of_file(data: bytes) -> str:
    if data[:2] != b"PK":
        return data.decode("utf-8-sig")
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
