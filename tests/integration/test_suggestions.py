"""Phrasing suggestions with the real engine, a real run, a real database and a model server on loopback."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.bootstrap import Frontline
from core.datasets.formats.choice import recognise_format
from core.errors import AccessDenied, EngineFailed, NotFound
from core.files.reading import read_table
from core.health.asked_questions import SuggestedBy, Suggestion
from core.identity.demo import CLOTHING_ORG, MEMBER, OWNER
from core.questions.changes import Changes
from core.questions.policy import EngineKind
from core.runs.ledger import DatasetRef
from core.settings import Settings
from core.spending.ledger import LimitReached
from tests.conftest import put_model
from tests.model_server import ModelServer, Request, completion
from tests.tutorial import build

ENTRIES = (
    {"question": "Do you have gift cards?", "answer": "Yes, from 10 dollars."},
    {
        "question": "Can I return shoes?",
        "alternates": ("How do I send something back?", "Return policy"),
        "answer": "Within 30 days.",
    },
)
GIFTS, RETURNS = 4, 5
FILE = """question,expected_question
a voucher as a present for my mother,Do you have gift cards?
Return policy,Can I return shoes?
are gift cards possible,
can I bring back boots,
"""


@pytest.fixture
def frontline(tmp_path: Path, prepared_model: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Frontline]:
    put_model(prepared_model, tmp_path)
    for name in list(os.environ):
        if name.startswith(("FRONTLINE_", "PROPELAUTH_", "DATABASE_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("FRONTLINE_DATA_DIR", str(tmp_path))
    parts = build(Settings.from_environment())
    parts.questions.save(OWNER, CLOTHING_ORG, base_revision=1, changes=Changes(added=ENTRIES))
    yield parts
    parts.stop()


@pytest.fixture
def asked(frontline: Frontline) -> DatasetRef:
    """The test questions, after an evaluation."""
    found = recognise_format(read_table(FILE.encode(), "t.csv"))
    preview = frontline.intake.check(OWNER, CLOTHING_ORG, found).preview
    ref = frontline.datasets.save(OWNER, CLOTHING_ORG, name="Shop", preview=preview, source="t.csv")
    checked = frontline.datasets.check(OWNER, CLOTHING_ORG, ref.dataset_id, ref.version)
    frontline.start()
    run = frontline.runs.start(
        OWNER, CLOTHING_ORG, name="x", preview=checked.preview, revision=checked.revision, dataset=ref
    )
    for _ in range(1200):
        if not frontline.runs.run(OWNER, CLOTHING_ORG, run.run_id).active:
            return ref
        time.sleep(0.05)
    raise TimeoutError("the run does not end")


def found(parts: Frontline, entry_id: int) -> list[tuple[str, SuggestedBy]]:
    return [(one.phrasing, one.by) for one in parts.suggestions.from_runs(OWNER, CLOTHING_ORG, entry_id)]


@pytest.mark.usefixtures("asked")
def test_what_went_elsewhere_comes_first_then_what_nobody_labelled_and_is_nearest(frontline: Frontline) -> None:
    assert found(frontline, GIFTS) == [
        ("a voucher as a present for my mother", SuggestedBy.WENT_ELSEWHERE),
        ("are gift cards possible", SuggestedBy.NOT_LABELLED),
    ]
    assert found(frontline, RETURNS) == [("can I bring back boots", SuggestedBy.NOT_LABELLED)]


@pytest.mark.usefixtures("asked")
def test_each_was_tried_on_the_test_questions_of_the_organisation(frontline: Frontline) -> None:
    assert [one.tried_on for one in frontline.suggestions.from_runs(OWNER, CLOTHING_ORG, RETURNS)] == [4]


def test_an_accepted_test_question_is_a_phrasing_and_tests_nothing_any_more(
    frontline: Frontline, asked: DatasetRef
) -> None:
    one = frontline.suggestions.from_runs(OWNER, CLOTHING_ORG, GIFTS)[0]

    revision = frontline.suggestions.accept(OWNER, CLOTHING_ORG, GIFTS, one)

    assert revision is not None
    entry = next(e for e in frontline.questions.table(OWNER, CLOTHING_ORG).entries if e.id == GIFTS)
    assert entry.alternates == ("a voucher as a present for my mother",)
    newest = frontline.datasets.find(OWNER, CLOTHING_ORG, asked.dataset_id)
    assert newest.version == asked.version + 1
    assert (one.phrasing, one.by) not in found(frontline, GIFTS)


def test_before_any_evaluation_there_is_nothing_and_nobody_but_an_editor_may_ask(frontline: Frontline) -> None:
    assert found(frontline, GIFTS) == []
    with pytest.raises(AccessDenied):
        frontline.suggestions.from_runs(MEMBER, CLOTHING_ORG, GIFTS)
    with pytest.raises(NotFound):
        frontline.suggestions.from_runs(OWNER, CLOTHING_ORG, 99)


WRITTEN = (
    "1. Is there a gift card?\n- “When are you open?”\n\nCan I buy gift vouchers here?\nis there a gift card\nHere:"
)


def writes(text: str) -> ModelServer:
    """A server that writes this for whatever it is asked, and takes no bound on what it writes."""

    def anything(request: Request) -> bytes | tuple[int, bytes] | None:
        if "messages" not in request.body:
            return None
        if "max_completion_tokens" in request.body:
            refusal = {"message": "Unsupported parameter: 'max_completion_tokens'", "param": "max_completion_tokens"}
            return 400, json.dumps({"error": {**refusal, "code": "unsupported_parameter"}}).encode()
        return json.dumps(completion({"message": {"role": "assistant", "content": text}}, "stop")).encode()

    return ModelServer(anything=anything)


def use(parts: Frontline, server: ModelServer, **more: object) -> None:
    now = parts.questions.table(OWNER, CLOTHING_ORG)
    model = replace(now.policy.model, engine=EngineKind.SERVER, base_url=server.base_url, model="gpt-4o-mini", **more)  # type: ignore[arg-type]
    parts.questions.save_settings(
        OWNER, CLOTHING_ORG, base_revision=now.revision, policy=replace(now.policy, model=model)
    )


def test_what_a_model_server_writes_is_shown_where_it_leads_to_its_entry_and_the_call_is_booked(
    frontline: Frontline,
) -> None:
    with writes(WRITTEN).running() as server:
        use(frontline, server)
        assert frontline.suggestions.can_write(OWNER, CLOTHING_ORG)

        written = frontline.suggestions.written(OWNER, CLOTHING_ORG, GIFTS)

    assert written == [
        Suggestion(phrasing="Is there a gift card?", by=SuggestedBy.MODEL),
        Suggestion(phrasing="Can I buy gift vouchers here?", by=SuggestedBy.MODEL),
    ]
    assert frontline.spending.month(OWNER, CLOTHING_ORG).calls == 1
    sent = json.loads(server.requests[-1].body["messages"][-1]["content"])
    assert sent["question"] == "Do you have gift cards?"


def test_a_month_without_room_lets_no_model_be_asked(frontline: Frontline) -> None:
    with writes(WRITTEN).running() as server:
        use(frontline, server, tokens_a_month=1, usd_a_month=0.0)

        with pytest.raises(LimitReached):
            frontline.suggestions.written(OWNER, CLOTHING_ORG, GIFTS)

        assert server.requests == []


def test_a_reply_without_text_is_a_failure(frontline: Frontline) -> None:
    with writes("").running() as server:
        use(frontline, server)

        with pytest.raises(EngineFailed):
            frontline.suggestions.written(OWNER, CLOTHING_ORG, GIFTS)


def test_without_a_model_server_there_is_nothing_to_ask(frontline: Frontline) -> None:
    assert not frontline.suggestions.can_write(OWNER, CLOTHING_ORG)
