"""What a visitor would read as it stands though it was meant for a machine: HTML, Markdown, placeholders, letters that
were decoded wrongly; and HTML as the plain text that it shows."""

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from html.entities import html5
from html.parser import HTMLParser


class RawKind(StrEnum):
    """What a text holds; the values are the words that are shown."""

    HTML = "HTML"
    MARKDOWN = "Markdown"
    PLACEHOLDER = "a placeholder that was not filled in"
    BROKEN_LETTERS = "broken letters"


_BLOCKS = (
    *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figure", "footer", "form", "header"),
    *("hr", "li", "main", "nav", "ol", "pre", "section", "table", "tbody", "thead", "tr", "ul"),
)
_PARAGRAPHS = ("p", "h1", "h2", "h3", "h4", "h5", "h6")
_UNSEEN = ("script", "style", "title")
_INLINE = (
    *("a", "abbr", "b", "big", "button", "center", "cite", "code", "del", "em", "font", "i", "iframe", "img", "input"),
    *("ins", "kbd", "label", "mark", "q", "s", "small", "span", "strike", "strong", "sub", "sup", "svg", "td", "th"),
    *("tt", "u", "video", "html", "head", "body", "meta", "link"),
)
_KNOWN = frozenset((*_BLOCKS, *_PARAGRAPHS, *_UNSEEN, *_INLINE))
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_KNOWN, key=len, reverse=True))})(?:\s[^<>]*)?/?>|<!--", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][\da-fA-F]{1,6}|(?P<name>[A-Za-z][A-Za-z\d]{1,30}));")
_MARKDOWN = re.compile(
    r"""
    \*\*(?=[^\s*])[^*\n]*(?<=[^\s*])\*\*                    # **bold**
    | (?<!\w)__(?=[^\s_])[^_\n]*(?<=[^\s_])__(?!\w)         # __bold__
    | \[[^\]\n]+\]\([^()\s]+\)                              # [text](address)
    | ^\#{2,6}[ \t]+[^\s:][^\n:]*$                          # ## Heading
    | ```
    """,
    re.VERBOSE | re.MULTILINE,
)
_PLACEHOLDER = re.compile(
    r"""
    \{\{[^{}\n]*\}\} | \{%[^\n]*?%\} | <%[^\n]*?%>          # Jinja, Handlebars, Liquid, ERB
    | \$\{[^{}\n]*\} | \{[A-Za-z_][\w.]*\}                  # ${name}, {name}
    | (?<![\w%])%[A-Za-z][A-Za-z_.][\w.]*%(?!\w)            # %FIRSTNAME%
    | \*\|[^|\n]*\|\*                                       # Mailchimp's *|FNAME|*
    """,
    re.VERBOSE,
)
_REST = bytes(range(0x80, 0xC0)).decode("cp1252", "ignore")
"""The letters that the second and later bytes of UTF-8 become when they are read as Windows-1252."""
_CLOSING = "…‘’“”–—›»™•‰"
"""Those of them that may follow a capital letter in a good text, at the end of a word."""
_BROKEN = re.compile(
    rf"""
    Ã(?:[{re.escape("".join(c for c in _REST if c not in _CLOSING))}]|[{_CLOSING}](?=\w))   # GrÃ¶ÃŸe
    | (?<=[a-z])[ÂÃÄÅ](?:[{re.escape(_REST)}]|\ )
    | Â[\xa0-\xbf]
    | â(?:€|‚¬|„¢|†|œ) | ðŸ | ï»¿ | ï¿½
    | (?:[ÐÑ][{re.escape(_REST)}]){{2,}}                    # Cyrillic
    | \ufffd
    """,
    re.VERBOSE,
)


def raw_markup(text: str) -> Iterator[tuple[RawKind, str]]:
    """Each kind that a text holds, with the first place that shows it, as it is written.

    >>> list(raw_markup("Hello {{name}}, <b>welcome</b>"))
    [(<RawKind.HTML: 'HTML'>, '<b>'), (<RawKind.PLACEHOLDER: 'a placeholder that was not filled in'>, '{{name}}')]
    """
    if html := _first_html(text):
        yield RawKind.HTML, html
    for kind, pattern in _PATTERNS:
        if found := pattern.search(text):
            yield kind, found.group().strip()


