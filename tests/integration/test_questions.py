"""The questions of an org on a real database."""

import threading
from datetime import UTC, datetime

import pytest

from core.answering import Answered, Answering
from core.clock import now
from core.engines.health import Health
from core.errors import AccessDenied, InvalidInput, NotFound
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.identity.principal import Principal
from core.questions.changes import Changes
from core.questions.entry import Entry
from core.questions.live import LiveTables
from core.questions.policy import Policy
from core.questions.revisions import EditConflict, EditingPerson, SettingsConflict
from core.questions.service import Questions
from core.spending.prices import Prices
from core.spending.service import Spending
from core.storage.database import Database
from core.storage.questions import SqlQuestionStore
from core.storage.spending import SqlSpendingStore
from tests.fakes import LiteralEngine, OnlyEngine, each_save_is_live

ORG = CLOTHING_ORG


@pytest.fixture
def store(database: Database) -> SqlQuestionStore:
    return SqlQuestionStore(database)


@pytest.fixture
def questions(store: SqlQuestionStore) -> Questions:
    return Questions(Access(DemoDirectory()), store)


def row(question: str, answer: str = "An answer", **fields: object) -> dict:
    return {"question": question, "answer": answer, **fields}


def add(questions: Questions, *rows: dict, org: str = ORG) -> int:
    base = questions.newest_revision(OWNER, org)
    revision = questions.save(OWNER, org, base_revision=base, changes=Changes(added=rows))
    assert revision is not None
    return revision.number


def texts(questions: Questions, org: str = ORG) -> dict[int, str]:
    return {entry.id: entry.answer for entry in questions.table(OWNER, org).entries}


def test_a_save_makes_a_revision_with_author_time_note_and_counts(questions: Questions) -> None:
    add(questions, row("A?"), row("B?"), row("C?"))
    changes = Changes(edited={1: {"answer": "new"}}, added=(row("D?"),), deleted=frozenset({3}))

    revision = questions.save(ADMIN, ORG, base_revision=1, changes=changes, note="  Autumn\n answers ")

    assert revision == questions.history(MEMBER, ORG)[0]
    assert (revision.number, revision.author, revision.note) == (2, ADMIN.name, "Autumn answers")
    assert (revision.added, revision.edited, revision.deleted) == (1, 1, 1)
    assert revision.at.utcoffset().total_seconds() == 0
    assert texts(questions) == {1: "new", 2: "An answer", 4: "An answer"}


def test_every_field_comes_back_as_it_was_saved(questions: Questions) -> None:
    answer = " Zwölf 👩‍👩‍👧 | ### \n Human: $x$ "
    add(questions, row("A?", answer, alternates=["a", "ä"], tags=["t"], enabled=False))

    (entry,) = questions.table(MEMBER, ORG).entries

    assert (entry.question, entry.answer, entry.alternates, entry.tags, entry.enabled) == (
        "A?",
        answer,
        ("a", "ä"),
        ("t",),
        False,
    )


def test_an_earlier_revision_reads_as_it_did(questions: Questions) -> None:
    add(questions, row("A?", "first"))
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "second"}}))
    questions.save(OWNER, ORG, base_revision=2, changes=Changes(deleted=frozenset({1})))

    read = [[entry.answer for entry in questions.table(OWNER, ORG, number).entries] for number in (0, 1, 2, 3)]

    assert read == [[], ["first"], ["second"], []]


def test_all_who_look_at_a_revision_share_what_was_read_and_nobody_gets_a_later_one_too_early(
    questions: Questions, store: SqlQuestionStore
) -> None:
    add(questions, row("A?"))
    early = store.snapshot(ORG, 2)  # is not there yet: it reads as the newest one does
    add(questions, row("B?"))

    assert [entry.question for entry in early.entries] == ["A?"]
    assert [entry.question for entry in store.snapshot(ORG, 2).entries] == ["A?", "B?"]
    assert store.snapshot(ORG) is store.snapshot(ORG, 2) is questions.table(MEMBER, ORG)
    assert store.snapshot(PHONE_ORG).entries == ()


def test_two_editors_of_different_rows_both_succeed(questions: Questions) -> None:
    add(questions, row("A?"), row("B?"))
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "by Olivia"}}))

    questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={2: {"answer": "by Adam"}}))

    assert texts(questions) == {1: "by Olivia", 2: "by Adam"}


