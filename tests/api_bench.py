"""The HTTP API on real parts and a real database, with three organisations and people of every role."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from starlette.applications import Starlette
from starlette.testclient import TestClient

from core.answering import Answering
from core.api.v1 import app as api
from core.api.v1.services import ApiServices
from core.audit.service import Audit
from core.clock import now
from core.datasets.intake import Intake
from core.datasets.service import Datasets
from core.engines.health import Health
from core.identity.access import Access
from core.identity.bearer import Bearer
from core.identity.principal import ROLE_PERMISSIONS, Membership, Principal
from core.publishing.check import Checks
from core.publishing.service import Publishing
from core.questions.changes import Changes
from core.questions.live import LiveTables
from core.questions.service import Questions
from core.rate_limits import RateLimiter
from core.runs.recalibrations import Recalibrations
from core.runs.service import Runs
from core.runs.worker import RunWorker
from core.spending.prices import Prices
from core.spending.service import Spending
from core.storage.audit import SqlAuditStore
from core.storage.database import Database
from core.storage.datasets import SqlDatasetStore
from core.storage.idempotency import SqlIdempotency
from core.storage.jobs import SqlJobs
from core.storage.publishing import SqlPublishingStore
from core.storage.questions import SqlQuestionStore
from core.storage.runs import SqlRunStore
from core.storage.spending import SqlSpendingStore
from core.transfer.service import Transfer
from tests.fakes import LiteralEngine, MemoryDirectory, OnlyEngine, Tokens, each_save_is_live

ORGS = ("org-a", "org-b", "org-c")
ROLES = ("Owner", "Admin", "Member")
PEOPLE = {
    f"{role}-{org}": Principal(user_id=f"{role}-{org}", email=f"{role}-{org}@example.com", name=f"{role} of {org}")
    for role in ROLES
    for org in ORGS
}
ADMIN = "Admin-org-a"
FILE = b"question,expected_question\nWhat is the canary?,What is the canary?\ndo you like cheese,__fallback__\n"


def canary(org: str) -> str:
    """A text that only this org has."""
    return f"the canary of {org}"


def membership(org: str, role: str) -> Membership:
    return Membership(org_id=org, org_name=org, role=role, permissions=ROLE_PERMISSIONS[role])


class Bench:
    """One server. Tokens are named as people (``Owner-org-a``); ``only-b`` is of org A's owner, good for org B only."""

    def __init__(
        self, database: Database, *, limiter: RateLimiter | None = None, origins: Sequence[str] = (), demo: bool = False
    ) -> None:
        memberships = {f"{role}-{org}": [membership(org, role)] for role in ROLES for org in ORGS}
        self.access = Access(MemoryDirectory(tuple(PEOPLE.values()), memberships))
        known = {name: Bearer(principal=person, key=name) for name, person in PEOPLE.items()}
        known["only-b"] = Bearer(principal=PEOPLE["Owner-org-a"], key="only-b", org_id="org-b")
        self.engine = LiteralEngine()
        self.run_id = ""
        each_save_is_live(database, ORGS)
        store, run_store = SqlQuestionStore(database), SqlRunStore(database)
        self.spending = Spending(access=self.access, store=SqlSpendingStore(database), prices=Prices())
        engines = OnlyEngine(self.engine)
        self.worker = RunWorker(
            store=run_store,
            questions=store,
            engines=engines,
            access=self.access,
            spending=self.spending,
            jobs=SqlJobs(database),
        )
        self.questions = Questions(self.access, store)
        self.datasets = Datasets(access=self.access, store=SqlDatasetStore(database), questions=store)
        runs = Runs(
            access=self.access,
            store=run_store,
            questions=store,
            engines=engines,
            worker=self.worker,
            spending=self.spending,
        )
        published = SqlPublishingStore(database)
        checks = Checks(
            access=self.access,
            store=published,
            questions=store,
            datasets=SqlDatasetStore(database),
            engines=engines,
            spending=self.spending,
        )
        self.publishing = Publishing(access=self.access, store=published, checks=checks)
        self.parts = ApiServices(
            access=self.access,
            bearers=None if demo else Tokens(**known),
            questions=self.questions,
            transfer=Transfer(access=self.access, questions=self.questions),
            publishing=self.publishing,
            checks=checks,
            answering=Answering(self.access, LiveTables(store), engines, self.spending, Health(now)),
            runs=runs,
            recalibrations=Recalibrations(access=self.access, runs=run_store, engines=engines),
            intake=Intake(access=self.access, questions=store, datasets=self.datasets, runs=runs),
            idempotency=SqlIdempotency(database),
            audit=Audit(self.access, SqlAuditStore(database), now),
        )
        self.app = Starlette(routes=api.routes(self.parts, origins) if limiter is None else self._limited(limiter))
        self.client = TestClient(self.app, base_url="http://localhost:8501")

    def _limited(self, limiter: RateLimiter) -> list[Any]:
        return [api._Under(api.PREFIXES, api.api(self.parts, limiter))]

    def fill(self, rows: Sequence[Mapping[str, Any]] = ()) -> None:
        """Give each org an entry with its canary, and these rows."""
        for org in ORGS:
            first = {"question": "What is the canary?", "answer": canary(org), "alternates": ["canary"], "tags": ["x"]}
            changes = Changes(added=(first, *rows))
            self.questions.save(PEOPLE[f"Owner-{org}"], org, base_revision=0, changes=changes)

    def send(
        self,
        method: str,
        path: str,
        token: str | None = ADMIN,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> Any:
        """A response to a request with a token."""
        bearer = {"Authorization": f"Bearer {token}"} if token else {}
        return self.client.request(method, path, headers={**bearer, **(headers or {})}, **more)

    def close(self) -> None:
        for _ in range(200):  # a run that begins while the worker is stopped would outlive it
            if not any(run.active for org in ORGS for run in self.parts.runs.listed(PEOPLE[f"Member-{org}"], org)):
                break
            time.sleep(0.05)
        self.worker.stop()
        self.client.close()
