"""Links of an answer that are not encrypted or lead nowhere: told by how they are written, without following them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from core.health.findings import TextKind
from core.web_address import host_and_port, is_loopback

_ADDRESS = re.compile(r"(?<![\w@])(?:[a-z]{2,10}:/{1,3}|www\.)[^\s<>\"'\])}]*", re.IGNORECASE)
_TARGET = re.compile(
    r"\[[^\]\n]*\]\(\s*(?P<target>[^)\n]+?)\s*\)|href\s*=\s*[\"'](?P<href>[^\"'\n]*)[\"']", re.IGNORECASE
)
_NO_TARGET = frozenset({"", "#", "todo", "tbd", "link", "url", "...", "…"})
_EXAMPLES = re.compile(r"(?:.*\.)?(?:example\.(?:com|org|net)|(?:test|example|invalid|localhost))", re.IGNORECASE)
_OWN_NETWORK = re.compile(
    r".*\.(?:local|lan|internal|intranet|corp|home|home\.arpa)\.?"
    r"|10(?:\.\d+){3}|192\.168(?:\.\d+){2}|172\.(?:1[6-9]|2\d|3[01])(?:\.\d+){2}",
    re.IGNORECASE,
)
_KNOWN = frozenset({"http", "https", "ftp", "mailto", "tel"})
_CLOSING = ".,;:!?…*_"


def doubtful_links(text: str) -> Iterator[tuple[TextKind, str, str]]:
    """For each doubtful link its kind, the link as it is written, and what to do about it, in order."""
    for found in _TARGET.finditer(text):
        target = found["target"] if found["href"] is None else found["href"]
        if target.strip().lower() in _NO_TARGET:
            yield TextKind.BROKEN_LINK, found.group(), "It has no address: write where it leads, or delete it."
    for found in _ADDRESS.finditer(text):
        written = found.group().rstrip(_CLOSING)
        if why := _nowhere(written):
            yield TextKind.BROKEN_LINK, written, why
        elif written.lower().startswith("http://"):
            yield TextKind.PLAIN_LINK, written, "Write https:// where the site has it: nearly all do."


def _nowhere(written: str) -> str | None:
    address = written if "://" in written or not written.lower().startswith("www.") else f"https://{written}"
    scheme, _, rest = address.partition(":")
    if scheme.lower() not in _KNOWN:
        return f"“{scheme}:” is no beginning of a web address: write https://"
    if scheme.lower() not in ("http", "https"):
        return None
    if not rest.startswith("//") or rest.startswith("///"):
        return "An address begins with https:// and two slashes."
    return _no_site(address)


def _no_site(address: str) -> str | None:
    try:
        named = host_and_port(urlsplit(address).netloc.rpartition("@")[2])
    except ValueError:
        named = None
    if named is None:
        return "It names no site: write the whole address."
    name = named[0]
    if is_loopback(name):
        return "This address is the computer of whoever opens it: write the address of your site."
    if "." not in name.strip(".") and ":" not in name:
        return (
            "The name has no ending such as .com: write the whole address. Visitors know no short names of a network."
        )
    if _OWN_NETWORK.fullmatch(name):
        return "Only a company’s own network knows this site; visitors do not."
    if _EXAMPLES.fullmatch(name):
        return "This address is only an example: write the real one."
    return None