def test_the_second_editor_of_one_row_sees_both_texts_and_nothing_is_saved(questions: Questions) -> None:
    add(questions, row("A?", "old"), row("B?", "old"))
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "by Olivia"}}))
    mine = Changes(edited={1: {"answer": "by Adam"}, 2: {"answer": "by Adam"}})

    with pytest.raises(EditConflict) as conflict:
        questions.save(ADMIN, ORG, base_revision=1, changes=mine)

    (row_in_conflict,) = conflict.value.conflicts
    assert (row_in_conflict.shown.answer, row_in_conflict.theirs.answer, row_in_conflict.mine.answer) == (
        "old",
        "by Olivia",
        "by Adam",
    )
    assert (row_in_conflict.by, conflict.value.latest) == (OWNER.name, 2)
    assert texts(questions) == {1: "by Olivia", 2: "old"}


def test_an_edit_of_a_row_that_was_deleted_and_a_deletion_of_one_that_was_edited_are_conflicts(
    questions: Questions,
) -> None:
    add(questions, row("A?"), row("B?"))
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={2: {"answer": "new"}}, deleted=frozenset({1})))

    with pytest.raises(EditConflict) as conflict:
        questions.save(
            ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "x"}}, deleted=frozenset({2}))
        )

    gone, changed = conflict.value.conflicts
    assert (gone.theirs, gone.mine.answer, gone.by) == (None, "x", OWNER.name)
    assert (changed.theirs.answer, changed.mine) == ("new", None)


def test_the_same_change_by_two_editors_is_no_conflict_and_no_revision(questions: Questions) -> None:
    add(questions, row("A?"), row("B?"))
    same = Changes(edited={1: {"answer": "same"}}, deleted=frozenset({2}))
    questions.save(OWNER, ORG, base_revision=1, changes=same)

    assert questions.save(ADMIN, ORG, base_revision=1, changes=same) is None
    assert questions.newest_revision(OWNER, ORG) == 2


def test_an_invalid_table_is_refused_whole(questions: Questions) -> None:
    add(questions, row("A?"))

    with pytest.raises(InvalidInput, match="New entry 2, Answer: is empty"):
        questions.save(OWNER, ORG, base_revision=1, changes=Changes(added=(row("B?"), row("C?", " "))))

    assert list(texts(questions)) == [1]


def test_a_question_that_another_editor_added_meanwhile_is_refused(questions: Questions) -> None:
    add(questions, row("A?"))
    add(questions, row("New?"))

    with pytest.raises(InvalidInput, match="already in"):
        questions.save(ADMIN, ORG, base_revision=1, changes=Changes(added=(row("new"),)))


@pytest.mark.parametrize("base", [-1, 7])
def test_a_save_on_a_revision_that_never_was_is_refused(questions: Questions, base: int) -> None:
    with pytest.raises(NotFound):
        questions.save(OWNER, ORG, base_revision=base, changes=Changes(added=(row("A?"),)))


def test_numbers_of_deleted_entries_are_never_given_again(questions: Questions) -> None:
    add(questions, row("A?"), row("B?"))
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(deleted=frozenset({2})))

    add(questions, row("C?"))

    assert list(texts(questions)) == [1, 3]


def test_any_revision_can_be_restored_as_a_new_one(questions: Questions) -> None:
    add(questions, row("A?", "a"), row("B?", "b"))
    questions.save(
        OWNER,
        ORG,
        base_revision=1,
        changes=Changes(edited={1: {"answer": "x"}}, added=(row("C?", "c"),), deleted=frozenset({2})),
    )

    revision = questions.restore(ADMIN, ORG, 1)

    assert (revision.number, revision.added, revision.edited, revision.deleted) == (3, 1, 1, 1)
    assert texts(questions) == {1: "a", 2: "b"}
    assert [entry.answer for entry in questions.table(OWNER, ORG, 2).entries] == ["x", "c"]
    assert questions.restore(ADMIN, ORG, 3) is None


