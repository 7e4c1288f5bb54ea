"""What a person says of an answer: it was right, or what should have been; kept as a test question or a phrasing."""

from collections.abc import Callable, Sequence

import streamlit as st

from core.answering import Answered, AskResult, Failed
from core.bootstrap import frontline
from core.datasets.dataset import Dataset
from core.datasets.kept_questions import KEPT_FROM_ASK
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.questions.entry import Entry
from core.questions.text import same_question_key, shortened
from core.runs.results import A_PERSON
from pages.questions.entry import entry_panel
from pages.shell import notices, session

PAGE = "ask"
RIGHT, SHOULD = "Right", "Should have been …"
_PERSON = Entry(id=0, question=A_PERSON, answer="")
"""Stands for a person among the entries to choose from."""


def render(principal: Principal, membership: Membership, reply: AskResult, name: str) -> None:
    """The buttons, those that the person may use; ``name`` tells the answer from others beside it."""
    org_id = membership.org_id
    entries = {entry.id: entry for entry in frontline().questions.table(principal, org_id).entries if entry.enabled}
    nearest = [entries[one] for one in _nearest(reply) if one in entries]
    stored = _stored(reply.question, list(entries.values()))
    may_say = {Permission.EDIT, Permission.EVALUATE} & membership.permissions
    with st.container(horizontal=True, vertical_alignment="center"):
        if may_say and stored is None:
            if (right := _given(reply, entries)) is not None:
                with st.popover(RIGHT, icon=":material/check:", key=_closed_after_keeping(org_id, f"{name}_right")):
                    st.caption(notices.plain(f"Right is {_words(right)}."))
                    _keep(principal, membership, reply.question, right, f"{name}_right")
            with st.popover(SHOULD, icon=":material/edit:", key=_closed_after_keeping(org_id, f"{name}_should")):
                chosen = st.selectbox(
                    "What is right",
                    list(dict.fromkeys([_PERSON, *nearest, *entries.values()])),
                    index=None,
                    format_func=lambda entry: f"No. {entry.id} · {entry.question}" if entry.id else entry.question,
                    placeholder="Choose an entry, or a person",
                    key=session.key(PAGE, org_id, f"{name}_should_{reply.question}"),
                )
                _keep(principal, membership, reply.question, chosen, f"{name}_should")
        if nearest:
            words = f"Open No. {nearest[0].id}"
            entry_panel.button(org_id, nearest[0].id, words, key=f"ask_{name}")
    if may_say and stored is not None:
        st.caption(f"The question is a stored phrasing of No. {stored.id}, so there is nothing more to keep of it.")


def stored_since(principal: Principal, org_id: str, reply: AskResult) -> Entry | None:
    """The saved entry that has the question among its phrasings now, though the table that answered did not."""
    if _stored(reply.question, reply.published.entries) is not None:
        return None
    return _stored(
        reply.question, [one for one in frontline().questions.table(principal, org_id).entries if one.enabled]
    )


def _closed_after_keeping(org_id: str, name: str) -> str:
    """A popover's key: another one, and so a closed popover, each time that something was kept."""
    return session.key(PAGE, org_id, f"{name}_popover_{session.get(PAGE, org_id, 'kept') or 0}")


def _keep(principal: Principal, membership: Membership, question: str, right: Entry | None, key: str) -> None:
    """Where it is kept, and the two ways to keep it; ``right`` is None while nothing is chosen."""
    org_id, parts = membership.org_id, frontline()
    if Permission.EVALUATE in membership.permissions:
        dataset = _dataset(org_id, parts.datasets.listed(principal, org_id), key)
        if st.button(
            "Keep as a test question",
            type="primary",
            key=session.key(PAGE, org_id, f"{key}_test"),
            disabled=right is None,
            help=f"Later evaluations and checks ask it, and expect {_words(right)}",
        ):
            assert right is not None  # noqa: S101 - the button cannot be pressed before
            entry_id = right.id or None
            _done(
                org_id,
                lambda: (
                    parts.kept_questions.keep(
                        principal, org_id, question=question, entry_id=entry_id, dataset_id=dataset
                    ).is_new
                ),
                f"Kept as a test question that expects {_words(right)}",
                "It is a test question already, and expects this",
            )
    if (
        Permission.EDIT in membership.permissions
        and (right is None or right.id)
        and st.button(
            "Add as a phrasing",
            key=session.key(PAGE, org_id, f"{key}_phrasing"),
            disabled=right is None,
            help="Saves the question as one more way to ask the entry. It then tests nothing any more",
        )
    ):
        assert right is not None  # noqa: S101 - the button cannot be pressed before
        entry_id = right.id
        _done(
            org_id,
            lambda: parts.kept_questions.add_phrasing(principal, org_id, question=question, entry_id=entry_id),
            f"Added to {_words(right)}",
            "The entry has this phrasing already",
        )


def _dataset(org_id: str, listed: Sequence[Dataset], key: str) -> str | None:
    """The set of test questions that it goes into; None for the one of Ask."""
    others = {one.dataset_id: one.name for one in listed if one.name.casefold() != KEPT_FROM_ASK.casefold()}
    if not others:
        return None
    return st.selectbox(
        "Into the test questions",
        [None, *others],
        format_func=lambda found: KEPT_FROM_ASK if found is None else others[found],
        key=session.key(PAGE, org_id, f"{key}_set"),
    )


def _given(reply: AskResult, entries: dict[int, Entry]) -> Entry | None:
    """What the visitor got: an entry that is saved and on, or a person; None where nothing can be said of it."""
    if isinstance(reply.outcome, Failed):
        return None
    return entries.get(reply.outcome.entry.id) if isinstance(reply.outcome, Answered) else _PERSON


def _nearest(reply: AskResult) -> list[int]:
    """The entries that were near, the one that was given first."""
    given = [reply.outcome.entry.id] if isinstance(reply.outcome, Answered) else []
    return [*given, *(one.entry_id for one in (reply.decision.candidates if reply.decision else ()))]


def _stored(question: str, entries: Sequence[Entry]) -> Entry | None:
    key = same_question_key(question)
    return next((entry for entry in entries if key in map(same_question_key, entry.phrasings)), None)


def _words(right: Entry | None) -> str:
    if right is None:
        return "what you choose"
    return f"No. {right.id} “{shortened(right.question)}”" if right.id else "a person"


def _done(org_id: str, act: Callable[[], object], words: str, nothing: str) -> None:
    try:
        changed = act()
    except FrontlineError as error:
        notices.show(error)
    else:
        session.say(words if changed else nothing)
        session.put(PAGE, org_id, "kept", (session.get(PAGE, org_id, "kept") or 0) + 1)
        st.rerun()
