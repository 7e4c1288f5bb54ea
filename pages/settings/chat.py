"""Chat: how the chat that visitors and stakeholders see looks, what it suggests, and its replies to small talk."""

import html
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from core.bootstrap import frontline
from core.chat.settings import (
    FIELDS,
    LOGO_BYTES,
    REPLIES,
    SUGGESTIONS,
    ChatSettings,
    StoredReply,
    logo_of,
)
from core.chat.small_talk import SmallTalk
from core.chat.store import StoredChat
from core.errors import FrontlineError
from core.identity.principal import Membership, Permission, Principal
from core.plurals import counted
from core.questions.entry import Entry
from core.questions.text import shortened
from pages.settings import chat_preview
from pages.shell import frame, notices, session, uploads

PAGE = "settings"
Options = Callable[[str], dict[str, Any]]
"""How a field is kept, by its name: its key, and that what is entered stays while other tabs and pages are open."""
ENTRIES_OFFERED = 1_000
"""At once, beside those that are picked already: more would take the browser seconds."""


def render(principal: Principal, membership: Membership) -> None:
    """The chat's own settings, saved at once; nothing for others than owners."""
    if Permission.MANAGE not in membership.permissions:
        return
    org_id = membership.org_id
    opened = _opened(principal, org_id)
    with st.container():
        st.caption("How the chat looks to visitors and under *Demo chat*. What is saved here is seen at once.")
        fields, preview = st.columns([3, 2], gap="medium")
        with fields.container(border=True):
            entered, picture = _fields(principal, membership, opened)
        with preview.container(key="chat-preview"):
            chat_preview.render(entered, picture, membership.org_name)
    if _bar(org_id, is_new=entered != opened.settings or picture is not None):
        _save(principal, org_id, opened, entered, picture)


def _bar(org_id: str, *, is_new: bool) -> bool:
    """What is in view as long as the tab is, as with the other settings; whether its button is pressed."""
    with st.bottom, st.container(key="chat-save-bar", horizontal=True, vertical_alignment="center"):
        st.markdown("**The chat is not saved yet**" if is_new else "All saved", width="stretch")
        return st.button(
            "Save the chat",
            type="primary" if is_new else "secondary",
            key=session.key(PAGE, org_id, "chat_save"),
            help=f"Visitors see it at once. {frame.KEYS_THAT_SAVE}.",
        )


def _opened(principal: Principal, org_id: str) -> StoredChat:
    """The settings as they were when the person came to the page: a save names their version."""
    visit, kept = session.get(PAGE, org_id, "chat_opened") or (None, None)
    if kept is None or visit != session.visit():
        kept = frontline().chat.settings(principal, org_id)
        session.put(PAGE, org_id, "chat_opened", (session.visit(), kept))
    return kept


def _save(principal: Principal, org_id: str, opened: StoredChat, entered: ChatSettings, picture: bytes | None) -> None:
    try:
        settings = entered if picture is None else replace(entered, logo=logo_of(picture))
        frontline().chat.change(principal, org_id, settings, version=opened.version)
    except FrontlineError as error:
        notices.show(error)
        return
    session.drop(PAGE, org_id, "chat_opened")
    session.say("The chat is saved")
    st.rerun()


def _fields(principal: Principal, membership: Membership, opened: StoredChat) -> tuple[ChatSettings, bytes | None]:
    """What the fields hold, and the picture that was chosen for the logo."""
    org_id, settings = membership.org_id, opened.settings
    options = _options(org_id, opened.version)
    name, initials, colour = st.columns([5, 2, 1], vertical_alignment="bottom")
    entered = replace(  # no field has max_chars: it would not take a longer text that is pasted, and not say so
        settings,
        name=name.text_input(
            FIELDS["name"],
            settings.name,
            placeholder=membership.org_name,
            **options("name"),
        ).strip(),
        initials=initials.text_input(FIELDS["initials"], settings.initials, **options("initials")).strip(),
        colour=colour.color_picker(FIELDS["colour"], settings.colour, **options("colour")),
        greeting=st.text_input(FIELDS["greeting"], settings.greeting, **options("greeting")).strip(),
    )
    logo, picture = _logo(options, settings)
    suggested = _suggested(principal, org_id, settings, options)
    return replace(entered, logo=logo, suggested=suggested, replies=_replies(options, settings)), picture


