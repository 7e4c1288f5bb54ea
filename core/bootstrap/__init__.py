"""The one place that names the concrete parts and puts them together."""

import contextlib
import functools
import logging
import threading
from dataclasses import dataclass

from core.answering import Answering
from core.audit.service import Audit, WatchedAccess
from core.bootstrap.engines import engine_parts
from core.bootstrap.identity import identity_parts
from core.bootstrap.watching import readiness
from core.chat.service import Chat
from core.clock import now
from core.datasets.fixes import Fixes
from core.datasets.intake import Intake
from core.datasets.kept_questions import KeptQuestions
from core.datasets.service import Datasets
from core.engines.choice import EngineChoice
from core.examples.service import Examples
from core.health.service import TableHealth
from core.health.suggestions import Suggestions
from core.health.written_phrasings import PhrasingWriter
from core.identity.access import Access, Directory
from core.identity.bearer import Bearers
from core.identity.last_orgs import LastOrgs
from core.identity.sessions import Sessions
from core.local_secret import folder_to_write
from core.masking import Masking, secrets_of
from core.nearest_entries import NearestEntries
from core.operation.logs import write_json
from core.operation.metrics import Metrics
from core.operation.readiness import Readiness
from core.overview.track_record import TrackRecord
from core.publishing.check import Checks
from core.publishing.service import Publishing
from core.questions.live import LiveTables
from core.questions.service import Questions
from core.questions.settings_drafts import SettingsDrafts
from core.runs.consequences import Consequences
from core.runs.entry_tests import EntryTests
from core.runs.promises import Promises
from core.runs.recalibrations import Recalibrations
from core.runs.recent_analyses import RecentAnalyses
from core.runs.service import Runs
from core.runs.training import Training
from core.runs.worker import RunWorker
from core.samples import sample_questions
from core.samples.demo_orgs import COMPANIES, DemoOrgs
from core.servers.service import ModelServers
from core.settings import Settings
from core.share_links.service import ShareLinks
from core.spending.prices import Prices
from core.spending.service import Spending
from core.storage.audit import SqlAuditStore
from core.storage.chat import SqlChatStore, SqlTalkStore
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.examples import SqlExampleStore
from core.storage.figures import SqlFigures
from core.storage.health import SqlIgnoredFindings
from core.storage.idempotency import SqlIdempotency
from core.storage.jobs import SqlJobs
from core.storage.migrate import migrate
from core.storage.publishing import SqlPublishingStore
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore
from core.storage.settings_drafts import SqlSettingsDrafts
from core.storage.share_links import SqlShareLinks
from core.storage.spending import SqlSpendingStore
from core.transfer.service import Transfer

log = logging.getLogger(__name__)

PASSES_THE_WALL = (
    "The database role of Frontline is a superuser or has BYPASSRLS, so PostgreSQL does not keep the organisations "
    "apart as a second wall. Give Frontline an ordinary role that owns its database."
)


@dataclass(frozen=True, kw_only=True)
class Frontline:
    """Everything a page or a route may use."""

    settings: Settings
    directory: Directory
    bearers: Bearers | None
    """Who stands behind the tokens of the HTTP API; None with the demo sign-in."""
    sessions: Sessions
    last_orgs: LastOrgs
    access: Access
    audit: Audit
    questions: Questions
    transfer: Transfer
    publishing: Publishing
    checks: Checks
    table_health: TableHealth
    suggestions: Suggestions
    settings_drafts: SettingsDrafts
    answering: Answering
    chat: Chat
    share_links: ShareLinks
    runs: Runs
    analyses: RecentAnalyses
    track_record: TrackRecord
    promises: Promises
    consequences: Consequences
    recalibrations: Recalibrations
    datasets: Datasets
    intake: Intake
    fixes: Fixes
    kept_questions: KeptQuestions
    entry_tests: EntryTests
    nearest_entries: NearestEntries
    training: Training
    examples: Examples
    engines: EngineChoice
    servers: ModelServers
    spending: Spending
    idempotency: SqlIdempotency
    worker: RunWorker
    readiness: Readiness
    metrics: Metrics
    demo: DemoOrgs | None
    """Fills the demo orgs; None with real accounts."""
    opened: contextlib.ExitStack
    """Closes what was opened: connections to the database and to a model server."""

    def sample_questions(self, org_id: str) -> bytes | None:
        """The spreadsheet of test questions that ships for a demo org, else None."""
        company = COMPANIES.get(org_id)
        return sample_questions(company) if company else None

    def start(self) -> bool:
        """Begin the background work of this process; calling it again does nothing. Whether it answers runs' rows.

        It does not while another process works on the same SQLite file. That one takes what this one starts.
        """
        works = self.worker.start()
        if works and self.demo:
            self.demo.begin_tests(then=self.worker.start)
        return works

    def stop(self) -> None:
        """End the background work of this process; what runs then is taken up again at the next start."""
        self.worker.stop()
        self.opened.close()