def test_20_concurrent_editors_lose_no_update(questions: Questions) -> None:
    editors, saves = 20, 5
    add(questions, *(row(f"Question {i}?", "0") for i in range(editors)), row("Shared?", "start"))
    failures: list[Exception] = []

    def edit(number: int) -> None:
        """Save one's own row again and again, and sign a row that all others sign too."""
        try:
            for count in range(1, saves + 1):
                base = questions.newest_revision(OWNER, ORG)
                own = Changes(edited={number: {"answer": str(count)}})
                questions.save(OWNER, ORG, base_revision=base, changes=own)
                while True:
                    table = questions.table(OWNER, ORG)
                    signed = f"{table.entries[-1].answer} {number}.{count}"
                    changes = Changes(edited={editors + 1: {"answer": signed}})
                    try:
                        questions.save(OWNER, ORG, base_revision=table.revision, changes=changes)
                        break
                    except EditConflict:
                        continue
        except Exception as error:  # noqa: BLE001 - shown by the test
            failures.append(error)

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(1, editors + 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    answers = texts(questions)
    signatures = answers.pop(editors + 1).split()
    assert answers == {number: str(saves) for number in range(1, editors + 1)}
    every = [f"{number}.{count}" for number in range(1, editors + 1) for count in range(1, saves + 1)]
    assert sorted(signatures) == sorted(["start", *every])
    assert questions.newest_revision(OWNER, ORG) == 1 + 2 * editors * saves


def test_the_first_saves_of_a_new_org_by_two_people_at_once_both_count(questions: Questions) -> None:
    barrier = threading.Barrier(2)

    def first(name: str) -> None:
        barrier.wait()
        questions.save(OWNER, ORG, base_revision=0, changes=Changes(added=(row(name),)))

    threads = [threading.Thread(target=first, args=(name,)) for name in ("A?", "B?")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(entry.question for entry in questions.table(OWNER, ORG).entries) == ["A?", "B?"]


def test_a_draft_is_kept_for_one_person_and_gone_after_the_save(questions: Questions) -> None:
    add(questions, row("A?"))
    changes = Changes(edited={1: {"answer": "draft", "alternates": ["x"]}}, added=({"question": "half"},))

    questions.keep_draft(OWNER, ORG, base_revision=1, changes=changes)

    kept = questions.draft(OWNER, ORG)
    assert (kept.base_revision, kept.changes) == (1, Changes.from_json(changes.as_json()))
    assert questions.draft(ADMIN, ORG) is None
    assert questions.draft(OWNER, PHONE_ORG) is None
    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "draft"}}))
    assert questions.draft(OWNER, ORG) is None


def test_each_tab_of_a_person_keeps_its_own_draft_until_it_saves(questions: Questions) -> None:
    add(questions, row("A?"))
    here, there = Changes(edited={1: {"answer": "here"}}), Changes(added=({"question": "there?", "answer": "x"},))
    questions.keep_draft(OWNER, ORG, base_revision=1, changes=here, tab="a")
    questions.keep_draft(OWNER, ORG, base_revision=1, changes=there, tab="b")

    assert {draft.tab: draft.changes for draft in questions.drafts(OWNER, ORG)} == {"a": here, "b": there}
    assert set(questions.draft_times(OWNER, ORG)) == {"a", "b"}
    questions.save(OWNER, ORG, base_revision=1, changes=here, tab="a")
    assert [draft.tab for draft in questions.drafts(OWNER, ORG)] == ["b"]
    revision = questions.save(OWNER, ORG, base_revision=1, changes=there, tab="b")
    assert revision is not None
    assert (revision.added, revision.author_id) == (1, OWNER.user_id)
    assert questions.drafts(OWNER, ORG) == []


def test_others_see_who_is_editing_and_since_when_and_never_what(store: SqlQuestionStore) -> None:
    times = iter(datetime(2026, 3, 3, 14, minute, tzinfo=UTC) for minute in range(60))
    questions = Questions(Access(DemoDirectory()), store, clock=lambda: next(times))
    for tab in "ab":
        questions.keep_draft(ADMIN, ORG, base_revision=0, changes=Changes(added=({"question": "secret"},)), tab=tab)

    (person,) = questions.others_editing(OWNER, ORG)

    assert person == EditingPerson(user_id=ADMIN.user_id, name=ADMIN.name, at=datetime(2026, 3, 3, 14, 1, tzinfo=UTC))
    assert questions.others_editing(ADMIN, ORG) == []
    assert questions.others_editing(OWNER, PHONE_ORG) == []
    later = Questions(Access(DemoDirectory()), store, clock=lambda: datetime(2026, 3, 3, 15, 2, tzinfo=UTC))
    assert later.others_editing(OWNER, ORG) == []
    for tab in "ab":
        questions.keep_draft(ADMIN, ORG, base_revision=0, changes=Changes(), tab=tab)
    assert questions.others_editing(OWNER, ORG) == []


