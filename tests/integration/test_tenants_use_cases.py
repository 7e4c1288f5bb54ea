"""Every use case of Frontline, for every role in three organisations: who may, who may not, and what comes back."""

# ruff: noqa: ARG005 - each call is given the same

import contextlib
import dataclasses
import functools
import inspect
import logging
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.chat.settings import ChatSettings
from core.datasets.intake import RunInput
from core.errors import AccessDenied, FrontlineError, InvalidInput, NotFound
from core.files.table import ReadingChoices
from core.health.asked_questions import SuggestedBy, Suggestion
from core.health.findings import SameQuestion
from core.identity.principal import Permission, Principal
from core.publishing.check import CheckNeeded
from core.publishing.publication import PublishingRules
from core.questions.changes import Changes
from core.questions.policy import ModelSettings, Policy
from core.questions.policy_fields import with_values
from core.questions.promise import Promise
from core.report import tables
from core.report.html import html
from core.report.junit import junit
from core.report.report import Report
from core.runs.analysis import Analysis
from core.storage.database import Database
from core.transfer.exporting import FORMATS
from core.transfer.options import MatchBy, Options
from core.transfer.plan import Plan
from core.transfer.reading import ReadFile, Upload, read_files
from tests.integration.tenants import (
    FOREIGN,
    KEYS,
    NUMBER,
    ORGS,
    PEOPLE,
    ROLES,
    TO_SHARE,
    UNKNOWN,
    A,
    B,
    Facts,
    Roles,
    contents,
    draft_word,
    fill,
    foreign_words,
    installation,
    may,
    owner,
    settled,
    text_of,
    word,
)
from tests.model_server import ModelServer

VIEW, ASK, EDIT, PUBLISH, EVALUATE, MANAGE, SHARE = Permission
Call = Callable[[Frontline, Principal, str, Facts], object]
Contents = dict[str, dict[str, list[str]]]
"""The rows of the database by org and table."""


