"""``python -m core publish`` as a script calls it: its words, its exit statuses, and what visitors get afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.__main__ import main
from core.bootstrap import Frontline
from core.commands.exits import Exit
from core.datasets.formats.choice import recognise_format
from core.engines.protocol import Effort
from core.files.reading import read_table
from core.publishing.publication import PublishingRules
from core.questions.changes import Changes
from core.questions.entry import Published
from core.usage import Usage
from tests.fakes import LiteralEngine
from tests.integration.tenants import A, Roles, installation, owner

ME = owner(A)
FILE = "question,expected_question\nHours?,Hours?\nhello,__fallback__\n"
Call = Callable[..., tuple[Exit, str, str]]


class Engine(LiteralEngine):
    """Costs something where ``endpoint`` is set."""

    def expected(self, questions: list[str], published: Published) -> Effort:  # type: ignore[override]
        return Effort(usage=Usage(sent=10 * len(questions), received=0))


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
def parts(migrated_url: str, tmp_path: Path, engine: Engine) -> Iterator[Frontline]:
    """Revision 1 is live, 2 waits and breaks a test question."""
    with installation(migrated_url, tmp_path, Roles(), engine) as built:
        built.questions.save(
            ME, A, base_revision=0, changes=Changes(added=({"question": "Hours?", "answer": "9 to 5"},))
        )
        found = recognise_format(read_table(FILE.encode(), "t.csv"))
        preview = built.intake.check(ME, A, found).preview
        built.datasets.save(ME, A, name="Shop", preview=preview, source="t.csv")
        built.publishing.publish_by_hand(ME, A)
        built.questions.save(ME, A, base_revision=1, changes=Changes(edited={1: {"question": "Opening?"}}))
        yield built


@pytest.fixture
def call(parts: Frontline, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Call the command within this process; the person is looked up as the demo sign-in does."""
    monkeypatch.setattr("core.commands.publish.frontline", lambda: parts)
    monkeypatch.setattr(
        "core.commands.publish.acting", lambda *_: (ME, next(one for one in parts.access.orgs(ME) if one.org_id == A))
    )

    def called(*arguments: str) -> tuple[Exit, str, str]:
        status = main(["publish", "--org", A, *arguments])
        told = capsys.readouterr()
        return Exit(status), told.out, told.err

    return called


def live(parts: Frontline) -> int:
    return parts.publishing.state(ME, A).live


def test_the_newest_revision_becomes_live_with_its_reason(call: Call, parts: Frontline) -> None:
    status, out, _ = call("--reason", "New words")

    assert (status, out) == (Exit.OK, "Visitors get revision 2 now in place of revision 1.\n")
    assert live(parts) == 2
    assert parts.publishing.publications(ME, A)[0].reason == "New words"


def test_a_named_revision_becomes_live_again(call: Call, parts: Frontline) -> None:
    call()

    assert call("--revision", "1")[0] is Exit.OK
    assert live(parts) == 1


def test_a_check_prints_what_flips_and_publishes_nothing(call: Call, parts: Frontline) -> None:
    status, out, _ = call("--check")

    assert status is Exit.OK, "no rule holds it back"
    assert "1 broken of 2 test questions" in out
    assert "Broken: “Hours?”: No. 1: Hours? → a person; by No. 1" in out
    assert live(parts) == 1


def test_the_guard_holds_with_status_1_and_a_reason_passes_it(call: Call, parts: Frontline) -> None:
    parts.publishing.set_rules(ME, A, PublishingRules(max_broken=0))

    assert call("--check")[0] is Exit.BELOW
    status, out, err = call()
    assert (status, out) == (Exit.BELOW, "")
    assert "This breaks 1 test question" in err
    assert "--reason" in err
    assert live(parts) == 1

    status, out, _ = call("--reason", "Wanted")
    assert (status, out) == (
        Exit.OK,
        "Visitors get revision 2 now in place of revision 1. It breaks 1 test question.\n",
    )


@pytest.mark.parametrize("wrong", ["0", "9"])
def test_a_revision_that_is_not_there_is_a_wrong_use(call: Call, parts: Frontline, wrong: str) -> None:
    assert call("--revision", wrong)[0] is Exit.WRONG_USE
    assert call("--check", "--revision", wrong)[0] is Exit.WRONG_USE
    assert live(parts) == 1


def test_what_is_live_already_is_a_wrong_use_and_nothing_to_check(call: Call) -> None:
    assert call("--revision", "1")[0] is Exit.WRONG_USE
    assert call("--check", "--revision", "1")[0] is Exit.OK


def test_a_model_server_is_asked_only_with_may_cost(call: Call, parts: Frontline, engine: Engine) -> None:
    engine.endpoint = ("https://models.example/v1", "m")  # type: ignore[assignment]
    parts.publishing.set_rules(ME, A, PublishingRules(max_broken=1))
    engine.asked.clear()

    assert call()[0] is Exit.BELOW
    status, _, err = call("--check")
    assert (status, engine.asked) == (Exit.BELOW, [])
    assert "40 tokens" in err
    assert "--may-cost" in err

    assert call("--check", "--may-cost")[0] is Exit.OK
    assert call()[0] is Exit.OK
