"""The talk as HTML: stored answers and visitors' words stand in it as plain characters, never as Markdown or HTML."""

import html
from collections.abc import Iterable

from core.chat.links import parts
from core.chat.service import ChatLook
from core.chat.talk import Moment, Turn

TAKES_OVER = "A person takes over"
_WAITING = '<div class="chat-reply chat-waiting" aria-label="Looking for the answer"><i></i><i></i><i></i></div>'


def avatar(look: ChatLook, name: str) -> str:
    """The org's logo, else its initials on its colour."""
    if look.logo:
        return f'<img class="chat-avatar" src="{html.escape(look.logo)}" alt="">'
    return f'<span class="chat-avatar" aria-hidden="true">{html.escape(look.initials or initials(name))}</span>'


def initials(name: str) -> str:
    """The first letters of the first two words.

    >>> initials("Northwind Clothing"), initials("acme")
    ('NC', 'A')
    """
    words = [word for word in name.split() if word[0].isalnum()]
    return "".join(word[0] for word in words[:2]).upper() or "?"


def talk(look: ChatLook, messages: Iterable[Turn], asked: str | None = None) -> str:
    """The greeting and every message; ``asked`` is one without a reply yet. The first handoff says what it is."""
    found = [_reply(html.escape(look.greeting))]
    handed_over = False
    for message in messages:
        found += [_question(message.question), _moment(message, is_first=not handed_over)]
        handed_over = handed_over or message.moment is Moment.HANDOFF
    if asked is not None:
        found += [_question(asked), _WAITING]
    return f'<div class="chat-log" role="log" style="{colours(look.colour)}">{"".join(found)}</div>'


def welcome(look: ChatLook, name: str) -> str:
    """What stands there before the first message: the org's sign and its greeting, in large."""
    greeting = f"<p>{html.escape(look.greeting)}</p>"
    return f'<div class="chat-welcome" style="{colours(look.colour)}">{avatar(look, name)}{greeting}</div>'


def single(message: Turn, colour: str) -> str:
    """One message's reply alone."""
    return f'<div class="chat-log" style="{colours(colour)}">{_moment(message)}</div>'


def refused(why: str) -> str:
    """Why a message was not taken."""
    return f'<div class="chat-refused" role="alert">{html.escape(why)}</div>'


def colours(colour: str) -> str:
    """The org's colour for a style attribute, and black or white for the words on it, whichever is read better."""
    return f"--chat-colour: {html.escape(colour)}; --chat-on-colour: {on(colour)}"


def on(colour: str) -> str:
    """Black or white, whichever has more contrast to a colour such as ``#0b6b63`` (WCAG 2.2, relative luminance)."""
    shares = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in shares)
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "#000000" if (luminance + 0.05) ** 2 > 0.05 * 1.05 else "#ffffff"


def linked(text: str) -> str:
    """A stored text as HTML: each web address of http or https in it can be opened, all else are plain characters."""
    return "".join(
        f'<a href="{html.escape(part.text)}" target="_blank" rel="noopener noreferrer">{html.escape(part.text)}</a>'
        if part.is_address
        else html.escape(part.text)
        for part in parts(text)
    )


def _question(text: str) -> str:
    return f'<div class="chat-question">{html.escape(text)}</div>'


def _reply(inner: str) -> str:
    return f'<div class="chat-reply">{inner}</div>'


def _moment(message: Turn, *, is_first: bool = True) -> str:
    if message.moment is Moment.HANDOFF:
        title = f'<div class="chat-takes-over">{TAKES_OVER}</div>' if is_first else ""
        return f'<div class="chat-handoff"><div>{title}<div class="chat-text">{linked(message.text)}</div></div></div>'
    return _reply(linked(message.text))
