"""Drafts, checks and publications on a real database: what visitors get, and when."""

import contextlib
import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from core.__main__ import main
from core.api.v1.app import api
from core.api.v1.services import ApiServices
from core.audit.event import EventKind
from core.bootstrap import Frontline
from core.commands.exits import Exit
from core.datasets.formats.choice import recognise_format
from core.engines.protocol import Effort
from core.errors import AccessDenied, InvalidInput, NotFound
from core.files.reading import read_table
from core.identity.bearer import Bearer
from core.publishing.check import CheckNeeded
from core.publishing.flips import FlipKind, Tally
from core.publishing.publication import LiveChanged, PublishingRules, ReasonNeeded
from core.questions.changes import Changes
from core.questions.entry import Published
from core.questions.policy import Policy
from core.questions.revisions import EditConflict
from core.rate_limits import RateLimiter, RateStanding, RequestRate
from core.transfer.options import Options
from core.transfer.reading import ReadFile, read_files
from core.usage import Usage
from tests.fakes import LiteralEngine, Tokens
from tests.integration.tenants import PEOPLE, A, B, Roles, installation, owner

ME = owner(A)
ADMIN, MEMBER = PEOPLE["Admin-1"], PEOPLE["Member-1"]
FILE = "question,expected_question\nHours?,Hours?\nopen now,Hours?\nJobs?,Jobs?\nhello,__fallback__\n"


@pytest.fixture
def parts(migrated_url: str, tmp_path: Path) -> Iterator[Frontline]:
    with installation(migrated_url, tmp_path, Roles()) as built:
        rows = ({"question": "Hours?", "answer": "9 to 5"}, {"question": "Jobs?", "answer": "Yes"})
        built.questions.save(ME, A, base_revision=0, changes=Changes(added=rows))
        yield built


def edit(parts: Frontline, entry_id: int, **fields: object) -> int:
    base = parts.questions.newest_revision(ME, A)
    saved = parts.questions.save(ME, A, base_revision=base, changes=Changes(edited={entry_id: fields}))
    assert saved is not None
    return saved.number


def visitor_gets(parts: Frontline, question: str = "Hours?") -> str:
    return parts.answering.ask(MEMBER, A, question).text


def keep_tests(parts: Frontline, text: str = FILE, name: str = "Shop") -> str:
    found = recognise_format(read_table(text.encode(), "t.csv"))
    preview = parts.intake.check(ME, A, found).preview
    return parts.datasets.save(ME, A, name=name, preview=preview, source="t.csv").dataset_id


def test_in_a_new_organisation_visitors_get_nothing_before_the_first_publication(
    migrated_url: str, tmp_path: Path
) -> None:
    with installation(migrated_url, tmp_path, Roles(), live=()) as parts:
        before = parts.publishing.state(ME, A)
        assert (before.live, before.newest, before.each_save_is_live) == (0, 0, False)
        row = {"question": "Hours?", "answer": "9 to 5"}
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=(row,)))

        assert parts.publishing.state(ME, A).waiting == 1
        reply = parts.answering.ask(ME, A, "Hours?")
        assert (reply.text, reply.published.revision) == (Policy().fallback, 0)
        assert parts.answering.ask(ME, A, "Hours?", trial=parts.questions.trial(ME, A)).text == "9 to 5"

        keep_tests(parts, "question,expected_question\nHours?,Hours?\n")
        assert [flip.kind for flip in parts.checks.of_saved(ME, A, 0, 1).flips] == [FlipKind.FIXED]
        first = parts.publishing.publish(ADMIN, A, revision=1, live=0)
        assert (first.number, first.revision, first.replaced) == (1, 1, 0)
        assert visitor_gets(parts) == "9 to 5"


def test_an_owner_of_a_new_organisation_may_let_each_save_be_live(migrated_url: str, tmp_path: Path) -> None:
    with installation(migrated_url, tmp_path, Roles(), live=()) as parts:
        parts.publishing.make_each_save_live(ME, A)
        row = {"question": "Hours?", "answer": "9 to 5"}
        parts.questions.save(ME, A, base_revision=0, changes=Changes(added=(row,)))

        assert visitor_gets(parts) == "9 to 5"


