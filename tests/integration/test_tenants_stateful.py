"""Random sequences of what people of three organisations do while their roles change, against a simple model."""

import functools
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.datasets.formats.recognised import RecognisedFile
from core.errors import AccessDenied, InvalidInput, NotFound
from core.files.reading import read_table
from core.identity.principal import Permission, Principal
from core.questions.changes import Changes
from core.questions.entry import Entry
from core.questions.policy import Policy
from core.questions.revisions import EditConflict, SettingsConflict
from core.runs.ledger import Status
from core.storage.database import Database
from core.storage.tables import metadata
from tests.integration.tenants import FOREIGN, ORGS, PEOPLE, Roles, installation, may, text_of
from tests.integration.tenants_model import Org, Saved

VIEW, ASK, EDIT, PUBLISH, EVALUATE, MANAGE, SHARE = Permission
SEQUENCES = 50
"""In one test of the daily run."""
STEPS = 24
WORDS = tuple(ORGS.values())
ADDRESS = "http://127.0.0.1:9/v1"
FASTER = ("synchronous=OFF", "journal_mode=MEMORY")
"""For SQLite: what is tested is who sees what, not what a power cut leaves."""


@dataclass
class World:
    """The installation of all sequences; each has orgs of its own in it."""

    parts: Frontline
    database: Database
    roles: Roles
    files: tuple[RecognisedFile, ...]


who = st.integers(0, 4)
"""The org's owner, admin or member, the person with two orgs, or the owner of the next org, as roles were at first."""
which = st.integers(0, 2)
number = st.integers(0, 5)