def test_a_new_row_that_was_saved_meanwhile_word_for_word_is_not_made_twice(questions: Questions) -> None:
    add(questions, row("A?"))
    new = {"question": "Do you ship?", "answer": "Yes", "alternates": ["shipping"], "enabled": True}
    questions.save(ADMIN, ORG, base_revision=1, changes=Changes(added=(new,)))

    assert questions.save(OWNER, ORG, base_revision=1, changes=Changes(added=(new,))) is None
    with pytest.raises(InvalidInput, match="already in"):
        questions.save(OWNER, ORG, base_revision=1, changes=Changes(added=({**new, "answer": "No"},)))


def test_orgs_never_see_each_other(questions: Questions, store: SqlQuestionStore) -> None:
    add(questions, row("Clothes?", "clothing secret"))
    add(questions, row("Phones?", "phone secret"), org=PHONE_ORG)

    assert texts(questions) == {1: "clothing secret"}
    assert texts(questions, PHONE_ORG) == {1: "phone secret"}
    assert [entry.answer for entry in store.newest(ORG).entries] == ["clothing secret"]


def test_a_member_sees_everything_and_changes_nothing(questions: Questions) -> None:
    add(questions, row("A?"))
    change = Changes(edited={1: {"answer": "mine"}})

    for attempt in (
        lambda: questions.save(MEMBER, ORG, base_revision=1, changes=change),
        lambda: questions.restore(MEMBER, ORG, 1),
        lambda: questions.keep_draft(MEMBER, ORG, base_revision=1, changes=change),
        lambda: questions.draft(MEMBER, ORG),
    ):
        with pytest.raises(AccessDenied, match="may not change the questions and answers"):
            attempt()

    assert len(questions.table(MEMBER, ORG).entries) == 1
    assert len(questions.history(MEMBER, ORG)) == 1


@pytest.mark.parametrize("org", [ORG, "no-such-org", "' OR 1=1 --"])
def test_an_outsider_gets_the_same_words_for_a_foreign_org_and_for_none(questions: Questions, org: str) -> None:
    for attempt in (
        lambda: questions.table(OUTSIDER, org),
        lambda: questions.history(OUTSIDER, org),
        lambda: questions.newest_revision(OUTSIDER, org),
        lambda: questions.save(OUTSIDER, org, base_revision=0, changes=Changes(added=(row("A?"),))),
        lambda: questions.restore(OUTSIDER, org, 1),
        lambda: questions.draft(OUTSIDER, org),
        lambda: questions.keep_draft(OUTSIDER, org, base_revision=0, changes=Changes(deleted=frozenset({1}))),
    ):
        with pytest.raises(AccessDenied, match=r"^You have no access to this organisation\.$"):
            attempt()


def test_what_is_switched_off_is_not_published(questions: Questions, store: SqlQuestionStore) -> None:
    add(questions, row("A?"), row("B?", enabled=False))

    assert [entry.question for entry in store.newest(ORG).entries] == ["A?"]


def test_what_is_live_follows_every_save_where_each_is_live(
    questions: Questions, store: SqlQuestionStore, database: Database
) -> None:
    each_save_is_live(database, [ORG])
    live = LiveTables(store, size=1)
    add(questions, row("A?", "first"))
    assert live.live(ORG) is live.live(ORG)

    questions.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "second"}}))

    assert live.live(ORG).entries[0].answer == "second"
    assert live.live(PHONE_ORG).entries == ()
    assert live.live(ORG).revision == 2


class EarlierIsLive(SqlQuestionStore):
    """Visitors get the first revision, whatever was saved since."""

    def live_revision(self, org_id: str) -> int:
        return min(1, self.newest_revision(org_id))


def test_what_visitors_get_and_what_editors_see_may_be_two_revisions(database: Database) -> None:
    store = EarlierIsLive(database)
    editors = Questions(Access(DemoDirectory()), store)
    visitors = Answering(
        Access(DemoDirectory()),
        LiveTables(store),
        OnlyEngine(LiteralEngine()),
        Spending(access=Access(DemoDirectory()), store=SqlSpendingStore(database), prices=Prices()),
        Health(now),
    )
    add(editors, row("A?", "first"))

    editors.save(OWNER, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "second"}}))

    answered = visitors.ask(MEMBER, ORG, "A?")
    assert answered.outcome == Answered(entry=Entry(id=1, question="A?", answer="first"))
    assert answered.published.revision == 1
    assert texts(editors) == {1: "second"}
    assert store.newest(ORG).revision == editors.newest_revision(MEMBER, ORG) == 2