def test_each_save_is_live_until_an_owner_says_otherwise(parts: Frontline) -> None:
    edit(parts, 1, answer="10 to 6")

    state = parts.publishing.state(MEMBER, A)
    assert (state.each_save_is_live, state.live, state.newest, state.waiting) == (True, 2, 2, 0)
    assert visitor_gets(parts) == "10 to 6"


def test_a_save_waits_for_its_publication(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="10 to 6")
    edit(parts, 1, answer="11 to 7")

    assert visitor_gets(parts) == "9 to 5"
    assert parts.publishing.state(MEMBER, A).waiting == 2

    published = parts.publishing.publish(ADMIN, A, revision=3, live=1, reason="  New\nhours ")

    assert visitor_gets(parts) == "11 to 7"
    assert (published.revision, published.replaced, published.author, published.reason) == (
        3,
        1,
        ADMIN.name,
        "New hours",
    )
    assert parts.publishing.publications(MEMBER, A)[0] == published
    assert parts.publishing.state(MEMBER, A).waiting == 0
    told = [event.details for event in parts.audit.events(ME, A) if event.what is EventKind.PUBLISHED]
    assert told == ["revision 3 in place of 1"]


def test_settings_wait_as_answers_do(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    policy = replace(parts.questions.table(ME, A).policy, fallback="Somebody will call")
    parts.questions.save_settings(ME, A, base_revision=1, policy=policy)

    assert visitor_gets(parts, "unknown") != "Somebody will call"
    parts.publishing.publish(ME, A, revision=2, live=1)
    assert visitor_gets(parts, "unknown") == "Somebody will call"


def test_an_older_revision_can_be_made_live_again(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="wrong")
    parts.publishing.publish(ME, A, revision=2, live=1)

    parts.publishing.publish(ME, A, revision=1, live=2)

    assert visitor_gets(parts) == "9 to 5"
    assert parts.publishing.state(ME, A).waiting == 1


def test_each_save_is_live_again_at_once_when_an_owner_says_so(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="10 to 6")

    parts.publishing.make_each_save_live(ME, A)

    assert visitor_gets(parts) == "10 to 6"


def test_what_was_live_is_told_through_every_change_of_how_publishing_works(parts: Frontline) -> None:
    def were_live() -> list[int]:
        found = parts.publishing.were_live(MEMBER, A)
        return [number for number in range(1, 20) if any(number in some for some in found)]

    edit(parts, 1, answer="2")
    assert were_live() == [1, 2], "each save was live at once, and nothing was published"
    parts.publishing.publish_by_hand(ME, A)
    for answer in "345":
        edit(parts, 1, answer=answer)
    assert were_live() == [1, 2]
    parts.publishing.publish(ME, A, revision=4, live=2)
    assert were_live() == [1, 2, 4]
    edit(parts, 1, answer="6")
    parts.publishing.make_each_save_live(ME, A)
    edit(parts, 1, answer="7")
    assert were_live() == [1, 2, 4, 6, 7], "5 waited, and 6 took its place"
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="8")
    assert were_live() == [1, 2, 4, 6, 7]


def test_who_saw_another_live_revision_publishes_nothing(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="10 to 6")
    parts.publishing.publish(ME, A, revision=2, live=1)
    edit(parts, 1, answer="11 to 7")

    with pytest.raises(LiveChanged, match="Revision 2 was published meanwhile"):
        parts.publishing.publish(ADMIN, A, revision=3, live=1)

    assert visitor_gets(parts) == "10 to 6"