class Tenants(RuleBasedStateMachine):
    """What people do. Each step is refused exactly when their role of this moment does not allow it."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world, self.parts = world, world.parts
        self.texts = (f"text {n}" for n in itertools.count())
        self.looked_at: dict[str, int] = {}
        ids = [str(uuid.uuid4()) for _ in WORDS]
        self.orgs = [Org(*of) for of in zip(ids, WORDS, world.files, strict=True)]
        world.roles.words = {org.org_id: org.word for org in self.orgs}
        world.roles.roles = {person.user_id: {} for person in PEOPLE.values()}
        for org, place in zip(self.orgs, "123", strict=True):
            for role in ("Owner", "Admin", "Member"):
                world.roles.roles[PEOPLE[f"{role}-{place}"].user_id][org.org_id] = role
        world.roles.roles[PEOPLE["Two"].user_id] = {ids[0]: "Owner", ids[1]: "Member"}
        for org, place in zip(self.orgs, "123", strict=True):
            self.parts.publishing.make_each_save_live(PEOPLE[f"Owner-{place}"], org.org_id)

    def teardown(self) -> None:
        self._every_revision_is_as_it_was_saved()
        with self.world.database.write(every_org=True) as connection:
            for table in reversed(metadata.sorted_tables):
                if "org_id" in table.c:
                    connection.execute(sa.delete(table))

    def person(self, who: int, which: int) -> Principal:
        place = which + 1 if who < 4 else (which + 1) % 3 + 1
        return PEOPLE[("Owner", "Admin", "Member", "Two", "Owner")[who] + (f"-{place}" if who != 3 else "")]

    def does(self, person: Principal, org: Org, permission: Permission, call: Callable[[], object]) -> bool:
        """Whether the person may; what comes back is looked through, and a refusal has the right words."""
        if may(self.world.roles, person, org.org_id, permission):
            self.sees(person, org, call())
            return True
        with pytest.raises(AccessDenied) as error:
            call()
        role = self.world.roles.roles[person.user_id].get(org.org_id)
        assert str(error.value).startswith(f"Your role here ({role}) may not " if role else FOREIGN)
        return False

    def sees(self, person: Principal, org: Org, value: object) -> None:
        """No other org's word, no other person's draft, no key."""
        text = text_of([value, *(getattr(value, name, None) for name in ("conflicts", "current", "problems"))])
        drafts = [draft for owner_id, draft in org.drafts.items() if owner_id != person.user_id]
        hidden = [*(other.word for other in self.orgs if other is not org), *drafts, f"sk-{org.word}"]
        assert [each for each in hidden if each in text] == []

    def text(self, org: Org) -> str:
        return f"{org.word} {next(self.texts)}"

    @initialize()
    def each_org_has_an_entry(self) -> None:
        for index in range(3):
            self.adds(0, index, 0)

    @rule(who=who, which=which, back=number)
    def adds(self, who: int, which: int, back: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        text, base = self.text(org), max(0, org.newest - back)
        changes = Changes(added=[{"question": text, "answer": text}])
        if self.does(person, org, EDIT, lambda: self._save(person, org, base, changes)):
            org.used_ids += 1
            org.save(org.now().changed(answers={org.used_ids: text}))
            org.drafts.pop(person.user_id, None)

    @rule(who=who, which=which, back=number, entry=number, delete=st.booleans())
    def edits_what_was_shown(self, who: int, which: int, back: int, entry: int, delete: bool) -> None:
        person, org = self.person(who, which), self.orgs[which]
        base = max(0, org.newest - back)
        shown = sorted(org.revisions[base].answers)
        if not shown:
            return
        entry_id, text = shown[entry % len(shown)], self.text(org)
        changes = Changes(deleted=frozenset({entry_id})) if delete else Changes(edited={entry_id: {"answer": text}})
        gone = entry_id not in org.now().answers
        conflict = not (gone and delete) and (gone or org.changed_in[entry_id] > base)
        outcome: list[object] = []

        def save() -> object:
            outcome.append(self._unless(EditConflict, lambda: self._save(person, org, base, changes)))
            return outcome[0]

        if not self.does(person, org, EDIT, save):
            return
        assert isinstance(outcome[0], EditConflict) == conflict
        if conflict:
            return
        org.drafts.pop(person.user_id, None)
        if not gone:
            answers = {i: a for i, a in org.now().answers.items() if i != entry_id}
            org.save(Saved(answers if delete else {**org.now().answers, entry_id: text}, org.now().fallback))

    def _save(self, person: Principal, org: Org, base: int, changes: Changes) -> object:
        return self.parts.questions.save(person, org.org_id, base_revision=base, changes=changes, note=org.word)

    def _unless(self, kind: type[Exception], call: Callable[[], object]) -> object:
        """What it gives, or the error of this kind, which ``sees`` looks through as well."""
        try:
            return call()
        except kind as error:
            return error

    @rule(who=who, which=which, back=number)
    def restores(self, who: int, which: int, back: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        wanted = max(1, org.newest - back)
        if org.newest < 1 or not self.does(
            person, org, EDIT, lambda: self.parts.questions.restore(person, org.org_id, wanted)
        ):
            return
        then, now = org.revisions[wanted], org.now()
        owns = may(self.world.roles, person, org.org_id, MANAGE)
        restored = Saved(dict(then.answers), then.fallback if owns else now.fallback)
        if restored != now:
            org.save(restored)

    @rule(who=who, which=which, back=number)
    def changes_the_settings(self, who: int, which: int, back: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        base, text, outcome = max(0, org.newest - back), self.text(org), []
        conflict = org.revisions[base].fallback != org.now().fallback

        def save() -> object:
            made = functools.partial(self.parts.questions.save_settings, person, org.org_id, base_revision=base)
            outcome.append(self._unless(SettingsConflict, lambda: made(policy=Policy(fallback=text))))
            return outcome[0]

        if self.does(person, org, MANAGE, save):
            assert isinstance(outcome[0], SettingsConflict) == conflict
            if not conflict:
                org.save(org.now().changed(fallback=text))

    @rule(who=who, which=which, reader=who)
    def keeps_a_draft_and_somebody_looks_for_theirs(self, who: int, which: int, reader: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        text = f"draft {self.text(org)} of {person.user_id}"
        changes = Changes(added=[{"question": text}])
        keep = functools.partial(self.parts.questions.keep_draft, person, org.org_id)
        if self.does(person, org, EDIT, lambda: keep(base_revision=org.newest, changes=changes)):
            org.drafts[person.user_id] = text
        self._finds_the_draft(self.person(reader, which), org)

    def _finds_the_draft(self, person: Principal, org: Org) -> None:
        found: list[object] = []

        def look() -> object:
            found.append(self.parts.questions.draft(person, org.org_id))
            return found[0]

        if self.does(person, org, EDIT, look):
            kept = org.drafts.get(person.user_id)
            assert (kept in text_of(found[0])) if kept else found[0] is None

    @rule(who=who, which=which, entry=number, of=which)
    def asks(self, who: int, which: int, entry: int, of: int) -> None:
        """By the phrasing of an entry of this org, or of another."""
        person, org, texts = self.person(who, which), self.orgs[which], self.orgs[of].now().answers
        question = texts[sorted(texts)[entry % len(texts)]] if texts else "nothing"
        replies: list[str | None] = []

        def ask() -> object:
            reply = self.parts.answering.ask(person, org.org_id, question)
            replies.append(reply.text)
            return [reply.text, reply.published, reply.outcome]

        if self.does(person, org, ASK, ask):
            assert replies[0] in (*org.now().answers.values(), org.now().fallback)
            assert which == of or replies == [org.now().fallback]

    @rule(who=who, which=which, by=who, of=which)
    def starts_a_run_and_somebody_cancels_it(self, who: int, which: int, by: int, of: int) -> None:
        """In the run's org, or by its id in another."""
        person, org = self.person(who, which), self.orgs[which]
        intake, runs, started = self.parts.intake, self.parts.runs, []

        def start() -> object:
            ready = intake.check(person, org.org_id, org.file)
            run = runs.start(person, org.org_id, name=org.word, preview=ready.preview, revision=ready.revision)
            started.append(run)
            return started[0]

        if self.does(person, org, EVALUATE, start):
            org.runs[started[0].run_id] = (person, Status.QUEUED)
            if by != who:
                self._cancels(self.person(by, of), self.orgs[of], org, started[0].run_id)

    @rule(who=who, which=which, of=which, run=number)
    def cancels_a_run(self, who: int, which: int, of: int, run: int) -> None:
        """Of this org, or by the id of another org's."""
        if runs := list(self.orgs[of].runs):
            self._cancels(self.person(who, which), self.orgs[which], self.orgs[of], runs[run % len(runs)])

    def _cancels(self, person: Principal, org: Org, owning: Org, run_id: str) -> None:
        cancel = functools.partial(self.parts.runs.cancel, person, org.org_id, run_id)
        found: list[object] = []
        if not self.does(person, org, EVALUATE, lambda: found.append(self._unless(NotFound, cancel))):
            return
        assert isinstance(found[0], NotFound) is (org is not owning)
        if org is owning and org.runs[run_id][1] is Status.QUEUED:
            org.runs[run_id] = (org.runs[run_id][0], Status.CANCELLED)

    @rule()
    def the_worker_takes_a_run(self) -> None:
        """As in the background, here in turn: it stops the run of somebody who may not evaluate any more."""
        worker = self.parts.worker
        if not (waiting := worker._store.not_enqueued()):
            assert not any(status is Status.QUEUED for org in self.orgs for _, status in org.runs.values())
            return
        taken = waiting[0]
        for chunk in worker._store.chunks(taken):
            worker._executions.answer(chunk)
        (org,) = [org for org in self.orgs if org.org_id == taken.org_id]
        author, _ = org.runs[taken.run_id]
        done = may(self.world.roles, author, org.org_id, EVALUATE)
        org.runs[taken.run_id] = (author, Status.DONE if done else Status.STOPPED)

    @rule(who=who, which=which)
    def shares(self, who: int, which: int) -> None:
        """What is shared on purpose has no canary: everybody may see it."""
        person, org = self.person(who, which), self.orgs[which]
        name = f"Shared {which} {next(self.texts)}"
        public = {"question": f"Public question {next(self.texts)}", "answer": f"Public answer {next(self.texts)}"}
        taken = [i for i, answer in org.now().answers.items() if answer.startswith("Public")]
        if not taken:
            if not self.does(person, org, EDIT, lambda: self._save(person, org, org.newest, Changes(added=[public]))):
                return
            org.used_ids += 1
            org.save(org.now().changed(answers={org.used_ids: public["answer"]}))
            org.drafts.pop(person.user_id, None)
            taken = [org.used_ids]
        share = functools.partial(self.parts.examples.share, person, org.org_id, name=name)
        if self.does(person, org, MANAGE, lambda: share(entry_ids=taken, with_negatives=False)):
            org.shared = name

    @rule(who=who, which=which)
    def stops_sharing(self, who: int, which: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        if self.does(person, org, MANAGE, lambda: self.parts.examples.unshare(person, org.org_id)):
            org.shared = None

    @rule(who=who, which=which)
    def enters_a_key(self, who: int, which: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        keep = functools.partial(self.parts.servers.keep_key, person, org.org_id, ADDRESS)
        if self.does(person, org, MANAGE, lambda: keep(f"sk-{org.word}-12345678")):
            org.key_by = person.name
        self._each_org_has_its_own_key()

    @rule(who=who, which=which)
    def removes_the_key(self, who: int, which: int) -> None:
        person, org = self.person(who, which), self.orgs[which]
        if self.does(person, org, MANAGE, lambda: self.parts.servers.forget_key(person, org.org_id, ADDRESS)):
            org.key_by = None
        self._each_org_has_its_own_key()

    @rule(who=who, which=which)
    def looks_at_everything(self, who: int, which: int) -> None:
        person, org, parts = self.person(who, which), self.orgs[which], self.parts
        org_id = org.org_id
        self.does(person, org, VIEW, lambda: parts.questions.history(person, org_id))
        self.does(person, org, VIEW, lambda: parts.runs.listed(person, org_id))
        self.does(person, org, VIEW, lambda: parts.spending.month(person, org_id))
        self.does(person, org, VIEW, lambda: self._shared_names(parts.examples.available(person, org_id)))
        self.does(person, org, MANAGE, lambda: parts.audit.events(person, org_id))
        self.does(person, org, MANAGE, lambda: self._the_key_is(org, parts.servers.has_key(person, org_id, ADDRESS)))

    def _each_org_has_its_own_key(self) -> None:
        for org in self.orgs:
            stored = self.parts.servers.key_for(org.org_id, ADDRESS).reveal()
            assert stored == (f"sk-{org.word}-12345678" if org.key_by else "")

    def _shared_names(self, available: list[object]) -> list[object]:
        names = {name for each in available if (name := each.name).startswith("Shared ")}
        assert names == {org.shared for org in self.orgs if org.shared}
        return available

    @staticmethod
    def _the_key_is(org: Org, found: object) -> object:
        assert (found is not None) == (org.key_by is not None)
        assert org.key_by is None or org.key_by in text_of(found)
        return found

    @rule(who=who, which=which, run=number)
    def takes_files_away(self, who: int, which: int, run: int) -> None:
        person, org, parts = self.person(who, which), self.orgs[which], self.parts
        runs = list(org.runs)
        self.does(person, org, MANAGE, lambda: parts.audit.export(person, org.org_id))
        if runs:
            run_id = runs[run % len(runs)]
            self.does(person, org, VIEW, lambda: parts.runs.results(person, org.org_id, run_id).table())
        files = functools.partial(parts.training.files, person, org.org_id)
        self.does(person, org, EVALUATE, lambda: self._unless(InvalidInput, files))

    @rule(who=who, which=which, role=st.sampled_from(["Owner", "Admin", "Member", None]))
    def gets_another_role(self, who: int, which: int, role: str | None) -> None:
        """It holds from the next step on; None takes the person out of the org."""
        roles, org = self.world.roles.roles[self.person(who, which).user_id], self.orgs[which]
        roles.pop(org.org_id, None)
        if role:
            roles[org.org_id] = role

    @invariant()
    def each_org_reads_as_its_model(self) -> None:
        store = self.parts.questions._store
        for org in self.orgs:
            assert store.newest_revision(org.org_id) == org.newest
            if self.looked_at.get(org.org_id) != org.newest:  # each revision is looked at once more at the end
                found = store.snapshot(org.org_id)
                assert _saved(found.entries, found.policy) == org.now()
                self.looked_at[org.org_id] = org.newest
        shared = {each.org_id: each.company.name for each in self.parts.examples._store.all_shared()}
        assert shared == {org.org_id: org.shared for org in self.orgs if org.shared}

    def _every_revision_is_as_it_was_saved(self) -> None:
        store = self.parts.questions._store
        for org in self.orgs:
            for revision in range(1, org.newest + 1):
                found = store.snapshot(org.org_id, revision)
                assert _saved(found.entries, found.policy) == org.revisions[revision]
            runs = {run.run_id: run.status for run in self.parts.runs._store.runs(org.org_id, 100)}
            assert runs == {run_id: status for run_id, (_, status) in org.runs.items()}


def _saved(entries: tuple[Entry, ...], policy: Policy) -> Saved:
    return Saved({entry.id: entry.answer for entry in entries}, policy.fallback)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """An installation on a SQLite file, whose worker does nothing by itself."""
    roles = Roles()
    with installation(f"sqlite:///{tmp_path / 'test.db'}", tmp_path, roles) as parts:
        parts.worker.start = lambda: None
        database: Database = parts.questions._store._database

        @sa.event.listens_for(database.engine, "connect")
        def _faster(connection: object, _record: object) -> None:
            for pragma in FASTER:
                connection.execute(f"PRAGMA {pragma}")

        database.engine.dispose()
        files = [f"question,expected_question\nwhere is {word},__fallback__\n".encode() for word in WORDS]
        yield World(parts, database, roles, tuple(recognise_format(read_table(file, "t.csv")) for file in files))


def whatever_happens_their_texts_never_meet(world: World, seed: int, sequences: int) -> None:
    run_state_machine_as_test(
        hypothesis.seed(seed)(functools.partial(Tenants, world)),
        settings=settings(
            max_examples=sequences,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.parametrize("seed", range(2))
def test_whatever_people_of_three_organisations_do_their_texts_never_meet(world: World, seed: int) -> None:
    whatever_happens_their_texts_never_meet(world, seed, SEQUENCES)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 110))
def test_in_two_thousand_sequences_their_texts_never_meet(world: World, seed: int) -> None:
    whatever_happens_their_texts_never_meet(world, seed, 200)