def save(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    entry = {"question": f"New {uuid.uuid4()} {word(o)}", "answer": f"For {word(o)}"}
    return f.questions.save(p, o, base_revision=k.revision, changes=Changes(added=[entry]), note=f"By {word(o)}")


def add_phrasing(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.questions.add_phrasing(p, o, entry_id=1, phrasing=f"{word(o)} {uuid.uuid4()}", note=f"By {word(o)}")


def save_dataset(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.datasets.save(p, o, name=f"{word(o)} again", preview=k.preview, source=f"{word(o)}.csv")


def rename_dataset(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.datasets.rename(p, o, k.dataset.dataset_id, f"{word(o)} {uuid.uuid4()}")


def correct_label(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """To and fro, so that each person changes something."""
    run = k.run.run_id
    return [f.fixes.correct_label(p, o, run, line=2, entry_id=entry) for entry in (None, 1)]


def add_phrasing_of_a_row(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.fixes.add_phrasing(p, o, k.run.run_id, line=3, question=f"do you like {word(o)}", entry_id=1)


def keep_question(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """In the set of the name for Ask, and in one of the org's own."""
    question = f"{uuid.uuid4()} {word(o)}"
    sets = (None, k.dataset.dataset_id)
    return [f.kept_questions.keep(p, o, question=question, entry_id=1, dataset_id=one) for one in sets]


def add_phrasing_of_ask(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.kept_questions.add_phrasing(p, o, question=f"{word(o)} {uuid.uuid4()}", entry_id=1)


def save_settings(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    now = f.questions.table(owner(o if o in ORGS else A), o if o in ORGS else A)
    policy = with_values(now.policy, {"fallback": f"{uuid.uuid4()} {word(o)}"})
    return f.questions.save_settings(p, o, base_revision=now.revision, policy=policy)


def change_chat(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    version = f.chat.settings(owner(o if o in ORGS else A), o if o in ORGS else A).version
    return f.chat.change(p, o, ChatSettings(greeting=f"{uuid.uuid4()} {word(o)}"), version=version)


def promise(run_id: str) -> Promise:
    return Promise(
        most_wrong=5,
        run_id=run_id,
        threshold=0.6,
        visitors=100,
        wrong=1,
        questions=100,
        answered_right=50,
        answered_right_before=60,
    )


def offered(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    org = o if o in ORGS else A
    return f.promises.offered(p, o, Analysis(f.runs.results(owner(org), org, k.run.run_id)), 5)


def promised_settings(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """What cannot be promised now is refused in words."""
    try:
        return f.promises.settings_with(p, o, promise(k.run.run_id))
    except AccessDenied:
        raise
    except FrontlineError as refused:
        return str(refused)


def publish(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """Makes another revision live, whichever is live now, with a reason: the engine's server may break the tests."""
    live = f.publishing.state(p, o).live
    with contextlib.suppress(InvalidInput, CheckNeeded):
        f.publishing.publish(p, o, revision=1 if live > 1 else k.revision, live=live, reason=f"For {word(o)}")
    return f.publishing.publications(p, o)


def repair(f: Frontline, p: Principal, o: str, k: Facts, how: str) -> object:
    """Of entries or texts that are not there: refused in words, so that the table stays as it is."""
    calls = {
        "merge": {"keep": 1, "gone": 999},
        "move": {"phrasing": "not there", "source": 1, "target": 2},
        "ask_once": {"found": SameQuestion(entry_ids=(1, 1), texts=("not", "there"))},
    }
    try:
        return getattr(f.table_health, how)(p, o, base_revision=k.revision, **calls[how])
    except AccessDenied:
        raise
    except FrontlineError as refused:
        return str(refused)


def refusal(call: Callable[[], object]) -> object:
    """What comes back, or the words in which it is refused for another reason than the person."""
    try:
        return call()
    except AccessDenied:
        raise
    except FrontlineError as refused:
        return str(refused)


def accept_suggestion(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    one = Suggestion(phrasing=f"{word(o)} {uuid.uuid4()}", by=SuggestedBy.MODEL)
    return f.suggestions.accept(p, o, 1, one)


def keep_draft(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    changes = Changes(edited={1: {"answer": draft_word(p, o)}})
    return f.questions.keep_draft(p, o, base_revision=k.revision, changes=changes)


def keep_settings_draft(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    entered = Policy(fallback=draft_word(p, o))
    return f.settings_drafts.keep(p, o, base_revision=k.revision, policy=entered)


def ready(o: str, k: Facts) -> RunInput:
    return RunInput(name=f"{word(o)} again", source=f"{word(o)}.csv", preview=k.preview, revision=k.revision)


def read_unasked(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.intake.read_unasked(
        p, o, k.file, "t.csv", name=word(o), choices=ReadingChoices(), columns={}, expected_kind=None
    )


def keep(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.intake.keep(p, o, ready(o, k), f"{word(o)} kept")


def start_from_file(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    newest = f.questions.newest_revision(owner(o if o in ORGS else A), o if o in ORGS else A)
    return f.intake.start(p, o, replace(ready(o, k), revision=newest), keep_as=f"{word(o)} from a file")


def start(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    newest = f.questions.newest_revision(owner(o if o in ORGS else A), o if o in ORGS else A)
    return f.runs.start(p, o, name=f"{word(o)} again", preview=k.preview, revision=newest)


def cancel(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    runs = f.runs.listed(owner(o), o) if o in ORGS else [k.run]
    return f.runs.cancel(p, o, next((run for run in runs if run.active), k.run).run_id)


def steer(f: Frontline, p: Principal, o: str, k: Facts, how: str) -> object:
    """A run of this org that has ended, or waits: what cannot be done with it now is refused in words."""
    runs = f.runs.listed(owner(o), o) if o in ORGS else [k.run]
    try:
        return getattr(f.runs, how)(p, o, next((run for run in runs if run.active), k.run).run_id)
    except AccessDenied:
        raise
    except FrontlineError as refused:
        return str(refused)


def results(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """The rows, and the files that people take away. These are made of the rows alone: one person's are looked at."""
    found = f.runs.results(p, o, k.run.run_id)
    if p != owner(o):
        return found
    report = Report(analysis=Analysis(found), took=f.runs.took(p, o, k.run.run_id))
    return found, tables.csv(report.analysis), tables.workbook(report.analysis), junit(report.analysis), html(report)


def table(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """The newest table, each earlier one, and the file that people take away."""
    newest = f.questions.table(p, o)
    file = FORMATS["xlsx"].file(newest.entries)
    return newest, file, [f.questions.table(p, o, number) for number in range(newest.revision)]


def events(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """All pages, and those after an event of another org."""
    foreign = [e for org in ORGS if org != o for e in f.audit.events(owner(org), org, limit=3)]
    return [f.audit.events(p, o, limit=1000), *(f.audit.events(p, o, before=e.event_id) for e in foreign)]


def share(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.examples.share(p, o, name=f"Shared by {o[0]}", entry_ids=[TO_SHARE], with_negatives=False)


def revoke_link(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    """The newest; refused in words where there is none."""
    links = f.share_links.listed(owner(o), o) if o in ORGS else []
    return refusal(lambda: f.share_links.revoke(p, o, links[0].link_id if links else UNKNOWN))


def preview(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.examples.preview(p, o, name=f"Previewed {word(o)}", entry_ids=[1], with_negatives=True)


def import_file(org: str) -> Upload:
    return "faq.csv", f"question,answer\nWhat of {word(org)} is imported?,Everything of {word(org)}\n".encode()


@functools.cache
def found_in_import(org: str) -> ReadFile:
    """What ``transfer.read`` finds in the file: each reading starts a process."""
    return read_files([import_file(org)], org_id=org)


def plan_import(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    return f.transfer.plan(p, o, found_in_import(o if o in ORGS else A), Options())


def apply_import(f: Frontline, p: Principal, o: str, k: Facts) -> object:
    changes = Changes(added=[{"question": f"Imported {uuid.uuid4()} {word(o)}", "answer": f"For {word(o)}"}])
    made = Plan(rows=(), changes=changes, base_revision=k.revision, matched_by=MatchBy.QUESTION)
    return f.transfer.apply(p, o, made, note=f"Imported by {word(o)}")


CASES: dict[str, tuple[Permission, Call]] = {
    "questions.table": (VIEW, table),
    "questions.settings": (VIEW, lambda f, p, o, k: f.questions.settings(p, o)),
    "questions.newest_revision": (VIEW, lambda f, p, o, k: f.questions.newest_revision(p, o)),
    "questions.history": (VIEW, lambda f, p, o, k: f.questions.history(p, o)),
    "questions.save": (EDIT, save),
    "questions.add_phrasing": (EDIT, add_phrasing),
    "questions.keep_draft": (EDIT, keep_draft),
    "questions.draft": (EDIT, lambda f, p, o, k: f.questions.draft(p, o)),
    "questions.drafts": (EDIT, lambda f, p, o, k: f.questions.drafts(p, o)),
    "questions.others_editing": (EDIT, lambda f, p, o, k: f.questions.others_editing(p, o)),
    "questions.draft_times": (EDIT, lambda f, p, o, k: f.questions.draft_times(p, o)),
    "questions.save_settings": (MANAGE, save_settings),
    "questions.restore": (EDIT, lambda f, p, o, k: f.questions.restore(p, o, k.revision)),
    "transfer.read": (EDIT, lambda f, p, o, k: f.transfer.read(p, o, [import_file(o)])),
    "transfer.plan": (EDIT, plan_import),
    "transfer.apply": (EDIT, apply_import),
    "transfer.export": (VIEW, lambda f, p, o, k: [f.transfer.export(p, o, one) for one in FORMATS.values()]),
    "publishing.state": (VIEW, lambda f, p, o, k: f.publishing.state(p, o)),
    "publishing.publications": (VIEW, lambda f, p, o, k: f.publishing.publications(p, o)),
    "publishing.were_live": (VIEW, lambda f, p, o, k: f.publishing.were_live(p, o)),
    "publishing.set_rules": (MANAGE, lambda f, p, o, k: f.publishing.set_rules(p, o, PublishingRules(max_broken=9))),
    "publishing.publish_by_hand": (MANAGE, lambda f, p, o, k: f.publishing.publish_by_hand(p, o)),
    "publishing.publish": (PUBLISH, publish),
    "publishing.make_each_save_live": (MANAGE, lambda f, p, o, k: f.publishing.make_each_save_live(p, o)),
    "questions.entry_changes": (VIEW, lambda f, p, o, k: f.questions.entry_changes(p, o, 1)),
    "questions.trial": (VIEW, lambda f, p, o, k: f.questions.trial(p, o)),
    "checks.asks_a_server": (VIEW, lambda f, p, o, k: f.checks.asks_a_server(p, o)),
    "checks.count": (VIEW, lambda f, p, o, k: f.checks.count(p, o)),
    "checks.of_saved": (EVALUATE, lambda f, p, o, k: f.checks.of_saved(p, o, 1, k.revision)),
    "checks.of_unsaved": (EVALUATE, lambda f, p, o, k: f.checks.of_unsaved(p, o, k.revision, Changes())),
    "checks.of_settings": (EVALUATE, lambda f, p, o, k: f.checks.of_settings(p, o, k.revision, Policy())),
    "checks.effort_of_settings": (EVALUATE, lambda f, p, o, k: f.checks.effort_of_settings(p, o, 1, Policy())),
    "checks.effort_of_saved": (EVALUATE, lambda f, p, o, k: f.checks.effort_of_saved(p, o, 1, k.revision)),
    "table_health.report": (VIEW, lambda f, p, o, k: f.table_health.report(p, o)),
    "table_health.texts": (VIEW, lambda f, p, o, k: f.table_health.texts(p, o)),
    "table_health.glance": (VIEW, lambda f, p, o, k: f.table_health.glance(p, o, wait=30)),
    "table_health.at_hand": (VIEW, lambda f, p, o, k: f.table_health.at_hand(p, o, wait=30)),
    "table_health.ignore": (EDIT, lambda f, p, o, k: f.table_health.ignore(p, o, word(o))),
    "table_health.show_again": (EDIT, lambda f, p, o, k: f.table_health.show_again(p, o, word(o))),
    "table_health.ignore_nothing": (EDIT, lambda f, p, o, k: f.table_health.ignore_nothing(p, o)),
    "table_health.merge": (EDIT, lambda f, p, o, k: repair(f, p, o, k, "merge")),
    "table_health.move": (EDIT, lambda f, p, o, k: repair(f, p, o, k, "move")),
    "table_health.ask_once": (EDIT, lambda f, p, o, k: repair(f, p, o, k, "ask_once")),
    "suggestions.can_write": (VIEW, lambda f, p, o, k: f.suggestions.can_write(p, o)),
    "suggestions.from_runs": (EDIT, lambda f, p, o, k: f.suggestions.from_runs(p, o, 1)),
    "suggestions.written": (EDIT, lambda f, p, o, k: refusal(lambda: f.suggestions.written(p, o, 1))),
    "suggestions.accept": (EDIT, accept_suggestion),
    "settings_drafts.keep": (MANAGE, keep_settings_draft),
    "settings_drafts.find": (MANAGE, lambda f, p, o, k: f.settings_drafts.find(p, o)),
    "settings_drafts.drop": (MANAGE, lambda f, p, o, k: f.settings_drafts.drop(p, o)),
    "answering.trouble": (ASK, lambda f, p, o, k: f.answering.trouble(p, o)),
    "answering.ask": (ASK, lambda f, p, o, k: [f.answering.ask(p, o, q) for q in (f"Where is my {word(o)}?", "x")]),
    "chat.settings": (MANAGE, lambda f, p, o, k: f.chat.settings(p, o)),
    "chat.change": (MANAGE, change_chat),
    "intake.read": (EVALUATE, lambda f, p, o, k: f.intake.read(p, o, k.file, "t.csv")),
    "intake.read_unasked": (EVALUATE, read_unasked),
    "intake.check": (EVALUATE, lambda f, p, o, k: f.intake.check(p, o, k.found)),
    "runs.guess_labels": (EVALUATE, lambda f, p, o, k: f.runs.guess_labels(p, o, k.preview)),
    "intake.keep": (EVALUATE, keep),
    "intake.kept": (EVALUATE, lambda f, p, o, k: f.intake.kept(p, o, k.dataset.dataset_id)),
    "intake.of_run": (EVALUATE, lambda f, p, o, k: f.intake.of_run(p, o, k.run.run_id)),
    "intake.start": (EVALUATE, start_from_file),
    "runs.estimate": (EVALUATE, lambda f, p, o, k: f.runs.estimate(p, o, preview=k.preview)),
    "runs.start": (EVALUATE, start),
    "runs.pause": (EVALUATE, lambda f, p, o, k: steer(f, p, o, k, "pause")),
    "runs.resume": (EVALUATE, lambda f, p, o, k: steer(f, p, o, k, "resume")),
    "runs.retry_failed": (EVALUATE, lambda f, p, o, k: steer(f, p, o, k, "retry_failed")),
    "runs.start_again": (EVALUATE, lambda f, p, o, k: f.runs.start_again(p, o, k.run.run_id)),
    "runs.cancel": (EVALUATE, cancel),
    "runs.run": (VIEW, lambda f, p, o, k: f.runs.run(p, o, k.run.run_id)),
    "runs.listed": (VIEW, lambda f, p, o, k: f.runs.listed(p, o)),
    "runs.summary": (VIEW, lambda f, p, o, k: f.runs.summary(p, o, k.run.run_id)),
    "runs.took": (VIEW, lambda f, p, o, k: f.runs.took(p, o, k.run.run_id)),
    "runs.results": (VIEW, results),
    "runs.test_questions": (EVALUATE, lambda f, p, o, k: f.runs.test_questions(p, o, k.run.run_id)),
    "track_record.glance": (VIEW, lambda f, p, o, k: f.track_record.glance(p, o, wait=30)),
    "analyses.of": (VIEW, lambda f, p, o, k: f.analyses.of(p, o, k.run.run_id).results.whole_table()),
    "entry_tests.of": (VIEW, lambda f, p, o, k: f.entry_tests.of(p, o, 1)),
    "nearest_entries.of": (VIEW, lambda f, p, o, k: f.nearest_entries.of(p, o, 1, [f"{word(o)}"])),
    "promises.standing": (VIEW, lambda f, p, o, k: f.promises.standing(p, o, Policy(promise=promise(k.run.run_id)))),
    "promises.offered": (VIEW, offered),
    "consequences.foreseen": (VIEW, lambda f, p, o, k: f.consequences.foreseen(p, o, Policy(), Policy())),
    "promises.outdated": (VIEW, lambda f, p, o, k: f.promises.outdated(p, o, k.run)),
    "promises.settings_with": (MANAGE, promised_settings),
    "recalibrations.of": (VIEW, lambda f, p, o, k: f.recalibrations.of(p, o, k.run.engine_version)),
    "recalibrations.of_settings": (ASK, lambda f, p, o, k: f.recalibrations.of_settings(p, o, ModelSettings())),
    "training.runs": (EVALUATE, lambda f, p, o, k: f.training.runs(p, o)),
    "training.files": (EVALUATE, lambda f, p, o, k: f.training.files(p, o, run_ids=[k.run.run_id])),
    "datasets.listed": (VIEW, lambda f, p, o, k: f.datasets.listed(p, o)),
    "datasets.find": (VIEW, lambda f, p, o, k: f.datasets.find(p, o, k.dataset.dataset_id)),
    "datasets.tested_entries": (VIEW, lambda f, p, o, k: f.datasets.tested_entries(p, o)),
    "datasets.versions": (VIEW, lambda f, p, o, k: f.datasets.versions(p, o, k.dataset.dataset_id)),
    "datasets.understood": (EVALUATE, lambda f, p, o, k: f.datasets.understood(p, o, f"{word(o)}")),
    "datasets.check": (EVALUATE, lambda f, p, o, k: f.datasets.check(p, o, k.dataset.dataset_id, 1)),
    "datasets.export": (EVALUATE, lambda f, p, o, k: f.datasets.export(p, o, k.dataset.dataset_id, 1)),
    "datasets.save": (EVALUATE, save_dataset),
    "datasets.rename": (EVALUATE, rename_dataset),
    "fixes.source": (VIEW, lambda f, p, o, k: f.fixes.source(p, o, k.run.run_id, 2)),
    "fixes.correct_label": (EVALUATE, correct_label),
    "fixes.add_phrasing": (EDIT, add_phrasing_of_a_row),
    "kept_questions.keep": (EVALUATE, keep_question),
    "kept_questions.add_phrasing": (EDIT, add_phrasing_of_ask),
    "datasets.archive": (EVALUATE, lambda f, p, o, k: f.datasets.archive(p, o, k.dataset.dataset_id)),
    "share_links.make": (SHARE, lambda f, p, o, k: f.share_links.make(p, o, name=f"For {word(o)}", days=7)),
    "share_links.note_name": (VIEW, lambda f, p, o, k: f.share_links.note_name(p, o)),
    "share_links.listed": (SHARE, lambda f, p, o, k: f.share_links.listed(p, o)),
    "share_links.revoke": (SHARE, revoke_link),
    "examples.preview": (MANAGE, preview),
    "examples.share": (MANAGE, share),
    "examples.shared": (MANAGE, lambda f, p, o, k: f.examples.shared(p, o)),
    "examples.available": (VIEW, lambda f, p, o, k: f.examples.available(p, o)),
    "examples.unshare": (MANAGE, lambda f, p, o, k: f.examples.unshare(p, o)),
    "servers.has_key": (MANAGE, lambda f, p, o, k: f.servers.has_key(p, o, k.base_url)),
    "servers.test": (MANAGE, lambda f, p, o, k: f.servers.test(p, o, base_url=k.base_url, model="m", key=None)),
    "servers.models": (MANAGE, lambda f, p, o, k: f.servers.models(p, o, base_url=k.base_url, key=None)),
    "servers.forget_key": (MANAGE, lambda f, p, o, k: f.servers.forget_key(p, o, k.base_url)),
    "servers.keep_key": (MANAGE, lambda f, p, o, k: f.servers.keep_key(p, o, k.base_url, f"{KEYS.get(o)}-new")),
    "spending.month": (VIEW, lambda f, p, o, k: f.spending.month(p, o)),
    "audit.exported": (VIEW, lambda f, p, o, k: f.audit.exported(p, o, f"a file of {word(o)}")),
    "audit.events": (MANAGE, events),
    "audit.people": (MANAGE, lambda f, p, o, k: f.audit.people(p, o)),
    "audit.outsiders": (MANAGE, lambda f, p, o, k: f.audit.outsiders(p, o)),
    "audit.export": (MANAGE, lambda f, p, o, k: f.audit.export(p, o)),
    "access.require": (VIEW, lambda f, p, o, k: f.access.require(p, o, VIEW)),
}
"""What each use case needs, and a call of it. Order matters: what takes away comes after what looks."""

OF_NO_ORG = {"access.orgs", "access.belongs", "audit.signed_in"}
"""Concern the orgs of the person, and no other: see the tests by name."""

FOR_USE_CASES = {"audit.event", "audit.record", "audit.refused"}
"""Only note what a use case has decided already, and hand nothing out."""

FOR_NO_PERSON = {
    "answering": {"ask_as_visitor"},
    "demo": {"fill", "begin_tests", "close"},
    "chat": {"public_look", "reply", "begin", "messages", "said", "forget"},
    "share_links": {"open", "ask", "count"},
    "checks": {"between"},
    "table_health": {"close"},
    "track_record": {"close"},
    "audit": {"refused_outsider"},
    "directory": {"principal", "memberships"},
    "sessions": {"user_id", "made", "sign_out"},
    "last_orgs": {"last", "opened"},
    "examples": {"companies"},
    "engines": {"asks_a_server", "engine_for", "close"},
    "servers": {"key_for"},
    "spending": {"estimate", "cost", "reserve", "settle", "release"},
    "idempotency": {"begin", "keep", "forget"},
    "worker": {"may_work", "start", "stop"},
    "readiness": {"state"},
    "metrics": {"heard", "text"},
    "opened": {"callback", "close", "enter_context", "pop_all", "push"},
}
"""Methods by part that take no person: pages and routes that use one have asked a use case first."""


@dataclass
class Bench:
    parts: Frontline
    facts: dict[str, Facts]
    database: Database
    roles: Roles

    def call(self, name: str, person: Principal, org: str) -> object:
        return CASES[name][1](self.parts, person, org, self.facts.get(org, self.facts[A]))

    def allowed(self, permission: Permission) -> list[tuple[str, str]]:
        """Those people and orgs where the table of permissions says yes."""
        return [(n, o) for n, p in PEOPLE.items() for o in ORGS if may(self.roles, p, o, permission)]


@pytest.fixture
def bench(migrated_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> Iterator[Bench]:
    caplog.set_level(logging.DEBUG)  # before anything is built: libraries look at the level once
    roles, server = Roles(), ModelServer()
    with server.running(), installation(migrated_url, tmp_path, roles) as parts:
        facts = {org: fill(parts, org, server.base_url) for org in ORGS}
        settled(parts)
        database = Database(migrated_url)
        yield Bench(parts, facts, database, roles)
        database.close()


def methods(part: object) -> dict[str, bool]:
    """The public methods of a part, and whether each takes a person."""
    found = inspect.getmembers(type(part), callable)
    return {n: "principal" in inspect.signature(m).parameters for n, m in found if not n.startswith("_")}


def test_every_method_that_a_page_or_route_may_use_has_its_place_in_the_matrix(bench: Bench) -> None:
    parts = {field.name: getattr(bench.parts, field.name) for field in dataclasses.fields(bench.parts)}
    found = {name: methods(part) for name, part in parts.items() if name not in ("settings", "bearers")}
    for_people = {f"{name}.{method}" for name, all_ in found.items() for method, takes in all_.items() if takes}
    for_nobody = {name: {method for method, takes in all_.items() if not takes} for name, all_ in found.items()}

    assert for_people == CASES.keys() | OF_NO_ORG | FOR_USE_CASES
    assert {name: rest for name, rest in for_nobody.items() if rest} == {n: m for n, m in FOR_NO_PERSON.items() if m}


def test_who_may_gets_only_their_own_and_who_may_not_is_refused_in_the_same_words(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    calls = 0
    kept = contents(bench.database)  # what a call leaves is what the next one finds: nobody else writes
    for name, (permission, _) in CASES.items():
        allowed = bench.allowed(permission)
        refused, kept = _refused(bench, name, allowed, kept)
        for org in ORGS:
            kept = _only_their_own(bench, name, [PEOPLE[who] for who, theirs in allowed if theirs == org], org, kept)
        calls += refused + len(allowed)

    assert calls == len(CASES) * len(PEOPLE) * (len(ORGS) + 1)
    for org, tables_of_org in kept.items():
        assert [secret for secret in foreign_words([org]) if secret in text_of(tables_of_org)] == []
    _logs_hold_no_texts(caplog)


def _refused(bench: Bench, name: str, allowed: list[tuple[str, str]], before: Contents) -> tuple[int, Contents]:
    """Everybody else is refused, and nothing but the log of refusals changes. How many, and what is kept after."""
    refused = 0
    for who, person in PEOPLE.items():
        for org in (*ORGS, UNKNOWN):
            if (who, org) in allowed:
                continue
            with pytest.raises(AccessDenied) as error:
                bench.call(name, person, org)
            refused += 1
            role = ROLES[who].get(org)
            expected = f"Your role here ({role}) may not " if role else FOREIGN
            assert str(error.value).startswith(expected), (name, who, org)
            assert role or str(error.value) == FOREIGN, (name, who, org)
    after = contents(bench.database)
    assert _without_log(after) == _without_log(before), name
    assert UNKNOWN not in after
    return refused, after


def _only_their_own(bench: Bench, name: str, people: list[Principal], org: str, before: Contents) -> Contents:
    """One call of each who may; returns what the database holds afterwards."""
    for person in people:
        found = text_of(bench.call(name, person, org))
        secrets = (*foreign_words([org]), *_never_shown(person))
        assert [secret for secret in secrets if secret in found] == [], (name, org)
    after = contents(bench.database)

    assert {one: rows for one, rows in after.items() if one != org} == {
        one: rows for one, rows in before.items() if one != org
    }, (name, org)
    return after


def _never_shown(person: Principal) -> list[str]:
    """Keys, and drafts of other people of the same org."""
    drafts = [draft_word(other, org) for other in PEOPLE.values() for org in ORGS if other != person]
    return [*KEYS.values(), *drafts]


def _without_log(found: Contents) -> Contents:
    return {
        org: {name: rows for name, rows in tables.items() if name not in ("audit_events", "refused_outsiders")}
        for org, tables in found.items()
    }


def _logs_hold_no_texts(caplog: pytest.LogCaptureFixture) -> None:
    lines = [f"{record.name}: {record.getMessage()} {record.exc_text or ''}" for record in caplog.records]
    told = [line[:300] for line in lines if any(mark in line for mark in ORGS.values())]

    assert len(lines) > 0
    assert told == []


READS_A_RUN: dict[str, Callable[[Frontline, Principal, str, str], object]] = {
    "run": lambda f, p, o, run: f.runs.run(p, o, run),
    "results": lambda f, p, o, run: f.runs.results(p, o, run),
    "analysis": lambda f, p, o, run: f.analyses.of(p, o, run),
    "cancel": lambda f, p, o, run: f.runs.cancel(p, o, run),
    "promise": lambda f, p, o, run: f.promises.settings_with(p, o, promise(run)),
    "where a row came from": lambda f, p, o, run: f.fixes.source(p, o, run, 2),
    "a phrasing": lambda f, p, o, run: f.fixes.add_phrasing(p, o, run, line=2, question="x", entry_id=1),
    "a label": lambda f, p, o, run: f.fixes.correct_label(p, o, run, line=2, entry_id=1),
    "training files": lambda f, p, o, run: f.training.files(p, o, run_ids=[run]),
}


def test_the_id_of_another_organisations_run_is_unknown_in_ones_own(bench: Bench) -> None:
    before = contents(bench.database)
    for name, read in READS_A_RUN.items():
        for run in (bench.facts[B].run.run_id, UNKNOWN):
            with pytest.raises(NotFound):
                read(bench.parts, owner(A), A, run)

        assert contents(bench.database) == before, name


def test_counts_and_costs_of_another_organisations_run_read_as_of_none(bench: Bench) -> None:
    runs, foreign = bench.parts.runs, bench.facts[B].run.run_id

    assert runs.summary(owner(A), A, foreign) == runs.summary(owner(A), A, UNKNOWN)
    assert runs.took(owner(A), A, foreign) == runs.took(owner(A), A, UNKNOWN)
    assert runs.summary(owner(B), B, foreign) != runs.summary(owner(A), A, foreign)


def test_a_key_of_one_organisation_is_no_key_of_another_for_the_same_address(bench: Bench) -> None:
    servers, url = bench.parts.servers, bench.facts[A].base_url
    servers.forget_key(owner(A), A, url)

    assert servers.has_key(owner(A), A, url) is None
    assert servers.key_for(A, url).reveal() == ""
    assert servers.key_for(B, url).reveal() == KEYS[B]


def test_each_person_is_listed_their_own_organisations_and_no_others(bench: Bench) -> None:
    for who, person in PEOPLE.items():
        assert {each.org_id: each.role for each in bench.parts.access.orgs(person)} == ROLES[who]
        assert {org for org in (*ORGS, UNKNOWN) if bench.parts.access.belongs(person, org)} == ROLES[who].keys()


def test_a_sign_in_is_noted_in_ones_own_organisations_only(bench: Bench) -> None:
    before = contents(bench.database)
    bench.parts.audit.signed_in(PEOPLE["Two"], "a session", datetime(2030, 1, 1, tzinfo=UTC))
    bench.parts.audit.signed_in(PEOPLE["Outsider"], "another session")
    after = contents(bench.database)

    assert [NUMBER[org] for org in ORGS if after[org] != before[org]] == [1, 2]


def test_everybody_has_the_other_organisations_shared_example_once_it_is_shared_and_only_until_then(
    bench: Bench,
) -> None:
    examples = bench.parts.examples
    share(bench.parts, owner(A), A, bench.facts[A])
    (seen,) = [each for each in examples.available(owner(B), B) if each.name == "Shared by 1"]
    examples.unshare(owner(A), A)

    assert [entry.question for entry in seen.entries] == ["When are you open?"]
    assert [secret for secret in foreign_words([]) if secret in text_of(seen)] == []
    assert "Shared by 1" not in text_of(examples.available(owner(B), B))
    assert examples.companies([seen.example_id]) == ()
