"""Web addresses in a stored text, which a chat makes clickable: the text itself stays as it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

_ADDRESS = re.compile(r"(?<![\w@.+/-])https?://[^\s<>\"“”„«»`]+", re.IGNORECASE)
_CLOSING = ".,;:!?…'’*_|"
_PAIRS = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class TextPart:
    """A piece of a text; with ``is_address`` it is a web address of http or https that may be opened."""

    text: str
    is_address: bool = False


def parts(text: str) -> list[TextPart]:
    """The text in pieces, which together are the text, byte for byte.

    >>> [part.text for part in parts("See https://shop.example/help.") if part.is_address]
    ['https://shop.example/help']
    """
    return [part for part in _pieces(text) if part.text]


def _pieces(text: str) -> Iterator[TextPart]:
    done = 0
    for found in _ADDRESS.finditer(text):
        address = _without_closing(found.group())
        if _leads_somewhere(address):
            end = found.start() + len(address)
            yield TextPart(text[done : found.start()])
            yield TextPart(text[found.start() : end], is_address=True)
            done = end
    yield TextPart(text[done:])


def _without_closing(address: str) -> str:
    """The address without what ends the sentence around it: a bracket stays where it was opened within."""
    while address:
        last = address[-1]
        opened = _PAIRS.get(last)
        if last in _CLOSING or (opened and address.count(last) > address.count(opened)):
            address = address[:-1]
        else:
            break
    return address


def _leads_somewhere(address: str) -> bool:
    """Whether it names a site. One with a name or a password before the site would look like another site's."""
    if not address.isprintable() or "\\" in address:
        return False
    try:
        split = urlsplit(address)
        port_is_number = split.port is None or split.port > 0
    except ValueError:
        return False
    return bool(split.hostname) and "@" not in split.netloc and port_is_number