def test_settings_are_part_of_the_history_and_are_restored_with_it(questions: Questions) -> None:
    add(questions, row("A?", "first"))
    questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="Call us", strictness=0.05))
    questions.save(ADMIN, ORG, base_revision=1, changes=Changes(edited={1: {"answer": "second"}}))
    assert questions.table(MEMBER, ORG).policy == Policy(fallback="Call us", strictness=0.05)
    assert questions.table(MEMBER, ORG, 1).policy == Policy()

    questions.restore(OWNER, ORG, 1)

    assert questions.table(MEMBER, ORG).policy == Policy()
    assert texts(questions) == {1: "first"}


def test_one_who_may_not_change_settings_restores_the_table_only(questions: Questions) -> None:
    add(questions, row("A?", "first"))
    questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="Call us"))
    questions.save(ADMIN, ORG, base_revision=2, changes=Changes(edited={1: {"answer": "second"}}))

    questions.restore(ADMIN, ORG, 1)

    assert texts(questions) == {1: "first"}
    assert questions.table(MEMBER, ORG).policy == Policy(fallback="Call us")
    assert questions.restore(ADMIN, ORG, 1) is None


def test_a_change_of_the_table_is_no_conflict_with_a_change_of_settings(questions: Questions) -> None:
    add(questions, row("A?"))
    add(questions, row("B?"))

    questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="Call us"))

    assert questions.table(OWNER, ORG).policy.fallback == "Call us"
    assert len(texts(questions)) == 2


def test_settings_changed_by_two_owners_are_a_conflict(questions: Questions) -> None:
    add(questions, row("A?"))
    questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="one"))

    with pytest.raises(SettingsConflict) as conflict:
        questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="two"))

    assert conflict.value.current.fallback == "one"
    assert questions.save_settings(OWNER, ORG, base_revision=1, policy=Policy(fallback="one")) is None


@pytest.mark.parametrize("person", [ADMIN, MEMBER, OUTSIDER])
def test_only_an_owner_of_the_org_changes_settings(questions: Questions, person: Principal) -> None:
    add(questions, row("A?"))

    with pytest.raises(AccessDenied):
        questions.save_settings(person, ORG, base_revision=1, policy=Policy(fallback="mine"))

    assert questions.table(OWNER, ORG).policy == Policy()


def test_the_changes_of_one_entry_are_those_saves_that_touched_it_newest_first(questions: Questions) -> None:
    add(questions, row("A?", "first"), row("B?"))
    steps = (
        Changes(edited={2: {"answer": "of another entry"}}),
        Changes(edited={1: {"answer": "second"}}),
        Changes(deleted=frozenset({1})),
    )
    for base, changes in enumerate(steps, start=1):
        questions.save(ADMIN, ORG, base_revision=base, changes=changes, note=f"step {base}")
    questions.restore(OWNER, ORG, 1)

    found = questions.entry_changes(MEMBER, ORG, 1)

    answers = [(c.before.answer if c.before else None, c.after.answer if c.after else None) for c in found]
    assert answers == [(None, "first"), ("second", None), ("first", "second"), (None, "first")]
    assert [(c.revision.number, c.revision.author) for c in found] == [
        (5, OWNER.name),
        (4, ADMIN.name),
        (3, ADMIN.name),
        (1, OWNER.name),
    ]
    assert questions.entry_changes(MEMBER, ORG, 99) == []


def test_the_oldest_change_that_is_listed_still_knows_what_was_before(
    questions: Questions, store: SqlQuestionStore
) -> None:
    add(questions, row("A?", "0"))
    for number in range(1, 5):
        questions.save(ADMIN, ORG, base_revision=number, changes=Changes(edited={1: {"answer": str(number)}}))

    found = store.entry_changes(ORG, 1, limit=2)

    assert [(c.before and c.before.answer, c.after and c.after.answer) for c in found] == [("3", "4"), ("2", "3")]