def _logo(options: Options, settings: ChatSettings) -> tuple[str, bytes | None]:
    file = uploads.field(
        f"{FIELDS['logo']} (instead of initials)",
        kinds=["png", "jpg", "jpeg"],
        megabytes=1,
        key=options("logo")["key"],
        about=f"A square PNG or JPEG of at most {LOGO_BYTES // 1000} kB.",
    )
    kept = settings.logo
    if kept:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.html(f'<img src="{html.escape(kept)}" alt="The logo now" style="height: 2.5rem">', width="content")
            if st.checkbox("Remove the logo", **options("logo_gone")):
                kept = ""
    return kept, file.getvalue() if file is not None else None


def _suggested(principal: Principal, org_id: str, settings: ChatSettings, options: Options) -> tuple[int, ...]:
    least, most = SUGGESTIONS
    entries = {entry.id: entry for entry in frontline().questions.table(principal, org_id).entries if entry.enabled}
    picked = [entry_id for entry_id in settings.suggested if entry_id in entries]
    chosen_now = [entry_id for entry_id in session.widget(options("suggested")["key"]) or () if entry_id in entries]
    chosen = st.multiselect(
        FIELDS["suggested"],
        list(dict.fromkeys((*picked, *chosen_now, *_offered(entries, options)))),
        default=picked,
        max_selections=most,
        format_func=lambda entry_id: shortened(entries[entry_id].question, 100),
        placeholder="Chosen by Frontline: those asked most in evaluations, else the first ones",
        help=f"Choose {least} to {most}, or none. Only those that are on and live are shown.",
        **options("suggested"),
    )
    return tuple(chosen)


def _offered(entries: Mapping[int, Entry], options: Options) -> list[int]:
    """Those to choose from: of a large table the first, or the first that have the words that are looked for."""
    if len(entries) <= ENTRIES_OFFERED:
        return list(entries)
    words = st.text_input(
        "Find questions to suggest",
        placeholder=f"The first {ENTRIES_OFFERED:,} of {len(entries):,} are offered below: write words to find others",
        **options("find"),
    )
    wanted = words.casefold().split()
    found = [entry.id for entry in entries.values() if all(word in entry.question.casefold() for word in wanted)]
    if wanted:
        few = "" if len(found) <= ENTRIES_OFFERED else f", of which the first {ENTRIES_OFFERED:,} are offered"
        st.caption(f"{counted(len(found), 'question')} with these words{few}.")
    return found[:ENTRIES_OFFERED]


def _replies(options: Options, settings: ChatSettings) -> dict[SmallTalk, StoredReply]:
    st.markdown("**Small talk**")
    st.caption(
        "A message that says only this gets a fixed reply, unless the table knows it. Switched off, it is looked for "
        "in the table like any other. Evaluations leave small talk out."
    )
    return {kind: _reply(options, kind, settings.replies[kind]) for kind in SmallTalk}


def _reply(options: Options, kind: SmallTalk, reply: StoredReply) -> StoredReply:
    on, text = st.columns([3, 5], vertical_alignment="center")
    return StoredReply(
        is_on=on.toggle(REPLIES[kind], reply.is_on, **options(f"{kind}_on")),
        text=text.text_area(
            f"Reply to {REPLIES[kind]}",
            reply.text,
            height=68,
            placeholder="As when a person takes over" if kind is SmallTalk.PERSON else "",
            label_visibility="collapsed",
            **options(f"{kind}_text"),
        ),
    )


def _options(org_id: str, version: int) -> Options:
    """The options of the fields, whose keys are others after each save: nothing of what was saved is left in them."""
    return lambda name: {"key": session.key(PAGE, org_id, f"chat_{name}_{version}"), "persist_state": "session"}
