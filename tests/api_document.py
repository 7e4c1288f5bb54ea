"""The API and its own OpenAPI document, as schemathesis reads it, on a real database."""

from collections.abc import Iterator
from typing import cast

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.types import ASGIApp, Receive, Scope, Send

from core.api.v1 import app as api
from core.api.v1.services import ApiServices
from core.questions.changes import Changes
from core.rate_limits import RateLimiter, RateStanding, RequestRate
from core.storage.database import Database
from core.storage.migrate import migrate
from tests.api_bench import ADMIN, FILE, PEOPLE, Bench

# The queue's threads draw from ``random`` beside, which hypothesis takes for the strategies of the test.
THREADS_BESIDE = pytest.mark.filterwarnings("ignore:Do not use the `random` module inside strategies")
CONFORMANCE = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


class NoLimit(RateLimiter):
    """Counts nothing: what is tried here is not how often."""

    def take(self, rate: RequestRate, caller: str, org_id: str) -> RateStanding:
        return RateStanding(rate=rate, left=rate.burst, wait=0)


class Later:
    """Passes on to an app that can be changed: the tests are collected before the database is there."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)


served = Later(api.api(cast(ApiServices, None)))  # the document needs no parts
config = SchemathesisConfig.from_dict(
    {
        "seed": 1,
        "parameters": {"path.org_id": "org-a"},
        "checks": {
            # The rules of a table (no question twice, …) are beyond a schema, and their breach is a 422.
            "positive_data_acceptance": {"enabled": False},
            "negative_data_rejection": {"expected-statuses": ["4xx"]},
            "missing_required_header": {"expected-statuses": ["401", "403", "415", "422", "428"]},
        },
    }
)
document = schemathesis.openapi.from_asgi(api.OPENAPI, served, config=config)


@document.auth()
class SignedIn:
    """Sends an admin's token, but for those calls that schemathesis makes without one."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return f"Bearer {ADMIN}"

    def set(self, case: schemathesis.Case, data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = data


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('document') / 'test.db'}")
    migrate(database)
    bench = Bench(database, limiter=NoLimit())
    bench.fill()
    started = bench.send("POST", "/api/v1/orgs/org-a/runs", files={"file": ("t.csv", FILE)})
    bench.run_id = started.json()["run_id"]
    served.app = bench.app
    yield bench
    bench.close()
    database.close()


def examples(number: int) -> settings:
    """So many of each operation, always the same."""
    return settings(max_examples=number, derandomize=True, suppress_health_check=list(HealthCheck))


def name_what_is_there(case: schemathesis.Case, bench: Bench) -> None:
    """Random numbers seldom name anything; these do."""
    questions, person = bench.questions, PEOPLE[ADMIN]
    entries = questions.table(person, "org-a").entries
    if not entries:  # an example deleted or replaced them
        added = Changes(added=({"question": "Q?", "answer": "A"},))
        newest = questions.newest_revision(person, "org-a")
        questions.save(person, "org-a", base_revision=newest, changes=added)
        entries = questions.table(person, "org-a").entries
    there = {"org_id": "org-a", "entry_id": entries[-1].id, "number": 1, "run_id": bench.run_id}
    case.path_parameters.update({name: there[name] for name in case.path_parameters})
    case.headers["If-Match"] = "*"