def build(settings: Settings) -> Frontline:
    """Put the parts together for these settings, bring the database up to date and fill the demo's orgs once.

    Raises ConfigurationError when the data folder or the database cannot be used.
    """
    Masking(secrets_of(settings)).begin()
    if settings.json_logs:
        write_json()
    folder_to_write(settings.data_dir, named_by="FRONTLINE_DATA_DIR")
    with contextlib.ExitStack() as opened:
        database = Database(settings.database_url)
        opened.callback(database.close)
        migrate(database)
        with database.opening():
            if database.ignores_row_level_security():
                log.warning(PASSES_THE_WALL)
            return _assembled(settings, database, opened)


def _assembled(settings: Settings, database: Database, opened: contextlib.ExitStack) -> Frontline:
    identity = identity_parts(settings, database, opened)
    audit = Audit(Access(identity.directory), SqlAuditStore(database), now)
    access = WatchedAccess(identity.directory, audit)
    store, run_store, dataset_store = SqlQuestionStore(database), SqlRunStore(database), SqlDatasetStore(database)
    examples = Examples(access=access, store=SqlExampleStore(database), questions=store, audit=audit)
    decides = engine_parts(settings, database, access=access, examples=examples, audit=audit, opened=opened)
    questions = Questions(access, store, allowed_address=decides.rule.check, audit=audit)
    engines, live = decides.engines, LiveTables(store)
    spending = Spending(access=access, store=SqlSpendingStore(database), prices=Prices())
    published = SqlPublishingStore(database)
    checks = Checks(
        access=access, store=published, questions=store, datasets=dataset_store, engines=engines, spending=spending
    )
    table_health = TableHealth(
        access=access,
        store=store,
        questions=questions,
        engine=decides.built_in,
        ignored=SqlIgnoredFindings(database),
    )
    opened.callback(table_health.close)
    metrics = Metrics(SqlFigures(database), now)
    worker = RunWorker(
        store=run_store,
        questions=store,
        engines=engines,
        access=access,
        spending=spending,
        jobs=SqlJobs(database),
        health=decides.health,
        heard=metrics.heard,
    )
    runs = Runs(
        access=access, store=run_store, questions=store, engines=engines, worker=worker, spending=spending, audit=audit
    )
    demo = DemoOrgs(
        questions=questions,
        publishing=published,
        datasets=dataset_store,
        runs=run_store,
        engine=decides.built_in,
        clock=now,
        audit=audit,
    )
    opened.callback(demo.close)
    if settings.auth is None:
        demo.fill()
    datasets = Datasets(access=access, store=dataset_store, questions=store, audit=audit)
    answering = Answering(access, LiveTables(store), engines, spending, decides.health, heard=metrics.heard)
    analyses = RecentAnalyses(runs)
    track_record = TrackRecord(access=access, runs=run_store, questions=store)
    opened.callback(track_record.close)
    fixes = Fixes(access=access, store=dataset_store, runs=run_store, questions=questions, audit=audit)
    suggestions = Suggestions(
        access=access,
        questions=questions,
        runs=runs,
        analyses=analyses,
        checks=checks,
        fixes=fixes,
        engine=decides.built_in,
        writer=PhrasingWriter(engines, spending),
    )
    return Frontline(
        settings=settings,
        directory=identity.directory,
        bearers=identity.bearers,
        sessions=identity.sessions,
        last_orgs=identity.last_orgs,
        access=access,
        audit=audit,
        questions=questions,
        transfer=Transfer(access=access, questions=questions),
        publishing=Publishing(access=access, store=published, checks=checks, audit=audit),
        checks=checks,
        table_health=table_health,
        suggestions=suggestions,
        settings_drafts=SettingsDrafts(access, SqlSettingsDrafts(database), now),
        answering=answering,
        chat=Chat(access=access, store=SqlChatStore(database), talks=SqlTalkStore(database), live=live, audit=audit),
        share_links=ShareLinks(access=access, store=SqlShareLinks(database), answers=answering, audit=audit),
        runs=runs,
        analyses=analyses,
        track_record=track_record,
        promises=Promises(access=access, questions=store, runs=run_store, engines=engines),
        consequences=Consequences(questions=store, runs=runs, analyses=analyses, engines=engines),
        recalibrations=Recalibrations(access=access, runs=run_store, engines=engines),
        engines=engines,
        servers=decides.servers,
        spending=spending,
        datasets=datasets,
        intake=Intake(access=access, questions=store, datasets=datasets, runs=runs),
        fixes=fixes,
        kept_questions=KeptQuestions(access=access, store=dataset_store, questions=questions, audit=audit),
        entry_tests=EntryTests(access=access, store=dataset_store, runs=runs, analyses=analyses),
        nearest_entries=NearestEntries(access=access, store=store, engine=decides.built_in),
        training=Training(access=access, questions=store, runs=run_store),
        examples=examples,
        idempotency=SqlIdempotency(database),
        worker=worker,
        readiness=readiness(settings, database, worker, decides.built_in),
        metrics=metrics,
        demo=demo if settings.auth is None else None,
        opened=opened.pop_all(),
    )


_making = threading.Lock()


def frontline() -> Frontline:
    """This process's Frontline, made at the first call, once even when several threads ask at once."""
    with _making:
        return _frontline()


@functools.cache
def _frontline() -> Frontline:
    return build(Settings.from_environment())
