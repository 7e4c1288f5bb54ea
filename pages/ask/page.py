"""Ask: one question, what a visitor would get for it, and why."""

from collections.abc import Sequence

import streamlit as st

from core.answering import AskResult
from core.bootstrap import frontline
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.questions.text import shortened
from pages.ask import explanation, tables, verdict
from pages.ask.tables import TableChoice
from pages.questions.entry import entry_panel
from pages.shell import notices, session

PAGE = "ask"
EXAMPLES = 3
"""Questions that are offered on an empty page."""
_EXAMPLE = "example"

Replies = dict[TableChoice, AskResult]


def render(principal: Principal, membership: Membership) -> None:
    """The question's field, and what became of the last question."""
    org_id = membership.org_id
    st.title("Ask", anchor=False)
    st.caption("Type a question as a visitor would. You see what they would get, and why.")
    if Permission.ASK not in membership.permissions:
        st.info(f"Your role here ({notices.plain(membership.role)}) may not try questions.")
        return
    sources = tables.chosen(principal, membership)
    question, example = _asked(org_id), _example(org_id)
    question = example if question is None else question
    if question is not None:
        _ask(principal, org_id, question, sources)
    replies: Replies = session.get(PAGE, org_id, "replies") or {}
    if any(_is_kept(reply) for reply in replies.values()) and _again(org_id):
        _ask(principal, org_id, next(iter(replies.values())).question, list(replies), bypass_cache=True)
        replies = session.get(PAGE, org_id, "replies") or {}
    if _of_before(principal, org_id, replies):
        _ask(principal, org_id, next(iter(replies.values())).question, list(replies))
        replies = session.get(PAGE, org_id, "replies") or {}
    _shown(principal, membership, replies, sources)
    if not replies:
        _examples(principal, org_id)
    entry_panel.dialog(principal, membership, PAGE)


def _examples(principal: Principal, org_id: str) -> None:
    """A few questions of the table itself, to begin with at a click."""
    table = frontline().questions.table(principal, org_id)
    found = [entry.phrasings[-1] for entry in table.entries if entry.enabled][:EXAMPLES]
    if not found:
        return
    st.caption("Or begin with one of your own:")
    with st.container(horizontal=True):
        for place, example in enumerate(found):
            st.button(
                notices.plain(shortened(example)),
                key=session.key(PAGE, org_id, f"example_{place}"),
                on_click=_begin_with,
                args=(org_id, example),
            )


def _example(org_id: str) -> str | None:
    """The example that was chosen just now."""
    found: str | None = session.get(PAGE, org_id, _EXAMPLE)
    session.drop(PAGE, org_id, _EXAMPLE)
    return found


def _begin_with(org_id: str, question: str) -> None:
    session.set_widget(session.key(PAGE, org_id, "question"), question)
    session.put(PAGE, org_id, _EXAMPLE, question)


def _shown(principal: Principal, membership: Membership, replies: Replies, sources: Sequence[TableChoice]) -> None:
    """Each table's answer with its reasons, and what can be said of it; several side by side.

    The question and the table are named where the fields above say another, or none.
    """
    org_id = membership.org_id
    field = session.widget(session.key(PAGE, org_id, "question"))
    is_named_above = list(replies) == list(sources)
    for place, (source, reply) in zip(st.columns(max(1, len(replies))), replies.items(), strict=False):
        with place:
            if len(replies) > 1 or not is_named_above:
                st.caption(f"**{source.value}**")
            settings = reply.published.policy.model
            scale = frontline().recalibrations.of_settings(principal, org_id, settings)
            explanation.bubbles(reply, with_question=field != reply.question)
            verdict.render(principal, membership, reply, source.name)
            explanation.reasons(reply, scale)


def _of_before(principal: Principal, org_id: str, replies: Replies) -> bool:
    """Say of an answer that the question was saved as a phrasing after it; whether the person wants the new answer."""
    place = st.empty()
    since = {source: verdict.stored_since(principal, org_id, one) for source, one in replies.items()}
    stored = next(filter(None, since.values()), None)
    if stored is None:
        return False
    words = f"Since this answer, the question was saved as a phrasing of No. {stored.id}."
    state = frontline().publishing.state(principal, org_id)
    if state.live != state.newest and not any(one for source, one in since.items() if source is not TableChoice.LIVE):
        place.info(f"{words} Visitors get the answer of before until that is published.", icon=":material/history:")
        return False
    with place.container(horizontal=True, vertical_alignment="center"):
        st.info(f"{words} What stands below is from before.", icon=":material/history:", width="stretch")
        wanted = st.button("Ask again", icon=":material/refresh:", key=session.key(PAGE, org_id, "again_since"))
    if wanted:
        place.empty()
    return wanted


def _ask(
    principal: Principal, org_id: str, question: str, sources: Sequence[TableChoice], *, bypass_cache: bool = False
) -> None:
    session.drop(PAGE, org_id, "replies")
    answering = frontline().answering
    try:
        with st.spinner(
            "Looking for the answer. The first question after a start takes some seconds longer, the very first in "
            "another language up to half a minute, and the very first of thousands of phrasings some minutes."
        ):
            replies = {
                source: answering.ask(
                    principal,
                    org_id,
                    question,
                    bypass_cache=bypass_cache,
                    trial=tables.table(principal, org_id, source),
                )
                for source in sources
            }
        session.put(PAGE, org_id, "replies", replies)
    except FrontlineError as error:
        notices.show(error)


def _is_kept(reply: AskResult) -> bool:
    return reply.asked is not None and reply.asked.reused


def _again(org_id: str) -> bool:
    """Whether the person wants to know what the model says now, in place of a kept reply."""
    key = session.key(PAGE, org_id, "again")
    return st.button("Ask the model again", icon=":material/refresh:", type="tertiary", key=key)


def _asked(org_id: str) -> str | None:
    """The question when it was sent just now; Enter sends it too."""
    with (
        st.form(session.key(PAGE, org_id, "form"), border=False),
        st.container(key="ask-line", horizontal=True, vertical_alignment="bottom"),
    ):
        question = st.text_input(
            "Question",
            key=session.key(PAGE, org_id, "question"),
            placeholder="For example: where is my order?",
            label_visibility="collapsed",
        )
        sent = st.form_submit_button("Ask", type="primary", icon=":material/send:")
    return question if sent else None
