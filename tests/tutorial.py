"""The demo orgs as most tests want them: the tutorial's few entries in a first revision, and no evaluation.

What a first start makes is larger (``tests/integration/test_demo_orgs.py``), and would change with its texts.
"""

import functools
import json
import shutil
import tempfile
from pathlib import Path

from core import bootstrap
from core.audit.service import Audit
from core.bootstrap import Frontline
from core.clock import now
from core.identity.access import Access
from core.identity.demo import OWNER, DemoDirectory
from core.questions.changes import Changes, Fields
from core.questions.service import Questions
from core.samples.demo_orgs import COMPANIES
from core.settings import Settings
from core.storage.audit import SqlAuditStore
from core.storage.database import Database
from core.storage.migrate import migrate
from core.storage.publishing import SqlPublishingStore
from core.storage.questions import SqlQuestionStore

FOLDER = Path(__file__).parent / "data" / "tutorial"
QUESTIONS = FOLDER / "questions_clothing.csv"
"""24 test questions for the clothing shop."""


def entries(company: str) -> list[Fields]:
    """The tutorial's entries of a company ("clothing" or "phone"), with other phrasings."""
    found: dict[str, list[Fields]] = json.loads((FOLDER / "entries.json").read_text("utf-8"))
    return found[company]


def fill(url: str) -> None:
    """Save them in the demo orgs of a database that nothing was saved in; each save is live."""
    database = Database(url)
    migrate(database)
    access = Access(DemoDirectory())
    questions = Questions(access, SqlQuestionStore(database), audit=Audit(access, SqlAuditStore(database), now))
    for org_id, company in COMPANIES.items():
        if not questions.newest_revision(OWNER, org_id):
            with SqlPublishingStore(database).editing(org_id) as edit:
                edit.make_each_save_live(None, None)
            changes = Changes(added=entries(company))
            questions.save(OWNER, org_id, base_revision=0, changes=changes, note="Sample questions and answers")
    database.close()


def build(settings: Settings) -> Frontline:
    """The parts, on a database with these entries."""
    fill(settings.database_url)
    return bootstrap.build(settings)


def fill_folder(data_dir: Path) -> None:
    """The same for the server that will start in this data folder."""
    shutil.copy(_filled(), data_dir / "demo.db")


@functools.cache
def _filled() -> Path:
    path = Path(tempfile.mkdtemp(prefix="frontline-tutorial-")) / "demo.db"
    fill(f"sqlite:///{path}")
    return path
