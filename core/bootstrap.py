"""The one place that names the concrete parts and puts them together."""

import contextlib
import functools
import threading
from dataclasses import dataclass

from core.answering import Answering
from core.engines.protocol import Engine
from core.engines.semantic.engine import SemanticEngine
from core.errors import ConfigurationError, InvalidInput
from core.identity.access import Access
from core.identity.demo import CLOTHING_ORG, OWNER, PHONE_ORG, DemoDirectory
from core.questions.changes import Changes
from core.questions.published import PublishedCache
from core.questions.service import Questions
from core.questions.store import QuestionStore
from core.runs.service import Evaluations
from core.runs.worker import RunWorker
from core.samples import demo_entries, sample_questions
from core.settings import Settings
from core.storage.database import Database
from core.storage.migrate import claim, migrate
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore

COMPANIES = {CLOTHING_ORG: "clothing", PHONE_ORG: "phone"}
"""The demo orgs and the names of their samples."""


@dataclass(frozen=True, kw_only=True)
class Frontline:
    """Everything a page or a route may use."""

    settings: Settings
    directory: DemoDirectory
    access: Access
    questions: Questions
    answering: Answering
    evaluations: Evaluations
    worker: RunWorker
    opened: contextlib.ExitStack
    """Closes what was opened: connections to the database and to a model server."""

    def sample_questions(self, org_id: str) -> bytes | None:
        """The spreadsheet of test questions that ships for a demo org, else None."""
        company = COMPANIES.get(org_id)
        return sample_questions(company) if company else None

    def start(self) -> None:
        """Begin the background work of this process. Calling it again does nothing."""
        self.worker.start()

    def stop(self) -> None:
        """End the background work of this process; what runs then is taken up again at the next start."""
        self.worker.stop()
        self.opened.close()


def build(settings: Settings) -> Frontline:
    """Put the parts together for these settings, bring the database up to date and fill the demo orgs once."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as opened:
        database = Database(settings.database_url)
        opened.callback(database.close)
        migrate(database)
        claim(database, "demo")
        return _assembled(settings, database, opened)


def _assembled(settings: Settings, database: Database, opened: contextlib.ExitStack) -> Frontline:
    directory = DemoDirectory()
    access = Access(directory)
    store = SqlQuestionStore(database)
    questions = Questions(access, store)
    _fill_demo_orgs(questions, store)
    engine = _engine(settings, opened)
    runs = SqlRunStore(database)
    worker = RunWorker(store=runs, questions=store, engine=engine, access=access)
    return Frontline(
        settings=settings,
        directory=directory,
        access=access,
        questions=questions,
        answering=Answering(access, PublishedCache(store), engine),
        evaluations=Evaluations(access=access, store=runs, questions=store, engine=engine, worker=worker),
        worker=worker,
        opened=opened.pop_all(),
    )


def _engine(settings: Settings, opened: contextlib.ExitStack) -> Engine:
    if settings.engine is None:
        return SemanticEngine(settings.data_dir, settings.model_dir)
    # Here, because the client of model servers takes half a second to load, and most starts do without it.
    from core.engines.language.background import Background  # noqa: PLC0415
    from core.engines.language.engine import LanguageEngine  # noqa: PLC0415
    from core.engines.language.memory import Memory  # noqa: PLC0415
    from core.engines.language.server import Key, ServerSettings  # noqa: PLC0415

    try:
        server = ServerSettings(
            base_url=settings.engine.base_url, api_key=Key(settings.engine.key), model=settings.engine.model
        )
    except InvalidInput as error:
        raise ConfigurationError(f"FRONTLINE_ENGINE_URL, _MODEL or _KEY cannot be used. {error}") from None
    background = Background()
    opened.callback(background.close)
    engine = LanguageEngine(server, memory=Memory(), background=background)
    opened.callback(engine.close)
    return engine


def _fill_demo_orgs(questions: Questions, store: QuestionStore) -> None:
    for org_id, company in COMPANIES.items():
        if store.latest_revision(org_id) == 0:
            changes = Changes(added=demo_entries(company))
            try:
                questions.save(OWNER, org_id, base_revision=0, changes=changes, note="Sample questions and answers")
            except InvalidInput:
                if store.latest_revision(org_id) == 0:  # else another process made it in between
                    raise


_making = threading.Lock()


def frontline() -> Frontline:
    """This process's Frontline, made at the first call, once even when several threads ask at once."""
    with _making:
        return _frontline()


@functools.cache
def _frontline() -> Frontline:
    return build(Settings.from_environment())
