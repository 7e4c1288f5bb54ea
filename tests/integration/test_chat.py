"""The chat of an org on a real database: how it looks, its small talk, and its talks."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from core.answering import Answered, AskResult, Fallback
from core.audit.event import EventKind
from core.audit.service import Audit
from core.chat.reasons import ConsideredEntry, Reasons
from core.chat.service import CHANGED_MEANWHILE, Chat
from core.chat.settings import ChatSettings, StoredReply, default_replies
from core.chat.small_talk import SmallTalk
from core.chat.talk import MESSAGES_KEPT, Moment, Turn, kept_id
from core.errors import AccessDenied, FrontlineError, InvalidInput
from core.identity.access import Access
from core.identity.demo import ADMIN, CLOTHING_ORG, MEMBER, OUTSIDER, OWNER, PHONE_ORG, DemoDirectory
from core.questions.changes import Changes
from core.questions.live import LiveTables
from core.questions.policy import DEFAULT_FALLBACK
from core.questions.service import Questions
from core.storage.audit import SqlAuditStore
from core.storage.chat import SqlChatStore, SqlTalkStore
from core.storage.database import Database
from core.storage.publishing import SqlPublishingStore
from core.storage.questions import SqlQuestionStore
from core.storage.tables import chat_talks, run_rows, runs
from core.usage import NOTHING

ORG, OTHER = CLOTHING_ORG, PHONE_ORG
MORNING = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HELLO = Turn(question="hi", moment=Moment.SMALL_TALK, text="Hello")


class Bench:
    """An org whose table has six entries, the second of them off; each save is live."""

    def __init__(self, database: Database) -> None:
        self.database, self.at = database, MORNING
        access, store = Access(DemoDirectory()), SqlQuestionStore(database)
        self.audit = Audit(access, SqlAuditStore(database), lambda: self.at)
        self.questions = Questions(access, store)
        self.live = LiveTables(store)
        self.chat = Chat(
            access=access,
            store=SqlChatStore(database),
            talks=SqlTalkStore(database),
            live=self.live,
            clock=lambda: self.at,
            audit=self.audit,
        )
        for org in (ORG, OTHER):
            with SqlPublishingStore(database).editing(org) as edit:
                edit.make_each_save_live(None, None)
        rows = [{"question": f"Question {n}?", "answer": f"Answer {n}", "enabled": n != 2} for n in range(1, 7)]
        self.questions.save(OWNER, ORG, base_revision=0, changes=Changes(added=rows))

    def ask(self, question: str) -> AskResult:
        """As an engine would that knows only the stored words."""
        published = self.live.live(ORG)
        entry = next((entry for entry in published.entries if entry.question == question), None)
        return AskResult(
            question=question,
            outcome=Answered(entry=entry) if entry else Fallback(),
            text=entry.answer if entry else published.policy.fallback,
            asked=None,
            usage=NOTHING,
            published=published,
            seconds=0.0,
            engine="stand-in",
        )

    def suggestions(self) -> list[str]:
        return [question.removeprefix("Question ") for question in self.chat.public_look(ORG).suggestions]


@pytest.fixture
def bench(database: Database) -> Bench:
    return Bench(database)


def test_a_new_org_has_a_chat_that_can_be_shown(bench: Bench) -> None:
    look = bench.chat.public_look(OTHER)

    assert (look.name, look.logo, look.suggestions) == ("", "", ())
    assert look.greeting


def test_owners_alone_change_the_chat_and_activity_says_so(bench: Bench) -> None:
    settings = ChatSettings(greeting="Welcome", colour="#123456")
    for person in (ADMIN, MEMBER, OUTSIDER):
        with pytest.raises(AccessDenied):
            bench.chat.change(person, ORG, settings, version=0)

    bench.chat.change(OWNER, ORG, settings, version=0)

    assert bench.chat.settings(OWNER, ORG).settings == settings
    assert bench.chat.public_look(ORG).greeting == "Welcome"
    assert bench.chat.public_look(OTHER).greeting != "Welcome"
    (event,) = bench.audit.events(OWNER, ORG, what=EventKind.CHANGED_CHAT)
    assert event.details == "Colour, Greeting"


def test_of_two_owners_who_save_the_same_version_the_second_is_told(bench: Bench) -> None:
    for version in (0, 1):
        bench.chat.change(OWNER, ORG, ChatSettings(greeting=f"First {version}"), version=version)
        with pytest.raises(FrontlineError, match=CHANGED_MEANWHILE):
            bench.chat.change(OWNER, ORG, ChatSettings(greeting="Second"), version=version)

        assert bench.chat.public_look(ORG).greeting == f"First {version}"


def test_what_breaks_a_rule_is_refused_and_nothing_is_changed(bench: Bench) -> None:
    with pytest.raises(InvalidInput):
        bench.chat.change(OWNER, ORG, ChatSettings(colour="red"), version=0)

    assert bench.chat.settings(OWNER, ORG).version == 0


def test_suggestions_are_the_first_entries_that_visitors_can_get_until_an_owner_picks(bench: Bench) -> None:
    assert bench.suggestions() == ["1?", "3?", "4?", "5?"]

    bench.chat.change(OWNER, ORG, ChatSettings(suggested=(6, 2, 1)), version=0)

    assert bench.suggestions() == ["6?", "1?", "3?"]  # the second is off, and three are shown at least


def test_what_was_given_most_in_evaluations_is_suggested_before_the_first_ones(bench: Bench) -> None:
    given = {5: 3, 6: 2, 2: 4, 99: 4}
    with bench.database.write(ORG) as connection:
        connection.execute(
            sa.insert(runs).values(
                org_id=ORG, run_id="r", name="r", revision=1, policy={}, engine="e", engine_version="e", status="done",
                reason="", total=13, finished=13, author_id="a", author="a", created_at=MORNING, ended_at=MORNING,
            )
        )  # fmt: skip
        for row, entry_id in enumerate(entry_id for entry_id, often in given.items() for _ in range(often)):
            connection.execute(
                sa.insert(run_rows).values(
                    org_id=ORG, run_id="r", row=row, line=row, question="q", expected="", label="none", label_ids=[],
                    extra={}, verdict="unlabelled", given_id=entry_id,
                )
            )  # fmt: skip

    assert bench.suggestions() == ["5?", "6?", "1?", "3?"]


def test_small_talk_gets_its_stored_reply_without_asking_and_is_asked_where_it_is_off(bench: Bench) -> None:
    asked = []

    def ask(question: str) -> AskResult:
        asked.append(question)
        return bench.ask(question)

    first = [bench.chat.reply(ORG, words, ask).message for words in ("Hi!", "thank you", "Can I talk to a human?")]
    off = default_replies() | {SmallTalk.GREETING: StoredReply(text="x", is_on=False)}
    own = off | {SmallTalk.PERSON: StoredReply(text="Call 1234")}
    bench.chat.change(OWNER, ORG, ChatSettings(replies=own), version=0)
    then = [bench.chat.reply(ORG, words, ask).message for words in ("Hi!", "talk to a human")]

    assert [one.moment for one in first] == [Moment.SMALL_TALK, Moment.SMALL_TALK, Moment.HANDOFF]
    assert [one.text for one in first[:2]] == [default_replies()[kind].text for kind in list(SmallTalk)[:2]]
    assert first[2].text == DEFAULT_FALLBACK
    assert [(one.moment, one.text) for one in then] == [
        (Moment.HANDOFF, DEFAULT_FALLBACK),
        (Moment.HANDOFF, "Call 1234"),
    ]
    assert asked == ["Hi!"]


def test_an_answer_is_a_stored_one_and_anything_else_a_handoff(bench: Bench) -> None:
    answered = bench.chat.reply(ORG, "Question 3?", bench.ask)
    handed_over = bench.chat.reply(ORG, "Something else", bench.ask)

    assert answered.message == Turn(question="Question 3?", moment=Moment.ANSWER, text="Answer 3")
    assert answered.result is not None
    assert handed_over.message.moment is Moment.HANDOFF
    assert handed_over.message.text == DEFAULT_FALLBACK


def test_a_talk_is_found_by_whose_it_is_and_by_nobody_else(bench: Bench) -> None:
    talk = bench.chat.begin()
    bench.chat.said(ORG, talk, "me", HELLO)

    bench.chat.said(ORG, talk, "another", replace(HELLO, text="Not mine"))
    bench.chat.forget(ORG, talk, "another")
    bench.chat.forget(OTHER, talk, "me")

    assert bench.chat.messages(ORG, talk, "me") == (HELLO,)
    assert bench.chat.messages(ORG, talk, "another") == ()
    assert bench.chat.messages(OTHER, talk, "me") == ()
    with bench.database.read(every_org=True) as connection:
        assert talk not in str(connection.execute(sa.select(chat_talks)).all())
    bench.chat.forget(ORG, talk, "me")
    assert bench.chat.messages(ORG, talk, "me") == ()


def test_what_stands_behind_a_reply_is_kept_with_it_and_messages_of_before_are_read_without(bench: Bench) -> None:
    talk, older = bench.chat.begin(), bench.chat.begin()
    near = (ConsideredEntry(entry_id=3, question="Question 3?", confidence=0.1),)
    reasons = Reasons(
        revision=1,
        engine="stand-in",
        why_not="Not close enough.",
        nearest=ConsideredEntry(entry_id=1, question="Question 1?", confidence=None),
        near=near,
    )
    messages = (replace(HELLO, reasons=reasons), replace(HELLO, small_talk=SmallTalk.GREETING))
    for message in messages:
        bench.chat.said(ORG, talk, "me", message)
    bench.chat.said(ORG, older, "me", HELLO)
    of_before = [{"question": "hi", "moment": moment, "text": "Hello"} for moment in ("refused", "small talk")]
    with bench.database.write(ORG) as connection:
        this = chat_talks.c.talk == kept_id(older)
        connection.execute(sa.update(chat_talks).where(this).values(messages=of_before))

    assert bench.chat.messages(ORG, talk, "me") == messages
    assert bench.chat.messages(ORG, older, "me") == (HELLO,)


def test_a_talk_ends_a_day_after_its_last_message_and_then_nothing_of_it_is_kept(bench: Bench) -> None:
    talk = bench.chat.begin()
    bench.chat.said(ORG, talk, "me", HELLO)
    bench.at += timedelta(hours=23)
    bench.chat.said(ORG, talk, "me", HELLO)
    bench.at += timedelta(hours=23)
    assert len(bench.chat.messages(ORG, talk, "me")) == 2

    bench.at += timedelta(hours=1)
    assert bench.chat.messages(ORG, talk, "me") == ()
    bench.chat.said(OTHER, bench.chat.begin(), "another", HELLO)

    with bench.database.read(every_org=True) as connection:
        assert connection.execute(sa.select(chat_talks.c.org_id)).scalars().all() == [OTHER]


def test_a_long_talk_keeps_its_newest_messages(bench: Bench) -> None:
    talk = bench.chat.begin()
    for number in range(MESSAGES_KEPT + 2):
        bench.chat.said(ORG, talk, "me", replace(HELLO, question=str(number)))

    kept = bench.chat.messages(ORG, talk, "me")

    assert [one.question for one in kept] == [str(number) for number in range(2, MESSAGES_KEPT + 2)]


def test_of_one_link_so_many_talks_are_kept_and_others_lose_none(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.storage.chat.TALKS_KEPT", 3)
    mine = bench.chat.begin()
    bench.chat.said(ORG, mine, "me", HELLO)
    talks = [bench.chat.begin() for _ in range(5)]
    for talk in talks:
        bench.at += timedelta(seconds=1)
        bench.chat.said(ORG, talk, "link 1", HELLO)

    assert [bool(bench.chat.messages(ORG, talk, "link 1")) for talk in talks] == [False, False, True, True, True]
    assert bench.chat.messages(ORG, mine, "me") == (HELLO,)


def test_messages_of_two_tabs_at_once_are_both_kept(bench: Bench) -> None:
    talk = bench.chat.begin()
    words = [str(number) for number in range(8)]
    tabs = [
        threading.Thread(target=bench.chat.said, args=(ORG, talk, "me", replace(HELLO, question=one))) for one in words
    ]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert sorted(one.question for one in bench.chat.messages(ORG, talk, "me")) == words