def test_of_many_who_publish_at_once_one_does(parts: Frontline) -> None:
    parts.publishing.publish_by_hand(ME, A)
    edit(parts, 1, answer="10 to 6")
    failures: list[Exception] = []

    def publish() -> None:
        try:
            parts.publishing.publish(ADMIN, A, revision=2, live=1)
        except LiveChanged as error:
            failures.append(error)

    threads = [threading.Thread(target=publish) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(failures) == 4
    assert len(parts.publishing.publications(ME, A)) == 2


@pytest.mark.parametrize(("revision", "error"), [(0, NotFound), (9, NotFound), (1, InvalidInput)])
def test_only_another_revision_that_is_there_can_be_published(
    parts: Frontline, revision: int, error: type[Exception]
) -> None:
    parts.publishing.publish_by_hand(ME, A)

    with pytest.raises(error):
        parts.publishing.publish(ME, A, revision=revision, live=1)


def test_where_each_save_is_live_nothing_is_to_be_published(parts: Frontline) -> None:
    with pytest.raises(InvalidInput, match="each save is live"):
        parts.publishing.publish(ME, A, revision=1, live=1)


def test_members_neither_publish_nor_change_how_it_works_and_admins_only_publish(parts: Frontline) -> None:
    rules = PublishingRules(max_broken=1)
    with pytest.raises(AccessDenied):
        parts.publishing.publish(MEMBER, A, revision=1, live=1)
    for person in (MEMBER, ADMIN):
        for refused in (
            lambda who=person: parts.publishing.publish_by_hand(who, A),
            lambda who=person: parts.publishing.make_each_save_live(who, A),
            lambda who=person: parts.publishing.set_rules(who, A, rules),
        ):
            with pytest.raises(AccessDenied):
                refused()


def test_people_of_another_org_see_and_do_nothing(parts: Frontline) -> None:
    stranger = owner(B)
    for refused in (
        lambda: parts.publishing.state(stranger, A),
        lambda: parts.publishing.publications(stranger, A),
        lambda: parts.publishing.publish(stranger, A, revision=1, live=1),
        lambda: parts.publishing.set_rules(stranger, A, PublishingRules()),
        lambda: parts.checks.of_saved(stranger, A, 1, 1),
        lambda: parts.checks.of_unsaved(stranger, A, 1, Changes()),
        lambda: parts.checks.count(stranger, A),
    ):
        with pytest.raises(AccessDenied):
            refused()
    assert parts.publishing.state(stranger, B).live == 0


def test_a_check_of_unsaved_changes_lists_what_flips_and_saves_nothing(parts: Frontline) -> None:
    keep_tests(parts)
    changes = Changes(edited={1: {"alternates": ["open now"]}, 2: {"question": "Vacancies?"}})

    found = parts.checks.of_unsaved(ME, A, 1, changes)

    assert [(flip.kind, flip.question, flip.before, flip.after, flip.edited) for flip in found.flips] == [
        (FlipKind.BROKEN, "Jobs?", 2, None, (2,)),
        (FlipKind.FIXED, "open now", None, 1, (1,)),
    ]
    assert (found.asked, found.failed) == (4, 0)
    assert parts.questions.newest_revision(ME, A) == 1


def test_a_deleted_entry_breaks_the_questions_that_expect_it(parts: Frontline) -> None:
    keep_tests(parts)

    found = parts.checks.of_unsaved(ME, A, 1, Changes(deleted=frozenset({2})))

    assert [(flip.question, flip.is_gone) for flip in found.broken] == [("Jobs?", True)]


def test_only_the_chosen_test_questions_are_asked(parts: Frontline) -> None:
    keep_tests(parts)
    other = keep_tests(parts, "question,expected_question\nhello,__fallback__\n", "Small")
    assert parts.checks.of_saved(ME, A, 1, 1).asked == 5

    parts.publishing.set_rules(ME, A, PublishingRules(dataset_ids=(other,)))

    assert parts.checks.of_saved(ME, A, 1, 1).asked == 1
    assert parts.checks.count(ME, A) == 1


def test_a_failed_call_is_no_broken_question(parts: Frontline) -> None:
    keep_tests(parts, "question,expected_question\nHours?,Hours?\nfail please,__fallback__\n")

    found = parts.checks.of_unsaved(ME, A, 1, Changes(edited={1: {"answer": "new"}}))

    assert (found.failed, found.flips) == (1, ())


def test_what_breaks_more_than_allowed_is_published_only_with_a_reason(parts: Frontline) -> None:
    keep_tests(parts)
    parts.publishing.publish_by_hand(ME, A)
    parts.publishing.set_rules(ME, A, PublishingRules(max_broken=0))
    edit(parts, 1, question="Opening?")

    with pytest.raises(ReasonNeeded, match="This breaks 1 test question"):
        parts.publishing.publish(ADMIN, A, revision=2, live=1, reason="  ")
    assert visitor_gets(parts) == "9 to 5"

    published = parts.publishing.publish(ADMIN, A, revision=2, live=1, reason="Wanted")

    assert (published.broken, published.reason) == (1, "Wanted")
    assert parts.publishing.publications(ME, A)[0] == published


def test_what_breaks_no_more_than_allowed_needs_no_reason(parts: Frontline) -> None:
    keep_tests(parts)
    parts.publishing.publish_by_hand(ME, A)
    parts.publishing.set_rules(ME, A, PublishingRules(max_broken=1))
    edit(parts, 1, question="Opening?")

    assert parts.publishing.publish(ME, A, revision=2, live=1).broken == 1


def test_what_could_not_be_checked_needs_a_reason_too(parts: Frontline) -> None:
    keep_tests(parts, "question,expected_question\nfail please,__fallback__\n")
    parts.publishing.publish_by_hand(ME, A)
    parts.publishing.set_rules(ME, A, PublishingRules(max_broken=5))
    edit(parts, 1, answer="new")

    with pytest.raises(ReasonNeeded, match="1 test question could not be checked"):
        parts.publishing.publish(ME, A, revision=2, live=1)


@pytest.mark.parametrize("rules", [PublishingRules(max_broken=-1), PublishingRules(dataset_ids=("x",) * 21)])
def test_rules_out_of_reach_are_refused(parts: Frontline, rules: PublishingRules) -> None:
    with pytest.raises(InvalidInput):
        parts.publishing.set_rules(ME, A, rules)


def test_settings_are_checked_before_they_are_saved(parts: Frontline) -> None:
    keep_tests(parts)
    policy = replace(parts.questions.table(ME, A).policy, fallback="Somebody will call")

    found = parts.checks.of_settings(ME, A, 1, policy)

    assert (found.asked, found.flips, found.after) == (4, (), Tally(right=3, wrong=0, to_a_person=1))
    assert parts.checks.effort_of_settings(ME, A, 1, policy) is None
    assert parts.questions.newest_revision(ME, A) == 1


class Metered(LiteralEngine):
    """As one that asks a model server: each question costs something."""

    endpoint = ("https://models.example/v1", "m")

    def expected(self, questions: Sequence[str], published: Published) -> Effort:
        return Effort(usage=Usage(sent=10 * len(questions), received=len(questions)))


@pytest.fixture
def two_workers(migrated_url: str, tmp_path: Path) -> Iterator[tuple[Frontline, Frontline]]:
    """Two processes' parts on one database, with a guard and an engine that costs something."""
    with (
        installation(migrated_url, tmp_path, Roles(), Metered()) as one,
        installation(migrated_url, tmp_path, Roles(), Metered()) as other,
    ):
        rows = ({"question": "Hours?", "answer": "9 to 5"}, {"question": "Jobs?", "answer": "Yes"})
        one.questions.save(ME, A, base_revision=0, changes=Changes(added=rows))
        one.publishing.publish_by_hand(ME, A)
        one.publishing.set_rules(ME, A, PublishingRules(max_broken=0))
        yield one, other


def test_a_check_that_one_process_made_counts_in_another(two_workers: tuple[Frontline, Frontline]) -> None:
    one, other = two_workers
    keep_tests(one)
    edit(one, 1, question="Opening?")
    effort = one.checks.effort_of_saved(ME, A, 1, 2)
    assert effort is not None
    assert effort.usage == Usage(sent=80, received=8), "both sides ask"
    with pytest.raises(CheckNeeded, match="start the check"):
        other.publishing.publish(ME, A, revision=2, live=1, reason="Wanted")

    one.checks.of_saved(ME, A, 1, 2)

    with pytest.raises(ReasonNeeded, match="This breaks 1 test question"):
        other.publishing.publish(ME, A, revision=2, live=1)
    assert other.publishing.publish(ME, A, revision=2, live=1, reason="Wanted").broken == 1


def test_a_kept_check_counts_no_longer_once_it_would_be_asked_on_something_else(
    two_workers: tuple[Frontline, Frontline],
) -> None:
    one, other = two_workers
    keep_tests(one)
    edit(one, 1, answer="10 to 6")
    one.checks.of_saved(ME, A, 1, 2)
    keep_tests(one, name="More")

    with pytest.raises(CheckNeeded):
        other.publishing.publish(ME, A, revision=2, live=1)


def test_a_check_with_failed_calls_holds_the_guard_and_a_reason_passes_it(
    two_workers: tuple[Frontline, Frontline],
) -> None:
    one, other = two_workers
    keep_tests(one, "question,expected_question\nfail please,__fallback__\n")
    edit(one, 1, answer="10 to 6")
    one.checks.of_saved(ME, A, 1, 2)

    with pytest.raises(ReasonNeeded, match="1 test question could not be checked"):
        other.publishing.publish(ME, A, revision=2, live=1)
    assert other.publishing.publish(ME, A, revision=2, live=1, reason="The server is slow").broken == 0


class NoLimit(RateLimiter):
    """Counts nothing: what is tried here is not how often."""

    def take(self, rate: RequestRate, caller: str, org_id: str) -> RateStanding:
        return RateStanding(rate=rate, left=rate.burst, wait=0)


def api_of(parts: Frontline) -> TestClient:
    """The HTTP API on these parts, for an admin's token."""
    names = [field.name for field in fields(ApiServices) if field.name != "bearers"]
    tokens = Tokens(admin=Bearer(principal=ADMIN, key="admin"))
    services = ApiServices(bearers=tokens, **{name: getattr(parts, name) for name in names})
    return TestClient(api(services, NoLimit()), headers={"Authorization": "Bearer admin"})


def as_api_does(parts: Frontline, revision: int, live: int) -> str:
    body = {"revision": revision, "live": live}
    status = api_of(parts).post(f"/api/v1/orgs/{A}/publications", json=body).status_code
    return {201: "published", 412: "another is live", 422: "is live already"}[status]


def as_command_does(parts: Frontline, revision: int, live: int) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("core.commands.publish.frontline", lambda: replace(parts, opened=contextlib.ExitStack()))
        patch.setattr(
            "core.commands.publish.acting",
            lambda *_: (ADMIN, next(one for one in parts.access.orgs(ADMIN) if one.org_id == A)),
        )
        status = main(["publish", "--org", A, "--revision", str(revision)])
    return {Exit.OK: "published", Exit.WRONG_USE: "is live already"}[Exit(status)]


def as_page_does(parts: Frontline, revision: int, live: int) -> str:
    try:
        parts.publishing.publish(ADMIN, A, revision=revision, live=live)
    except LiveChanged:
        return "another is live"
    except InvalidInput:
        return "is live already"
    return "published"


WAYS = (as_page_does, as_api_does, as_command_does)


@functools.cache
def sheet(answer: str) -> ReadFile:
    """A sheet in which the first entry has this answer and all else is as it was."""
    return read_files([("shop.csv", f"question,answer\nHours?,{answer}\nJobs?,Yes\n".encode())])


SHEETS = {text: functools.partial(sheet, text) for text in ("a", "b", "c", "d")}
"""Read once, when they are wanted: that starts a process."""


class Editors(RuleBasedStateMachine):
    """Several editors save, restore, publish and switch, against a plain model of what visitors get."""

    parts: Frontline

    @initialize()
    def begin(self) -> None:
        self.parts.publishing.make_each_save_live(ME, A)
        self.parts.publishing.set_rules(ME, A, PublishingRules())
        self.answers: dict[int, str] = {}
        self.newest = self.parts.questions.newest_revision(ME, A)
        for number in range(1, self.newest + 1):
            self.answers[number] = self.parts.questions.table(ME, A, number).entries[0].answer
        self.live: int | None = None
        self.begun = self.newest
        self.were = {self.newest}

    @rule(text=st.sampled_from(["a", "b", "c"]))
    def save(self, text: str) -> None:
        changes = Changes(edited={1: {"answer": text}})
        saved = self.parts.questions.save(ADMIN, A, base_revision=self.newest, changes=changes)
        assert (saved is None) == (self.answers[self.newest] == text)
        if saved:
            self.newest = saved.number
            self.answers[self.newest] = text

    @rule(text=st.sampled_from(sorted(SHEETS)), meanwhile=st.sampled_from(["", "a", "b"]))
    def import_a_sheet(self, text: str, meanwhile: str) -> None:
        """A colleague's sheet, whose preview may be older than another editor's save: then nothing is imported."""
        transfer = self.parts.transfer
        made = transfer.plan(ADMIN, A, SHEETS[text](), Options())
        planned_on = self.answers[self.newest]
        if meanwhile:
            self.save(meanwhile)
        now = self.answers[self.newest]
        if text not in (planned_on, now) and now != planned_on:
            with pytest.raises(EditConflict):
                transfer.apply(ADMIN, A, made)
            return
        saved = transfer.apply(ADMIN, A, made)
        assert (saved is None) == (text in (planned_on, now))
        if saved:
            self.newest = saved.number
            self.answers[self.newest] = text

    @rule(back=st.integers(0, 5))
    def restore(self, back: int) -> None:
        number = max(1, self.newest - back)
        restored = self.parts.questions.restore(ME, A, number)
        assert (restored is None) == (self.answers[self.newest] == self.answers[number])
        if restored:
            self.newest = restored.number
            self.answers[self.newest] = self.answers[number]

    @rule()
    def by_hand(self) -> None:
        self.parts.publishing.publish_by_hand(ME, A)
        self.live = self.live or self.newest

    @rule()
    def each_save(self) -> None:
        self.parts.publishing.make_each_save_live(ME, A)
        self.live = None

    @precondition(lambda self: self.live is not None)
    @rule(back=st.integers(0, 5), seen=st.sampled_from(["live", "another"]), publish=st.sampled_from(WAYS))
    def publish(self, back: int, seen: str, publish: Callable[[Frontline, int, int], str]) -> None:
        number = max(1, self.newest - back)
        assert self.live is not None
        looks_itself = publish is as_command_does
        ended = publish(self.parts, number, self.live if seen == "live" else self.live + 1)
        if seen == "another" and not looks_itself:
            assert ended == "another is live"
        elif number == self.live:
            assert ended == "is live already"
        else:
            assert ended == "published"
            self.live = number
        assert self.parts.publishing.state(ME, A).live == self.live

    @invariant()
    def what_was_live_is_told(self) -> None:
        if not hasattr(self, "newest"):
            return
        self.were.add(self.newest if self.live is None else self.live)
        told = self.parts.publishing.were_live(MEMBER, A)
        span = range(self.begun, self.newest + 1)
        assert [n for n in span if any(n in some for some in told)] == [n for n in span if n in self.were]

    def teardown(self) -> None:
        if not hasattr(self, "newest"):
            return
        live = self.live or self.newest
        assert visitor_gets(self.parts) == self.answers[live]
        state = self.parts.publishing.state(ME, A)
        assert (state.live, state.newest, state.each_save_is_live) == (live, self.newest, self.live is None)


def test_random_saves_restores_and_publications_give_visitors_what_a_plain_model_says(parts: Frontline) -> None:
    class Here(Editors):
        pass

    Here.parts = parts
    few = settings(max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Here, settings=few)