def plain_text(text: str) -> str:
    """What a browser shows of a text with HTML: line breaks for blocks, "text (address)" for links, "- " for items.

    What is no HTML stays, also in angle brackets: "<info@shop.com>". A text without any comes back as it is.
    """
    if not _first_html(text):
        return text
    reader = _Reader(_has_lines(text))
    reader.feed(text)
    reader.close()
    return reader.text()


_PATTERNS = (
    (RawKind.MARKDOWN, _MARKDOWN),
    (RawKind.PLACEHOLDER, _PLACEHOLDER),
    (RawKind.BROKEN_LETTERS, _BROKEN),
)


def _first_html(text: str) -> str | None:
    tag = _TAG.search(text)
    entities = (one for one in _ENTITY.finditer(text) if one["name"] is None or f"{one['name']};" in html5)
    found = [one for one in (tag, next(entities, None)) if one]
    return min(found, key=re.Match.start).group() if found else None


def _has_lines(text: str) -> bool:
    """Whether its tags break the lines, so that the line breaks of the text itself mean nothing."""
    names = (found.group().strip("</>").split()[:1] for found in _TAG.finditer(text))
    return any(name and name[0].lower() in (*_BLOCKS, *_PARAGRAPHS) for name in names)


class _Reader(HTMLParser):
    def __init__(self, folds: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._folds = folds
        self._parts: list[str] = []
        self._links: list[tuple[str, int]] = []
        self._unseen = 0

    def text(self) -> str:
        """All that was read."""
        lines = "".join(self._parts).split("\n")
        joined = "\n".join(re.sub(r"[ \t]+", " ", line).strip() if self._folds else line for line in lines)
        return re.sub(r"\n{3,}", "\n\n", joined).strip()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """Begin a line or a link; what is no tag of HTML is text."""
        if tag not in _KNOWN:
            self._parts.append(self.get_starttag_text() or "")
            return
        told = dict(attrs)
        self._unseen += tag in _UNSEEN
        if tag == "a":
            self._links.append(((told.get("href") or "").strip(), len(self._parts)))
        elif tag == "img":
            self._parts.append(told.get("alt") or "")
        elif tag in ("td", "th"):
            self._parts.append(" ")
        self._break(tag)
        if tag == "li":
            self._parts.append("- ")

    def handle_startendtag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """A tag that ends itself: <br/>."""
        if tag in _KNOWN and tag != "a":
            self.handle_starttag(tag, attrs)
            self._unseen -= tag in _UNSEEN
        elif tag not in _KNOWN:
            self._parts.append(self.get_starttag_text() or "")

    def handle_endtag(self, tag: str) -> None:
        """End a line, or write where a link leads."""
        if tag not in _KNOWN:
            self._parts.append(f"</{tag}>")
        elif tag in _UNSEEN:
            self._unseen = max(self._unseen - 1, 0)
        elif tag == "a" and self._links:
            self._link(*self._links.pop())
        elif tag != "br":
            self._break(tag)

    def handle_data(self, data: str) -> None:
        """Text; runs of space are one where tags make the lines."""
        if not self._unseen:
            self._parts.append(re.sub(r"[ \t\r\n]+", " ", data) if self._folds else data)

    def _break(self, tag: str) -> None:
        written = "".join(self._parts[-3:])
        if tag == "br":
            self._parts.append("\n")
        elif tag in _PARAGRAPHS and self._parts:
            self._parts.append("\n\n")
        elif tag in _BLOCKS and self._parts and not written.rstrip(" ").endswith(("\n", "\n- ")):
            self._parts.append("\n")

    def _link(self, href: str, start: int) -> None:
        shown = "".join(self._parts[start:]).strip()
        address = re.sub(r"^(?:mailto|tel):", "", href, flags=re.IGNORECASE)
        if not address or address.startswith("#") or address.lower().startswith("javascript:"):
            return
        if re.sub(r"^https?://|/$", "", address) != re.sub(r"^https?://|/$", "", shown):
            self._parts.append(f" ({address})" if shown else address)
